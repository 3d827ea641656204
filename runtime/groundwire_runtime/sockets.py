"""Connections of urllib3 with a deadline for every connect, write and read."""

from __future__ import annotations

import http.client
import io
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from http.client import BadStatusLine, HTTPException, HTTPResponse, IncompleteRead
from typing import Any, Final, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ProxyError

from .clock import SYSTEM, Deadline
from .http import Request

BUFFER: Final = 16 * 1024  # bytes of the head that are read ahead; a body bypasses the buffer
SMALL: Final = 64 * 1024  # bytes of a body that are copied behind the head, to leave in one packet
INTERIM: Final = 100  # interim responses (1xx) that are skipped
INTERIM_BYTES: Final = 256 * 1024  # bytes of their heads together
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


class _Reader(io.RawIOBase):
    """The raw bytes of a socket, each read within the deadline. Looks like a socket to `http.client`."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._sock = sock
        self._deadline = deadline
        self._raw = sock.makefile("rb", buffering=0)
        self.ended = False
        self.stopped = False  # True once nothing more may be read from the socket

    def makefile(self, mode: str) -> io.BufferedReader:
        del mode
        return io.BufferedReader(self, BUFFER)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.stopped:
            return None
        self._deadline.arm(self._sock)
        count = self._raw.readinto(buffer)
        self.ended = self.ended or count == 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class BrokenAnswer(HTTPException):
    """A response that breaks HTTP in a way that `http.client` accepts. The text quotes nothing of it."""


class BoundedResponse(HTTPResponse):
    """A response that is read within a deadline, behind its interim responses (RFC 9110 15.2). Raises HTTPException.

    It rejects what `http.client` accepts: a truncated head, an ambiguous length, a switch of protocols.
    """

    surplus = False  # True if bytes follow the end of the response; known once it was read

    def __init__(self, sock: socket.socket, deadline: Deadline, *args: Any, **kwargs: Any) -> None:
        self._reader = _Reader(sock, deadline)
        super().__init__(self._reader, *args, **kwargs)  # type: ignore[arg-type] # only makefile is used

    def begin(self) -> None:
        """Read the head."""
        try:
            super().begin()
        except BadStatusLine as error:
            line = str(error.args[0])
            if line and self._reader.ended and (line.startswith("HTTP/1.") or "HTTP/1.".startswith(line)):
                raise IncompleteRead(b"") from error
            raise
        if self._reader.ended:
            raise IncompleteRead(b"")
        lengths = set(self.headers.get_all("content-length", ()))
        codings = [coding.lower() for coding in self.headers.get_all("transfer-encoding", ())]
        if len(lengths) + bool(codings) > 1 or codings not in ([], ["chunked"]):
            raise BrokenAnswer("more than one way to tell where the answer ends")
        if not all(length.isascii() and length.isdigit() for length in lengths):
            raise BrokenAnswer("a length that is no number")
        if self.status in (204, 304) and (codings or lengths - {"0"}):
            self.chunked, self.will_close = False, True  # a body may follow all the same (RFC 9112 6.3)

    def _read_status(self) -> tuple[str, int, str]:
        room = INTERIM_BYTES
        for _ in range(INTERIM + 1):
            line = cast("tuple[str, int, str]", super()._read_status())  # type: ignore[misc] # missing from the stubs
            status = line[1]
            if not 100 <= status < 200:
                return line
            if status == 101:
                raise BrokenAnswer("a switch of protocols that nobody asked for")
            room = self._skip_head(room)
        raise BrokenAnswer(f"more than {INTERIM} interim answers")

    def _skip_head(self, room: int) -> int:
        """Skip the headers of an interim response; return the bytes left of `room`."""
        line = b""
        while line not in (b"\r\n", b"\n"):
            line = self.fp.readline(room + 1)
            room -= len(line)
            if room < 0:
                raise BrokenAnswer(f"interim answers of more than {INTERIM_BYTES} bytes")
            if not line:
                raise IncompleteRead(b"")
        return room

    def _close_conn(self) -> None:
        self._reader.stopped = True  # bytes read ahead go with the buffer: the next user would never see them
        self.surplus = bool(self.fp.peek(1))
        super()._close_conn()  # type: ignore[misc] # missing from the stubs

    def _read_next_chunk_size(self) -> int:
        size = int(super()._read_next_chunk_size())  # type: ignore[misc] # missing from the stubs
        if size < 0:
            self._close_conn()
            raise ValueError("a chunk size below zero")
        return size


class Bounded(HTTPConnection):
    """A connection that is opened, written to and read within the deadline of the call that uses it."""

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

    def exchange(self, request: Request, target: str) -> http.client.HTTPResponse:
        """Send a request, a small body in one packet with its head, and read the head of the response."""
        body, headers = request.body, request.headers
        if body and len(body) <= SMALL:
            headers = {**headers, "content-length": str(len(body))}
            self._tail, body = body, None
        # The standard library's methods: urllib3's serve headers and responses of its own.
        http.client.HTTPConnection.request(self, request.verb, target, body=body, headers=headers)
        return http.client.HTTPConnection.getresponse(self)


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
