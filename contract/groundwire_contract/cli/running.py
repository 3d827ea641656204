"""Run a server from the command line until it is interrupted."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click
from groundwire_codegen.log import echo

if TYPE_CHECKING:
    from uvicorn import Server


def host_names(_: click.Context, __: click.Parameter, hosts: tuple[str, ...]) -> frozenset[str]:
    """Parse the names of `--allow-host`; a click callback."""
    from ..server.host import parse_host_name

    try:
        return frozenset(map(parse_host_name, hosts))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def run(server: Server, listener: socket.socket, said: str, close: Callable[[], None]) -> None:
    """Print what is served and where, serve, and call `close` at the end."""
    # Make SIGTERM stop the server as an interrupt does: uvicorn would close everything and then die of the
    # signal.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        echo(said)
        sys.stdout.flush()
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # uvicorn raises the interrupt again after it has closed everything.
    finally:
        listener.close()
        close()
