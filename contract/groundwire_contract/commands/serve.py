"""`groundwire-contract serve`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

from . import fail


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
def serve(
    port: int, host: str, allow_remote: bool, spec: Path | None, overlay: Path | None, speed: float
) -> None:
    """Serve the contract until it is interrupted; the first line printed ends with the endpoint.

    An operation is PENDING for 1 second and RUNNING for 4, then it succeeds, divided by the speed. Methods that only
    the service can answer are validated and get 501.
    """
    from groundwire_codegen.problem import SpecError

    from ..clock import RealClock
    from ..contract import load
    from ..server import RemoteAddressError, endpoint, listen, server
    from ..service import Service
    from ..state.memory import Memory

    if not speed > 0:
        raise click.BadParameter("must be above 0", param_hint="--speed")
    if overlay is not None and spec is None:
        raise click.UsageError("--overlay goes with --spec.")
    try:
        contract = load(
            spec.read_bytes() if spec is not None else None,
            overlay.read_bytes() if overlay is not None else None,
        )
        listener = listen(host, port, allow_remote=allow_remote)
    except SpecError as error:
        fail("\n".join(map(str, error.problems)))
    except RemoteAddressError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or f'{host}:{port}'}: {error.strerror or error}")
    service = Service(contract, state=Memory(remembered=1000), clock=RealClock(speed))
    # SIGTERM stops it as an interrupt does. Without this, uvicorn closes everything and dies of the signal.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        click.echo(f"{contract.api.id} contract at {endpoint(listener)}")
        sys.stdout.flush()
        server(service).run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # How uvicorn hands on the interrupt, once it has closed everything.
    finally:
        listener.close()
