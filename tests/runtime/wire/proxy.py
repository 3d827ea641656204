"""An HTTP proxy on loopback that knows names which no resolver does."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

from attrs import define, field

from .reply import PATIENCE, http


@define(eq=False)
class Proxy:
    """Connects to `names` ("host:port" -> a port of loopback), for everybody or for one `login` ("user:password").

    `answer` is what it says to CONNECT instead of connecting, a byte each `every` seconds.
    """

    names: Mapping[str, int] = field(factory=dict[str, int])
    login: str | None = None
    answer: bytes | None = None
    every: float = 0.0
    asked: list[str] = field(factory=list)
    heads: list[bytes] = field(factory=list)
    port: int = 0
    _ended: threading.Event = field(factory=threading.Event)
    _open: set[socket.socket] = field(factory=set)
    _threads: list[threading.Thread] = field(factory=list)
    _listener: socket.socket = field(factory=socket.socket)

    def __enter__(self) -> Self:
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(128)
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        for sock in (self._listener, *self._open):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        for sock in (self._listener, *self._open):
            sock.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _start(self, target: object, *sockets: socket.socket) -> None:
        thread = threading.Thread(target=target, args=sockets, daemon=True)  # type: ignore[arg-type] # a method
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._ended.is_set():
                near, _ = self._listener.accept()
                near.settimeout(PATIENCE)
                self._open.add(near)
                self._start(self._serve, near)

    def _serve(self, near: socket.socket) -> None:
        head = b""
        with suppress(OSError):
            while b"\r\n\r\n" not in head:
                more = near.recv(65536)
                if not more:
                    return
                head += more
            self.heads.append(head)
            verb, target, _ = head.split(b" ", 2)
            self.asked.append(f"{verb.decode()} {target.decode()}")
            if self._refused(near, head, target.decode()):
                near.shutdown(socket.SHUT_RDWR)
                return
            far = socket.create_connection(("127.0.0.1", self.names[target.decode()]), PATIENCE)
            self._open.add(far)
            near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._start(_pass, far, near)
            _pass(near, far)

    def _refused(self, near: socket.socket, head: bytes, target: str) -> bool:
        if self.answer is not None:
            for byte in self.answer:
                near.sendall(bytes([byte]))
                if self.every and self._ended.wait(self.every):
                    break
            return True
        if self.login is not None:
            wanted = b"basic " + base64.b64encode(self.login.encode()).lower()
            if b"proxy-authorization: " + wanted not in head.lower():
                near.sendall(http(b"", "407 Proxy Authentication Required"))
                return True
        if target not in self.names:
            near.sendall(http(b"", "502 No such name"))
            return True
        return False


def _pass(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
