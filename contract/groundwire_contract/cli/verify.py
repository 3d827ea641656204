"""`groundwire-contract verify`: verify recorded traffic against the contract."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

import click
from groundwire_codegen.log import echo, inert_json

from .documents import contract_of, documents, fail, known_rules


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@documents
@click.option(
    "--format", "form", default="text", show_default=True, type=click.Choice(["text", "json"]), help="Output."
)
@click.option(
    "--relax",
    multiple=True,
    metavar="RULE",
    callback=known_rules,
    help="A rule that does not count; repeatable.",
)
def verify(
    file: Path, spec: Path | None, overlay: Path | None, root: Path | None, form: str, relax: frozenset[str]
) -> None:
    """Check recorded traffic, JSONL or HAR 1.2, against the contract.

    Preflights of browsers are passed over. Exit codes: 0 no violation, 1 violations, or no call of the API, 2 an unreadable file. JSON is one object: `violations` (objects
    with record, line, method, place, pointer, rule, evidence, message), `records`, `passed_over`,
    `unreadable`.
    """
    from ..traffic.file import read_traffic
    from ..traffic.report import Verification, write_json, write_text
    from ..traffic.verifiers import verifier_of

    contract = contract_of(spec, overlay, root)
    host = urlsplit(contract.api.base_url).hostname or ""
    try:
        with file.open("rb") as stream:
            verification = Verification(read_traffic(stream, host), verifier_of(contract, relax))
            if form == "json":
                write_json(verification, lambda text: click.echo(inert_json(text), nl=False))
            else:
                write_text(verification, lambda text: echo(text, nl=False))
    except OSError as error:
        fail(f"{file}: {error.strerror or error}")
    if verification.summary.unreadable is not None:
        fail(f"{file}: {verification.summary.unreadable}")
    sys.exit(verification.summary.exit_code)
