"""Run a server from the command line until it is interrupted."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from groundwire_codegen.log import echo

if TYPE_CHECKING:
    from uvicorn import Server

Command = TypeVar("Command", bound=Callable[..., Any])


def host_names(_: click.Context, __: click.Parameter, hosts: tuple[str, ...]) -> frozenset[str]:
    """Parse the names of `--allow-host`; a click callback."""
    from ..server.host import parse_host_name

    try:
        return frozenset(map(parse_host_name, hosts))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def listening(remote: str) -> Callable[[Command], Command]:
    """Add `--port`, `--host`, `--allow-remote` and `--allow-host` to a command; `remote` is what strangers can do then."""
    options = (
        click.option(
            "--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free port."
        ),
        click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
        click.option("--allow-remote", is_flag=True, help=f"Listen where other machines reach it{remote}"),
        click.option(
            "--allow-host",
            multiple=True,
            metavar="NAME",
            callback=host_names,
            help="Answer under this Host name too, beside --host, localhost and the address itself. Repeatable.",
        ),
    )

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def run(server: Server, listener: socket.socket, banner: str, close: Callable[[], None]) -> None:
    """Print what is served and where, serve, and call `close` at the end."""
    # Make SIGTERM stop the server as an interrupt does: uvicorn would close everything and then die of the
    # signal.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        echo(banner)
        sys.stdout.flush()
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # uvicorn raises the interrupt again after it has closed everything.
    finally:
        listener.close()
        close()
