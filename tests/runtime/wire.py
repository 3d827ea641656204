"""A server that answers with whatever bytes a test asks for, and counts what reaches it."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Literal, Self

from attrs import define, field, frozen

PATIENCE = 10.0
"""Seconds after which anything that waits here gives up."""


@frozen(kw_only=True)
class Reply:
    """Bytes to send, piece by piece, and what becomes of the connection after them."""

    pieces: Sequence[bytes] = ()
    then: Literal["keep", "close", "reset"] = "keep"
    held: bool = False
    """Wait for `Wire.release` before the first byte."""
    every: float = 0.0
    """Seconds between pieces."""


Answers = Sequence[Reply] | Callable[[bytes], Reply]


def http(body: bytes | str = b"{}", status: str = "200 OK", *, sized: bool = True, **headers: str) -> bytes:
    """A well-formed response."""
    data = body.encode() if isinstance(body, str) else body
    names = {"content_type": "application/json", **headers}
    if sized:
        names.setdefault("content_length", str(len(data)))
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in names.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + data


def plain(body: bytes | str = b"{}", status: str = "200 OK", **headers: str) -> Reply:
    return Reply(pieces=[http(body, status, sized=True, **headers)])


def cut(data: bytes) -> Reply:
    """These bytes, then the end of the connection."""
    return Reply(pieces=[data], then="close")


def drip(data: bytes, every: float) -> Reply:
    return Reply(pieces=[bytes([byte]) for byte in data], every=every)


def echo(request: bytes) -> Reply:
    """The path of the request as the body."""
    return plain(request.split(b" ")[1])


RESET = Reply(then="reset")
SILENCE = Reply(held=True, then="close")


@define(eq=False)
class Wire:
    """A server on loopback. It plays `answers` in the order of requests, the last one for ever."""

    answers: Answers = field(factory=lambda: [plain()])
    requests: list[bytes] = field(factory=list)
    connections: int = 0
    most_open: int = 0
    release: threading.Event = field(factory=threading.Event)
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
        self.url = f"http://127.0.0.1:{self.port}"
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

    def _serve(self, sock: socket.socket) -> None:
        try:
            with suppress(OSError):
                while (request := _read_request(sock)) is not None and self._answer(sock, request):
                    pass
        finally:
            with self._lock:
                self._open.discard(sock)
                sock.close()

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
