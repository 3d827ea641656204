"""The listening socket of a server, on a loopback address unless others are allowed, and how many connections it may take."""

from __future__ import annotations

import socket
from typing import Final

from .host import is_loopback_address

BACKLOG: Final = 8192
RESERVED: Final = 64
"""File descriptors that connections may not use: for files, the listener and the event loop."""
MAX_DESCRIPTORS: Final = 65536
"""File descriptors that the server requests from the system."""


class RemoteAddressError(ValueError):
    """A listening address that other machines can reach, without permission."""


def listen(host: str = "127.0.0.1", port: int = 0, *, allow_remote: bool = False) -> socket.socket:
    """Return a listening socket; port 0 picks a free one.

    Raises RemoteAddressError for a host that is not a loopback address unless `allow_remote`, OSError if the
    address is in use.
    """
    family, address = _resolved(host, port)
    if not allow_remote and not is_loopback_address(address[0]):
        raise RemoteAddressError(
            f"{host} is not a loopback address: the contract server has no access control. "
            "Allow it with --allow-remote."
        )
    # asyncio disables Nagle's algorithm only if the protocol is named; otherwise small answers wait 40 ms.
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
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise RemoteAddressError(f"{host} cannot be resolved: {error}") from error
    family, _, _, _, address = addresses[0]
    return family, (str(address[0]), port)


def endpoint(listener: socket.socket) -> str:
    """Return the URL of a listening socket, without a trailing slash."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def descriptors() -> int:
    """Raise the limit of file descriptors as far as the system allows; return how many connections that
    permits."""
    try:
        import resource
    except ImportError:  # Windows has no such limit.
        return MAX_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MAX_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return (
        MAX_DESCRIPTORS if soft == resource.RLIM_INFINITY else max(1, min(soft, MAX_DESCRIPTORS) - RESERVED)
    )
