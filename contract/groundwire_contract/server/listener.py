"""The listening socket of a server, on a loopback address unless another is allowed."""

from __future__ import annotations

import socket
from typing import Final

from .host import is_near

BACKLOG: Final = 8192


class RemoteAddressError(ValueError):
    """The server was asked to listen where other machines reach it, without leave."""


def listen(host: str = "127.0.0.1", port: int = 0, *, allow_remote: bool = False) -> socket.socket:
    """A listening socket; port 0 picks a free one.

    Raises RemoteAddressError for a host that is no loopback address unless `allow_remote`, OSError when the address
    is taken.
    """
    family, address = _resolved(host, port)
    if not allow_remote and not is_near(address[0]):
        raise RemoteAddressError(
            f"{host} is not a loopback address: the contract server has no access control. "
            "Allow it with --allow-remote."
        )
    # With the protocol named, asyncio sends small answers at once; without, each waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise RemoteAddressError(f"{host} cannot be resolved: {error}") from error
    family, _, _, _, address = found[0]
    return family, (str(address[0]), port)


def endpoint(listener: socket.socket) -> str:
    """The URL that a listening socket is reached at, without a slash at its end."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
