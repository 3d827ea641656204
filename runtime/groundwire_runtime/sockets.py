"""Connections of urllib3 with a deadline for every connect, write and read."""

from __future__ import annotations

import http.client
import logging
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any, Final, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ProxyError

from .bounded_response import BoundedResponse
from .clock import SYSTEM, Deadline
from .http import Request

SMALL: Final = 64 * 1024  # bytes of a body that are copied behind the head, to leave in one packet
UNLIMITED: Final = Deadline(None, SYSTEM.monotonic)


class CurrentCall(threading.local):
    """The call that this thread makes."""

    deadline: Deadline = UNLIMITED
    connect_timeout: float | None = None  # seconds of the deadline in which to connect
    connecting: Deadline = UNLIMITED
    sent: bool = False  # True once a byte of the request went out


CURRENT: Final = CurrentCall()


def _is_not_ours(record: logging.LogRecord) -> bool:
    """Drop urllib3's record of a request line of ours: its query may hold a secret."""
    return CURRENT.deadline is UNLIMITED or '"%s %s' not in str(record.msg)


logging.getLogger("urllib3.connectionpool").addFilter(_is_not_ours)


def connected(
    host: str,
    port: int,
    options: Iterable[tuple[int, int, int | bytes]],
    deadline: Deadline,
    resolve: Callable[..., Sequence[Any]] = socket.getaddrinfo,
) -> socket.socket:
    """Connect to the first address that accepts; each gets an even share of the time left. Raises OSError."""
    # The system resolves the name, without a bound on the time.
    addresses = resolve(host.strip("[]"), port, type=socket.SOCK_STREAM)
    failures: list[OSError] = []
    for tried, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = socket.socket(family, kind, protocol)
        try:
            for option in options:
                sock.setsockopt(*option)
            deadline.arm(sock)
            share = sock.gettimeout()
            sock.settimeout(None if share is None else share / (len(addresses) - tried))
            sock.connect(address)
            deadline.arm(sock)  # for the handshake and the proxy
        except OSError as error:
            sock.close()
            failures.append(error)
        else:
            return sock
    raise failures[-1] if failures else OSError("the name has no address")


class ConnectionWaitError(TimeoutError):
    """A call's time ran out while it waited for a connection. The text says how long, and for which host."""


class Gate:
    """Admits `places` calls at a time to the connections of a host, first come, first served. Thread-safe.

    The pool behind it would prefer the thread that has just returned a connection.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._free = places
        # None is free while one waits: who leaves hands the place to who waits longest.
        self._waiting: deque[threading.Lock] = deque()
        # Garbage collection may end an open body, and leave, in a thread that is just here.
        self._lock = threading.RLock()

    @contextmanager
    def turn(self, deadline: Deadline, host: str) -> Generator[None]:
        """Wait for a place, and hold it. Raises ConnectionWaitError past the deadline."""
        with self._lock:
            turn = None if self._free else threading.Lock()
            if turn is None:
                self._free -= 1
            else:
                turn.acquire()
                self._waiting.append(turn)
        if turn is not None:
            self._wait(turn, deadline, host)
        try:
            yield
        finally:
            self._leave()

    def _wait(self, turn: threading.Lock, deadline: Deadline, host: str) -> None:
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
        """Leave the queue; return the position that was held, from 1, and the length of the queue."""
        with self._lock:
            waiting = len(self._waiting)
            if turn in self._waiting:
                position = self._waiting.index(turn) + 1
                self._waiting.remove(turn)
                return position, waiting
        # The turn came at this moment: pass it on.
        self._leave()
        return 1, waiting + 1


class Bounded(HTTPConnection):
    """A connection that is opened, written to and read within the deadline of the call that uses it."""

    sock: socket.socket | None
    putheader = http.client.HTTPConnection.putheader  # without urllib3's marks for headers to skip
    _tail: bytes = b""
    _answer: BoundedResponse | None = None
    _tunnelling: bool = False
    spent: bool = False
    """True where a request was not sent whole: no other one may follow it."""

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
            CURRENT.sent = False  # bytes sent so far were for the proxy
        if self._answer is not None and self._answer.surplus:
            raise OSError("bytes follow the answer of the proxy")

    def response_class(self, sock: socket.socket, *args: Any, **kwargs: Any) -> http.client.HTTPResponse:  # type: ignore[override] # `http.client` calls it
        """Return the response to read next: the proxy's while a tunnel is opened, else the server's."""
        deadline = CURRENT.connecting if self._tunnelling else CURRENT.deadline
        self._answer = BoundedResponse(sock, deadline, *args, **kwargs)
        return self._answer

    @property
    def is_connected(self) -> bool:
        """True if a request may be sent: the connection is open, and holds no byte that nobody asked for."""
        if self.sock is None or (self._answer is not None and self._answer.surplus):
            return False
        # A read tells more than a poll: TLS may hold bytes back, or take a record without any.
        self.sock.settimeout(0)
        try:
            self.sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            pass
        return False

    def send(self, data: Any) -> None:
        """Send bytes within the deadline, and with the first of them a small body."""
        if self.sock is None:
            self.connect()
        if self._tail:
            data, self._tail = data + self._tail, b""
        if self.sock is not None:
            CURRENT.deadline.arm(self.sock)
        CURRENT.sent = True
        super().send(data)

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        self._tail = b""
        super().close()

    def exchange(self, request: Request, target: str) -> BoundedResponse:
        """Send a request, a small body in one packet with its head, and read the head of the response."""
        body, headers = request.body, request.headers
        length = len(body or b"") if body is None or isinstance(body, bytes) else body.length
        if body is not None and length is not None:
            headers = {**headers, "content-length": str(length)}
        if isinstance(body, bytes) and len(body) <= SMALL:
            self._tail, body = body, None
        self.spent = False
        # The standard library's methods: urllib3's serve headers and responses of its own.
        try:
            http.client.HTTPConnection.request(self, request.verb, target, body=body, headers=headers)
        except (BrokenPipeError, ConnectionResetError) as error:
            # A server may answer before it read the whole body (RFC 9112 9.3), and close.
            return self._early_answer(error)
        return cast("BoundedResponse", http.client.HTTPConnection.getresponse(self))

    def _early_answer(self, error: OSError) -> BoundedResponse:
        """Return the answer to a body that was not sent whole. Raises the error where there is none."""
        self.spent = True
        try:
            return cast("BoundedResponse", http.client.HTTPConnection.getresponse(self))
        except (OSError, HTTPException):
            raise error from None


class BoundedTls(Bounded, HTTPSConnection):  # pyright: ignore[reportIncompatibleVariableOverride] # as above
    """The same over TLS."""


class Pool(HTTPConnectionPool):
    """Connections to one host over plain HTTP."""

    ConnectionCls = Bounded  # pyright: ignore[reportAssignmentType] # urllib3's protocol is not met by its own classes

    @contextmanager
    def connected(self, deadline: Deadline) -> Generator[Bounded]:
        """Yield an open connection; it returns to the pool, closed if the exchange did not end well."""
        left = deadline.left()
        connection: Any = self._get_conn(timeout=left)
        try:
            connection.timeout = left
            if connection.sock is None:
                self._open(connection)
            yield connection
            if connection.spent:
                connection.close()
        except BaseException:
            connection.close()  # bytes may be left on it
            raise
        finally:
            self._put_conn(connection)

    def _open(self, connection: Any) -> None:
        """Connect, through the pool's proxy where it has one. Raises ProxyError for a fault on the way to it."""
        try:
            if self.proxy is not None and self.scheme == "https":
                self._prepare_proxy(connection)
            else:
                connection.connect()
        except Exception as error:
            if self.proxy is None or connection.has_connected_to_proxy:
                raise
            raise ProxyError("no connection through the proxy", error) from error


class TlsPool(Pool, HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = BoundedTls  # pyright: ignore[reportAssignmentType] # as above
