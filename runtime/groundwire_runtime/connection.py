"""Connections of urllib3, held to the deadline of the call that uses them, and the pools that keep them."""

from __future__ import annotations

import http.client
import logging
import ssl
import threading
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .clock import SYSTEM
from .deadline import BoundedResponse, Deadline, connected
from .http import Request

if TYPE_CHECKING:
    import socket

SMALL: Final = 64 * 1024
"""Bytes of a body that is worth copying behind its head."""
UNLIMITED: Final = Deadline(None, SYSTEM.monotonic)


class CurrentCall(threading.local):
    """The call that this thread is making."""

    deadline: Deadline = UNLIMITED
    connect_timeout: float | None = None
    """Seconds of the deadline until a connection stands."""
    connecting: Deadline = UNLIMITED
    sent: bool = False
    """Whether any byte of the request went out."""


CURRENT: Final = CurrentCall()


def _is_not_ours(record: logging.LogRecord) -> bool:
    """urllib3 logs a request line whole, with all that its query may hold: not of our calls."""
    return CURRENT.deadline is UNLIMITED or '"%s %s' not in str(record.msg)


logging.getLogger("urllib3.connectionpool").addFilter(_is_not_ours)


class ConnectionWaitError(TimeoutError):
    """The time of a call ran out while it waited for a connection. Its text says how long, and for what."""


class Gate:
    """Lets `places` calls at a time to the connections of a host, first come, first served. Thread-safe.

    The pool behind it gives a free connection to whoever asks first, and that is who gave one back a moment ago.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._free = places
        # While one waits, none is free: a place goes from who leaves to who waits longest.
        self._waiting: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, deadline: Deadline, host: str) -> Generator[None]:
        """Wait for a place, and hold it. Raises ConnectionWaitError past the deadline."""
        self._enter(deadline, host)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, deadline: Deadline, host: str) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            begun, left = deadline.now(), deadline.left()
            came = turn.acquire(timeout=-1 if left is None else left)
        except BaseException:
            self._give_up(turn)
            raise
        if not came:
            position, waiting = self._give_up(turn)
            raise ConnectionWaitError(
                f"after {deadline.now() - begun:.1f} s of waiting for one of the {self._places} connections to "
                f"{host}, as number {position} of {waiting} in the queue"
            )

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    def _give_up(self, turn: threading.Lock) -> tuple[int, int]:
        """Leave the queue; return the position, from 1, and the length that it had."""
        with self._lock:
            waiting = len(self._waiting)
            if turn in self._waiting:
                position = self._waiting.index(turn) + 1
                self._waiting.remove(turn)
                return position, waiting
        # The turn came in the very moment: it is the next one's.
        self._leave()
        return 1, waiting + 1


class Bounded(HTTPConnection):
    """A connection that is made, written to and read within the deadline of the call that uses it."""

    sock: socket.socket | None
    putheader = http.client.HTTPConnection.putheader  # without urllib3's marks for headers to skip
    _tail: bytes = b""
    _answer: BoundedResponse | None = None
    _tunnelling: bool = False

    def connect(self) -> None:
        """Connect; the time for it starts now, however long the call waited before."""
        self._answer = None
        CURRENT.connecting = CURRENT.deadline.within(CURRENT.connect_timeout)
        super().connect()

    def _new_conn(self) -> socket.socket:
        return connected(self.host, self.port, self.socket_options or (), CURRENT.connecting)

    def _tunnel(self) -> None:
        self._tunnelling = True
        try:
            super()._tunnel()
        finally:
            self._tunnelling = False
            # What went out so far was for the proxy.
            CURRENT.sent = False
        if self._answer is not None and self._answer.surplus:
            raise OSError("bytes follow the answer of the proxy")

    def response_class(self, sock: socket.socket, *args: Any, **kwargs: Any) -> http.client.HTTPResponse:  # type: ignore[override] # `http.client` calls it
        """The answer that is read next: of the proxy while a tunnel is made, else of the server."""
        deadline = CURRENT.connecting if self._tunnelling else CURRENT.deadline
        self._answer = BoundedResponse(sock, deadline, *args, **kwargs)
        return self._answer

    @property
    def is_connected(self) -> bool:
        """Whether a request may be sent: the connection is open, and holds nothing that no request asked for."""
        if self.sock is None or (self._answer is not None and self._answer.surplus):
            return False
        # Reading tells more than a poll does: a layer of TLS may hold bytes back, or take a record without any.
        self.sock.settimeout(0)
        try:
            self.sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False

    def send(self, data: Any) -> None:
        """Send bytes within the deadline, and what is to follow the first of them."""
        if self.sock is None:
            self.connect()
        if self._tail:
            data, self._tail = data + self._tail, b""
        if self.sock is not None:
            CURRENT.deadline.arm(self.sock)
        CURRENT.sent = True
        super().send(data)

    def close(self) -> None:
        """Close the connection; it is opened again when it is used again."""
        self._tail = b""
        super().close()

    def send_whole(self, request: Request, target: str) -> None:
        """Send a request; a small body leaves with its head, in one packet instead of two."""
        body, headers = request.body, request.headers
        if body and len(body) <= SMALL:
            headers = {**headers, "content-length": str(len(body))}
            self._tail, body = body, None
        # The standard library's own: what urllib3 adds to it is for the headers that it makes up.
        http.client.HTTPConnection.request(self, request.verb, target, body=body, headers=headers)

    def answer(self) -> http.client.HTTPResponse:
        """The response as the standard library reads it, without what urllib3 puts around it."""
        return http.client.HTTPConnection.getresponse(self)


class BoundedTls(Bounded, HTTPSConnection):  # pyright: ignore[reportIncompatibleVariableOverride] # as above
    """The same over TLS."""


class Pool(HTTPConnectionPool):
    """Connections to one host over plain HTTP."""

    ConnectionCls = Bounded  # pyright: ignore[reportAssignmentType] # urllib3's protocol is not met by its own classes

    @contextmanager
    def connected(self, deadline: Deadline) -> Generator[Bounded]:
        """A connection of this pool that is connected; it goes back, closed when it did not serve to the end."""
        left = deadline.left()
        connection: Any = self._get_conn(timeout=left)
        try:
            connection.timeout = left
            if connection.sock is None:
                connection.connect()
            yield connection
        except BaseException:
            # Bytes may be left on it.
            connection.close()
            raise
        finally:
            self._put_conn(connection)


class TlsPool(Pool, HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = BoundedTls  # pyright: ignore[reportAssignmentType] # as above
