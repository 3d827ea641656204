"""A relay of raw bytes that drips, stops or cuts what a server sends, whatever the bytes mean."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from typing import Literal, Self

from attrs import define, field

from .reply import PATIENCE


@define(eq=False)
class Relay:
    """Passes bytes to a port of loopback, and `after` bytes of the answer; what comes then is up to `then`.

    `noisy`, once it is set, puts noise in the place of what the server says.
    """

    port_behind: int
    after: int = 0
    noisy: threading.Event = field(factory=threading.Event)
    then: Literal["drip", "stop", "close", "reset"] = "drip"
    every: float = 0.02
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
        assert not any(thread.is_alive() for thread in self._threads), "a thread of the relay did not end"

    def _start(self, target: object, *sockets: socket.socket) -> None:
        thread = threading.Thread(target=target, args=sockets, daemon=True)  # type: ignore[arg-type] # a method
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._ended.is_set():
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self.port_behind), PATIENCE)
                for sock in (near, far):
                    sock.settimeout(PATIENCE)
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._open.add(sock)
                self._start(self._forward, near, far)
                self._start(self._back, near, far)

    def _forward(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(65536):
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)

    def _back(self, near: socket.socket, far: socket.socket) -> None:
        left = self.after
        with suppress(OSError):
            while data := far.recv(65536):
                if self.noisy.is_set():
                    data = bytes(byte ^ 0x55 for byte in data)
                near.sendall(data[:left])
                rest, left = data[left:], max(0, left - len(data))
                if left == 0 and self.then == "drip":
                    self._drip(near, rest)
                elif left == 0:
                    break
            self._end(near)

    def _drip(self, near: socket.socket, data: bytes) -> None:
        for byte in data:
            if self._ended.wait(self.every):
                return
            near.sendall(bytes([byte]))

    def _end(self, near: socket.socket) -> None:
        if self.then == "stop":
            self._ended.wait(PATIENCE)
        if self.then == "reset":
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # Wakes the thread that reads from it, so that closing is the end of it.
            near.shutdown(socket.SHUT_RD)
            self._open.discard(near)
            near.close()
        else:
            near.shutdown(socket.SHUT_RDWR)
