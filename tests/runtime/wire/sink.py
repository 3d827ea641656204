"""A server that takes bodies of any size: it counts and hashes them as they come, and keeps none."""

from __future__ import annotations

import hashlib
import io
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from attrs import define, field

from .listener import Listener
from .reply import Reply, plain

PIECE = 64 * 1024


@define
class Received:
    """A request that came: its head, and the size and the hash of its body."""

    head: str
    size: int
    sha256: str


@define(eq=False)
class Sink(Listener):
    """Plays `answers` in the order of requests, the last one for ever. `stops`: bytes of a body after which it answers."""

    answers: Sequence[Reply] = field(factory=lambda: [plain()])
    stops: Sequence[int | None] = ()
    received: list[Received] = field(factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _serve(self, sock: socket.socket) -> None:
        try:
            with suppress(OSError, ValueError):
                while self._exchange(sock):
                    pass
        finally:
            self._drop(sock)

    def _exchange(self, sock: socket.socket) -> bool:
        file = io.BufferedReader(socket.SocketIO(sock, "r"), PIECE)
        lines = [file.readline()]
        while lines[-1].strip():
            lines.append(file.readline())
        if not lines[0]:
            return False
        count = len(self.received)
        stop = self.stops[count] if count < len(self.stops) else None
        head = b"".join(lines).decode()
        headers = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if line)
        digest, size = hashlib.sha256(), 0
        left = int(headers["content-length"]) if "content-length" in headers else self._chunk(file)
        while left and (stop is None or size < stop):
            piece = file.read1(min(PIECE, left))
            if not piece:
                return False
            digest.update(piece)
            size, left = size + len(piece), left - len(piece)
            if not left and "content-length" not in headers:
                file.readline()
                left = self._chunk(file)
        self.received.append(Received(head, size, digest.hexdigest()))
        reply = self.answers[min(count + 1, len(self.answers)) - 1]
        sock.sendall(b"".join(reply.pieces))
        return reply.then == "keep"

    @staticmethod
    def _chunk(file: io.BufferedReader[Any]) -> int:
        return int(file.readline() or b"0", 16)
