"""A relay of raw bytes that drips, stops or cuts what a server sends, whatever the bytes mean."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Literal

from attrs import define, field

from .listener import Listener, resets
from .reply import PATIENCE


@define(eq=False)
class Relay(Listener):
    """Passes bytes to a port of loopback, and `after` bytes of the answer; what comes then is up to `then`.

    `noisy`, once it is set, puts noise in the place of what the server says.
    """

    port_behind: int
    after: int = 0
    noisy: threading.Event = field(factory=threading.Event)
    then: Literal["drip", "stop", "close", "reset"] = "drip"
    every: float = 0.02

    def _serve(self, sock: socket.socket) -> None:
        with suppress(OSError):
            far = socket.create_connection(("127.0.0.1", self.port_behind), PATIENCE)
            self._keep(far)
            self._start(self._back, sock, far)
            self._forward(sock, far)

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
            resets(near)
            # Wakes the thread that reads from it, so that closing is the end of it.
            near.shutdown(socket.SHUT_RD)
            self._drop(near)
        else:
            near.shutdown(socket.SHUT_RDWR)
