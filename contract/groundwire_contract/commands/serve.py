"""`groundwire-contract serve`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import fail

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..front_end.access import Grant
    from ..orders import Change


@click.command()
@click.option(
    "--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free port."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--allow-remote", is_flag=True, help="Listen where other machines reach it. There is no access control."
)
@click.option("--spec", type=click.Path(path_type=Path), help="Another Discovery document to serve.")
@click.option("--overlay", type=click.Path(path_type=Path), help="The overlay of that document.")
@click.option(
    "--speed", default=1.0, show_default=True, help="How fast operations live: 10 is ten times as fast."
)
@click.option(
    "--auth",
    default="any",
    show_default=True,
    type=click.Choice(["any", "required", "scoped"]),
    help="Whom to let in: all, those with a bearer token, those whose token is in --tokens with a scope of the method.",
)
@click.option(
    "--tokens",
    type=click.Path(path_type=Path),
    help="TOML: a [[token]] each, with value, caller, scopes, expired.",
)
@click.option(
    "--relax", multiple=True, metavar="RULE", help="Do not enforce a rule; see `rules` for their ids."
)
@click.option(
    "--answer",
    multiple=True,
    metavar="RULE=STATUS[:MESSAGE]",
    help="Let a rule answer with another status, and another message.",
)
def serve(
    port: int,
    host: str,
    allow_remote: bool,
    spec: Path | None,
    overlay: Path | None,
    speed: float,
    auth: str,
    tokens: Path | None,
    relax: tuple[str, ...],
    answer: tuple[str, ...],
) -> None:
    """Serve the contract until it is interrupted; the first line printed ends with the endpoint.

    An operation is PENDING for 1 second and RUNNING for 4, then it succeeds, divided by the speed. A method that only
    the service can answer is validated, and answered with an example in the shape of its response.
    """
    from groundwire_codegen.problem import SpecError

    from ..clock import RealClock
    from ..connection import descriptors
    from ..contract import load
    from ..front_end.access import Access, AccessError, Mode, read_grants
    from ..orders import Orders
    from ..server import RemoteAddressError, endpoint, listen, server
    from ..service import Service
    from ..state.memory import Memory

    if not speed > 0:
        raise click.BadParameter("must be above 0", param_hint="--speed")
    if overlay is not None and spec is None:
        raise click.UsageError("--overlay goes with --spec.")
    if (auth == "scoped") != (tokens is not None):
        raise click.UsageError("--auth scoped and --tokens go together.")
    try:
        orders = Orders(relaxed=relax, changes=dict(map(_change, answer)))
    except (LookupError, ValueError) as error:
        raise click.UsageError(f"{error.args[0]}; `groundwire-contract rules` lists them.") from error
    try:
        contract = load(
            spec.read_bytes() if spec is not None else None,
            overlay.read_bytes() if overlay is not None else None,
        )
        grants: Mapping[str, Grant] = {} if tokens is None else read_grants(tokens.read_bytes())
        listener = listen(host, port, allow_remote=allow_remote)
    except SpecError as error:
        fail("\n".join(map(str, error.problems)))
    except AccessError as error:
        fail(f"{tokens}: {error}")
    except RemoteAddressError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or f'{host}:{port}'}: {error.strerror or error}")
    service = Service(
        contract,
        state=Memory(remembered=1000),
        clock=RealClock(speed),
        access=Access(mode=Mode(auth), grants=grants),
        orders=orders,
    )
    # SIGTERM stops it as an interrupt does. Without this, uvicorn closes everything and dies of the signal.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        click.echo(f"{contract.api.id} contract at {endpoint(listener)}")
        sys.stdout.flush()
        server(service, most=descriptors()).run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # How uvicorn hands on the interrupt, once it has closed everything.
    finally:
        listener.close()


def _change(text: str) -> tuple[str, Change]:
    rule, _, answer = text.partition("=")
    code, _, message = answer.partition(":")
    if not code.isascii() or not code.isdigit():
        raise ValueError(f"{text!r} is not RULE=STATUS or RULE=STATUS:MESSAGE")
    from ..orders import Change

    return rule, Change(code=int(code[:4]), message=message or None)
