"""A server on loopback with a thread a connection, and the messages that it reads off them."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Self

from attrs import define, field

from .reply import PATIENCE

_LENGTH: Final = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@define(eq=False)
class Listener:
    """Serves each connection that it takes, until it is left: then its sockets are shut and its threads end."""

    port: int = field(default=0, init=False)
    connections: int = field(default=0, init=False)
    most_open: int = field(default=0, init=False)
    _ended: threading.Event = field(factory=threading.Event, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)
    _open: set[socket.socket] = field(factory=set, init=False)
    _threads: list[threading.Thread] = field(factory=list, init=False)
    _listener: socket.socket = field(factory=socket.socket, init=False)

    def __enter__(self) -> Self:
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(256)
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._ended.set()
            for sock in (self._listener, *self._open):
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
            threads = list(self._threads)
        for thread in threads:
            thread.join(PATIENCE)
        for sock in (self._listener, *self._open):
            sock.close()
        assert not any(thread.is_alive() for thread in threads), "a thread of the server did not end"

    def _serve(self, sock: socket.socket) -> None:
        """Speak on one connection."""
        raise NotImplementedError

    def _keep(self, sock: socket.socket) -> None:
        """Count a socket among the open ones. Raises OSError once the server has ended."""
        with self._lock:
            if self._ended.is_set():
                sock.close()
                raise OSError("the server has ended")
            sock.settimeout(PATIENCE)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.add(sock)

    def _secured(self, plain: socket.socket, tls: ssl.SSLContext) -> ssl.SSLSocket:
        """The same connection over TLS, before the handshake."""
        with self._lock:
            self._open.discard(plain)
            sock = tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            self._open.add(sock)
            return sock

    def _drop(self, sock: socket.socket) -> None:
        """Close a socket, and count it no more."""
        with self._lock:
            self._open.discard(sock)
            sock.close()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        with self._lock:
            if not self._ended.is_set():
                thread = threading.Thread(target=target, args=arguments, daemon=True)
                self._threads.append(thread)
                thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self._keep(sock)
                self.connections += 1
                self.most_open = max(self.most_open, len(self._open))
                self._start(self._serve, sock)


def resets(sock: socket.socket) -> None:
    """Let the end of a connection be a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def read_message(sock: socket.socket) -> bytes | None:
    """A request or an answer with a length, or None where the connection ends before it does."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    found = _LENGTH.search(head)
    left = (int(found[1]) if found else 0) - len(body)
    pieces = [data]
    while left > 0:
        more = sock.recv(65536)
        if not more:
            return None
        pieces.append(more)
        left -= len(more)
    return b"".join(pieces)
