"""A deadline held at the socket: every wait of a call gets what is left of it, however slowly bytes drip."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from http.client import HTTPResponse
from typing import Any, Final

from attrs import frozen

LOWEST: Final = 0.001
"""Seconds below which waiting is not worth a system call."""


@frozen
class Deadline:
    """An instant of a clock, or none."""

    at: float | None
    now: Callable[[], float]

    def left(self) -> float | None:
        """Seconds left, at least 0; None without a deadline."""
        return None if self.at is None else max(0.0, self.at - self.now())

    def arm(self, sock: socket.socket) -> None:
        """Let the next operation of a socket take what is left. Raises TimeoutError when nothing is."""
        left = self.left()
        if left is not None and left < LOWEST:
            raise TimeoutError("the call's deadline is reached")
        sock.settimeout(left)


class _Reader(io.RawIOBase):
    """The raw bytes of a socket, each read within the deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._sock = sock
        self._deadline = deadline
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._deadline.arm(self._sock)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


@frozen
class _Socket:
    """What `http.client` asks a socket for when it reads a response."""

    sock: socket.socket
    deadline: Deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        del mode
        return io.BufferedReader(_Reader(self.sock, self.deadline), 65536)


def bounded_response(deadline: Deadline) -> Callable[..., HTTPResponse]:
    """A response class for `http.client` whose head and body are read within the deadline."""

    def make(sock: socket.socket, *args: Any, **kwargs: Any) -> HTTPResponse:
        return HTTPResponse(_Socket(sock, deadline), *args, **kwargs)  # type: ignore[arg-type] # only makefile is used

    return make
