"""A server that answers with whatever bytes a test asks for, and counts what reaches it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress

from attrs import define, field

from .listener import Listener, read_message, resets
from .reply import PATIENCE, Answers, plain


@define(eq=False)
class Wire(Listener):
    """Plays `answers` in the order of requests, the last one for ever."""

    answers: Answers = field(factory=lambda: [plain()])
    tls: ssl.SSLContext | None = None
    deaf: bool = False
    """Take connections, but read no request."""
    requests: list[bytes] = field(factory=list)
    release: threading.Event = field(factory=threading.Event)
    closed: threading.Semaphore = field(factory=lambda: threading.Semaphore(0))
    """Counts the connections that ended."""

    def __exit__(self, *error: object) -> None:
        self.release.set()
        super().__exit__(*error)

    @property
    def url(self) -> str:
        return f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [request.split(b" ")[1].decode() for request in self.requests]

    def header(self, name: str, index: int = -1) -> str | None:
        """The value of a header of a request that came, or None."""
        for line in self.requests[index].partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
            key, _, value = line.partition(b": ")
            if key.decode().lower() == name:
                return value.decode()
        return None

    def _serve(self, plain: socket.socket) -> None:
        sock = plain if self.tls is None else self._secured(plain, self.tls)
        try:
            with suppress(OSError):
                if isinstance(sock, ssl.SSLSocket):
                    sock.do_handshake()
                if self.deaf:
                    self._ended.wait(PATIENCE)
                while (request := read_message(sock)) is not None and self._answer(sock, request):
                    pass
        finally:
            self._drop(sock)
            self.closed.release()

    def _answer(self, sock: socket.socket, request: bytes) -> bool:
        with self._lock:
            self.requests.append(request)
            if callable(self.answers):
                reply = self.answers(request)
            else:
                reply = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if reply.held:
            self.release.wait(PATIENCE)
        self._write(sock, reply.pieces, reply.every)
        if reply.then == "reset":
            resets(sock)
        return reply.then == "keep"

    def _write(self, sock: socket.socket, pieces: Iterable[bytes], every: float) -> None:
        for index, piece in enumerate(pieces):
            if index and every and self._ended.wait(every):
                return
            sock.sendall(piece)
