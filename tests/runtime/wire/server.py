"""A server that answers with whatever bytes a test asks for, and counts what reaches it."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Self

from attrs import define, field

from .reply import PATIENCE, Answers, plain


@define(eq=False)
class Wire:
    """A server on loopback. It plays `answers` in the order of requests, the last one for ever."""

    answers: Answers = field(factory=lambda: [plain()])
    tls: ssl.SSLContext | None = None
    deaf: bool = False
    """Take connections, but read no request."""
    requests: list[bytes] = field(factory=list)
    connections: int = 0
    most_open: int = 0
    release: threading.Event = field(factory=threading.Event)
    closed: threading.Semaphore = field(factory=lambda: threading.Semaphore(0))
    """Counts the connections that ended."""
    url: str = ""
    port: int = 0
    _open: set[socket.socket] = field(factory=set)
    _threads: list[threading.Thread] = field(factory=list)
    _lock: threading.Lock = field(factory=threading.Lock)
    _ended: threading.Event = field(factory=threading.Event)
    _listener: socket.socket = field(factory=socket.socket)

    def __enter__(self) -> Self:
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(128)
        self.port = self._listener.getsockname()[1]
        self.url = f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.port}"
        self._start(self._accept)
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self.release.set()
        with self._lock:
            for sock in (self._listener, *self._open):
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
            threads = list(self._threads)
        for thread in threads:
            thread.join(PATIENCE)
        self._listener.close()
        assert not any(thread.is_alive() for thread in threads), "a thread of the server did not end"

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

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                with self._lock:
                    if self._ended.is_set():
                        sock.close()
                        return
                    sock.settimeout(PATIENCE)
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self.connections += 1
                    self._open.add(sock)
                    self.most_open = max(self.most_open, len(self._open))
                    self._start(self._serve, sock)

    def _serve(self, plain: socket.socket) -> None:
        sock = plain if self.tls is None else self._secured(plain, self.tls)
        try:
            with suppress(OSError):
                if isinstance(sock, ssl.SSLSocket):
                    sock.do_handshake()
                if self.deaf:
                    self._ended.wait(PATIENCE)
                while (request := _read_request(sock)) is not None and self._answer(sock, request):
                    pass
        finally:
            with self._lock:
                self._open.discard(sock)
                sock.close()
            self.closed.release()

    def _secured(self, plain: socket.socket, tls: ssl.SSLContext) -> socket.socket:
        with self._lock:
            self._open.discard(plain)
            sock = tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            self._open.add(sock)
            return sock

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
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return reply.then == "keep"

    def _write(self, sock: socket.socket, pieces: Iterable[bytes], every: float) -> None:
        for index, piece in enumerate(pieces):
            if index and every and self._ended.wait(every):
                return
            sock.sendall(piece)


def _read_request(sock: socket.socket) -> bytes | None:
    """One request with its body, or None at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lines = [line.partition(b":") for line in head.lower().split(b"\r\n")[1:]]
    length = next((int(value) for name, _, value in lines if name == b"content-length"), 0)
    while len(body) < length:
        more = sock.recv(65536)
        if not more:
            return None
        body += more
    return head + b"\r\n\r\n" + body
