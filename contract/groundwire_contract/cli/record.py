"""`groundwire-contract record`: run the recording proxy."""

from __future__ import annotations

from pathlib import Path

import click
from groundwire_codegen.log import echo

from .documents import contract_of, documents, fail, known_rules
from .running import listening, run


@click.command()
@click.option("--to", required=True, metavar="URL", help="The service: https, or http on this machine.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="JSONL file to append to.")
@listening(". There is no access control.")
@documents
@click.option(
    "--relax",
    multiple=True,
    metavar="RULE",
    callback=known_rules,
    help="A rule that does not count; repeatable.",
)
def record(
    to: str,
    out: Path,
    port: int,
    host: str,
    allow_remote: bool,
    allow_host: frozenset[str],
    spec: Path | None,
    overlay: Path | None,
    root: Path | None,
    relax: frozenset[str],
) -> None:
    """Forward requests to a service, and record the traffic until interrupted.

    The first line printed ends with the endpoint to send to; then each exchange is a line with its verdict.
    Only its owner can read the file. It holds only what the contract documents: other values are REDACTED.
    `verify` reads it.
    """
    from ..server.http import serving
    from ..server.listener import RemoteAddressError, endpoint, listen
    from ..traffic.journal import Journal
    from ..traffic.proxy import Recorder, application
    from ..traffic.recording import UnreadableError
    from ..traffic.upstream import Upstream, UpstreamAddressError
    from ..traffic.verifiers import verifier_of

    contract = contract_of(spec, overlay, root)
    try:
        upstream = Upstream(to)
        listener = listen(host, port, allow_remote=allow_remote)
    except (RemoteAddressError, UpstreamAddressError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{host}:{port}: {error.strerror or error}")
    try:
        journal = Journal(out)
    except (OSError, UnreadableError) as error:
        listener.close()
        fail(f"{out}: {error.strerror if isinstance(error, OSError) else error}")
    recorder = Recorder(upstream, journal, verifier_of(contract, relax), echo)
    banner = f"recording what goes to {upstream.url} in {out}, at {endpoint(listener)}"
    answer = application(recorder, allow_hosts=allow_host | {host.lower()})
    run(serving(answer, dated=False), listener, banner, recorder.close)
