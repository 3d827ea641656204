"""Running a server from the command line until it is interrupted."""

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
    """The names that `--allow-host` allows, as Host headers are compared; a click callback."""
    from ..server.host import read_name

    try:
        return frozenset(map(read_name, hosts))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def run(server: Server, listener: socket.socket, said: str, close: Callable[[], None]) -> None:
    """Say what is served and where, serve, and `close` in the end."""
    # SIGTERM stops it as an interrupt does. Without this, uvicorn closes everything and dies of the signal.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        echo(said)
        sys.stdout.flush()
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # How uvicorn hands on the interrupt, once it has closed everything.
    finally:
        listener.close()
        close()
