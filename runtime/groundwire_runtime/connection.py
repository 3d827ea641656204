"""Connections of urllib3, held to the deadline of the call that uses them, and the pools that keep them."""

from __future__ import annotations

import http.client
import logging
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .clock import SYSTEM
from .deadline import Deadline, bounded_response, connected
from .http import Request

if TYPE_CHECKING:
    import socket

SMALL: Final = 64 * 1024
"""Bytes of a body that is worth copying behind its head."""
UNLIMITED: Final = Deadline(None, SYSTEM.monotonic)


class CurrentCall(threading.local):
    """The call that this thread is making."""

    deadline: Deadline = UNLIMITED
    connecting: Deadline = UNLIMITED
    sent: bool = False
    """Whether any byte of the request went out."""


CURRENT: Final = CurrentCall()


def _is_not_ours(record: logging.LogRecord) -> bool:
    """urllib3 logs a request line whole, with all that its query may hold: not of our calls."""
    return CURRENT.deadline is UNLIMITED or '"%s %s' not in str(record.msg)


logging.getLogger("urllib3.connectionpool").addFilter(_is_not_ours)


class Bounded(HTTPConnection):
    """A connection that is made, written to and read within the deadline of the call that uses it."""

    sock: socket.socket | None
    putheader = http.client.HTTPConnection.putheader  # without urllib3's marks for headers to skip
    _tail: bytes = b""

    def _new_conn(self) -> socket.socket:
        return connected(self.host, self.port, self.socket_options or (), CURRENT.connecting)

    def _tunnel(self) -> None:
        self.response_class = bounded_response(CURRENT.connecting)  # type: ignore[assignment] # a factory will do
        try:
            super()._tunnel()
        finally:
            # What went out so far was for the proxy.
            CURRENT.sent = False

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

    def getresponse(self) -> Any:
        """The response, as urllib3 wants it for its own pools."""
        self.response_class = bounded_response(CURRENT.deadline)  # type: ignore[assignment] # a factory will do
        return super().getresponse()

    def answer(self) -> http.client.HTTPResponse:
        """The response as the standard library reads it, without what urllib3 puts around it."""
        self.response_class = bounded_response(CURRENT.deadline)  # type: ignore[assignment] # as above
        return http.client.HTTPConnection.getresponse(self)


class BoundedTls(Bounded, HTTPSConnection):
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
