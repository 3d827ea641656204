"""An HTTP proxy on loopback that knows names which no resolver does."""

from __future__ import annotations

import base64
import select
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress

from attrs import define, field

from .listener import Listener, read_message
from .reply import PATIENCE, http


@define(eq=False)
class Proxy(Listener):
    """Connects to `names` ("host:port" -> a port of loopback), for everybody or for one `login` ("user:password").

    `answer` is what it says to CONNECT instead of connecting, a byte each `every` seconds; `before` and `behind` go with
    the answer of a proxy that connects. With `tls`, it is spoken to over TLS.
    """

    names: Mapping[str, int] = field(factory=dict[str, int])
    login: str | None = None
    answer: bytes | None = None
    every: float = 0.0
    before: bytes = b""
    behind: bytes = b""
    tls: ssl.SSLContext | None = None
    asked: list[str] = field(factory=list)
    heads: list[bytes] = field(factory=list)

    @property
    def url(self) -> str:
        return f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.port}"

    def _serve(self, sock: socket.socket) -> None:
        with suppress(OSError):
            if self.tls is not None:
                sock = self._secured(sock, self.tls)
                sock.do_handshake()
            head = read_message(sock)
            if head is None:
                return
            self.heads.append(head)
            verb, target, _ = head.split(b" ", 2)
            self.asked.append(f"{verb.decode()} {target.decode()}")
            if self._refused(sock, head, target.decode()):
                sock.shutdown(socket.SHUT_RDWR)
                return
            far = socket.create_connection(("127.0.0.1", self.names[target.decode()]), PATIENCE)
            self._keep(far)
            sock.sendall(self.before + b"HTTP/1.1 200 Connection established\r\n\r\n" + self.behind)
            _relay(sock, far)

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


def _relay(near: socket.socket, far: socket.socket) -> None:
    """Carry bytes both ways until either end is done.

    One thread does both ways: two threads may not read and write one TLS connection at once (OpenSSL, `threads`).
    """
    across = {near: far, far: near}
    try:
        while ready := _readable(near, far):
            for sock in ready:
                data = sock.recv(65536)
                if not data:
                    return
                across[sock].sendall(data)
    finally:
        for sock in across:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _readable(*socks: socket.socket) -> list[socket.socket]:
    """The sockets that have something to read, at the latest after the patience; none of them then."""
    unread: list[socket.socket] = [
        sock for sock in socks if isinstance(sock, ssl.SSLSocket) and sock.pending()
    ]
    return unread or select.select(socks, (), (), PATIENCE)[0]
