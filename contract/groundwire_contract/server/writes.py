"""The writes of a connection, gathered: what is written in one turn of the event loop is sent at once.

uvicorn writes the head of an answer and its body apart: two system calls, and two packets.
"""

from __future__ import annotations

import asyncio
from typing import Any


class GatheredWrites:
    """A transport that sends what was written at the end of the loop's turn, and is the transport below for the rest."""

    def __init__(self, below: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._below = below
        self._loop = loop
        self._pieces: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._below, name)

    def write(self, data: bytes) -> None:
        """Send data with what else is written in this turn."""
        if not self._pieces:
            self._loop.call_soon(self._send)
        self._pieces.append(data)

    def write_eof(self) -> None:
        """Send what was written, then the end."""
        self._send()
        self._below.write_eof()

    def close(self) -> None:
        """Send what was written, then close."""
        self._send()
        self._below.close()

    def abort(self) -> None:
        """Close at once; what was written is lost."""
        self._pieces.clear()
        self._below.abort()

    def _send(self) -> None:
        if self._pieces:
            data = b"".join(self._pieces)
            self._pieces.clear()
            self._below.write(data)


def write_whole(cycle: Any, head: bytes, body: bytes) -> None:
    """Write an answer at once, as uvicorn's cycle of a request does in parts. The head is known to be valid.

    It has no end yet: the cycle knows whether the connection is kept.
    """
    if cycle.disconnected:
        return
    cycle.response_started = cycle.response_complete = True
    cycle.transport.write(
        b"".join((head, b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n", body))
    )
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
