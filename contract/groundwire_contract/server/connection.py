"""One connection of uvicorn's, held to bounds: the size of a head, the time of a request, the number of its kind."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .head import HeadError, read_target

HEAD_LIMIT: Final = 65536
"""Bytes of a request's line and headers."""
REQUEST_SECONDS: Final = 60.0
"""Seconds that a request may take to arrive, and that a connection may stand without one."""
LINGER_SECONDS: Final = 2.0
"""Seconds that a refused caller has to read the answer and hang up."""
UNREAD: Final = 64 * 1024 * 1024
"""Bytes that a refused caller may go on sending."""
RESERVED: Final = 64
"""Descriptors that are kept from connections: for files, the listener and the event loop."""
ASKED: Final = 65536
"""Descriptors that the server asks the system for."""
_STATUS: Final = {
    400: "Bad Request",
    408: "Request Timeout",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    505: "HTTP Version Not Supported",
}


def _is_news(record: logging.LogRecord) -> bool:
    """What a caller sends wrong is answered; it is not the operator's trouble."""
    return record.levelno > logging.WARNING or "request" not in record.getMessage()


logging.getLogger("uvicorn.error").addFilter(_is_news)


class Bounded(HttpToolsProtocol):
    """A connection that is refused when there are too many, and ended when its request is too large or too slow."""

    most = ASKED
    """Connections at a time."""
    seconds = REQUEST_SECONDS
    """Until a request must have arrived."""
    _taken = False
    _timer: asyncio.TimerHandle | None = None
    _in_head = True
    _head = 0
    """Bytes of a head in the pieces after the one that it began in."""
    _began_here = True
    _refusal = 400
    _refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Take a connection, or none when there are too many."""
        if len(self.connections) >= self.most:
            transport.abort()
            return
        # The contract remembers its requests itself; a test's log is for what is tested.
        self.access_log = False
        self._taken = True
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of a connection."""
        self._stop_timer()
        if self._taken:
            super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        if self._refused:
            self._head += len(data)
            if self._head > UNREAD:
                self.transport.abort()
            return
        self._began_here = False
        super().data_received(data)
        if self._in_head and not self._began_here:
            self._head += len(data)
            if self._head > HEAD_LIMIT:
                self._refuse(431)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        scope: Any = self.scope
        scope["state"]["transport"] = self.transport
        self._in_head, self._began_here, self._head = True, True, 0
        self._start_timer()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._in_head = False
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > HEAD_LIMIT:
            self._refusal = 431
            raise ValueError("the head is too large")
        self._check_head()
        super().on_headers_complete()

    def _check_head(self) -> None:
        parser: Any = self.parser
        try:
            target = read_target(parser.get_http_version(), parser.get_method(), self.url, self.headers)
        except HeadError as error:
            self._refusal = error.status
            raise
        self.url = target.origin
        if target.authority is not None:
            # RFC 9112 3.2.2: a target in absolute form overrides the Host.
            self.headers[:] = [(name, value) for name, value in self.headers if name != b"host"]
            self.headers.append((b"host", target.authority))

    def on_message_complete(self) -> None:
        """The request is there."""
        self._stop_timer()
        super().on_message_complete()

    def shutdown(self) -> None:
        """End the connection once its request is answered, at once where the request is not even there."""
        answering: Any = self.cycle
        if answering is not None and not answering.response_complete and answering.more_body:
            self.transport.abort()
        else:
            super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request of HTTP, and end the connection. `msg` is uvicorn's word for it."""
        del msg
        self._refuse(self._refusal)

    def _refuse(self, status: int) -> None:
        reason = _STATUS[status]
        page = f"<!DOCTYPE html>\n<html lang=en>\n  <title>Error {status} ({reason})!!1</title>\n".encode()
        head = (
            f"HTTP/1.1 {status} {reason}\r\ncontent-type: text/html; charset=UTF-8\r\n"
            f"content-length: {len(page)}\r\nconnection: close\r\n\r\n"
        )
        answering: Any = self.cycle
        if answering is not None:
            answering.disconnected = True
        # Closed with bytes unread, the connection would be reset, and the answer lost on the way.
        self._refused, self._head = True, 0
        self._start_timer(LINGER_SECONDS)
        self.transport.write(head.encode() + page)
        self.transport.write_eof()

    def _start_timer(self, seconds: float | None = None) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(self.seconds if seconds is None else seconds, self._too_slow)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if self._in_head and not self._refused:
            self._refuse(408)
        else:
            self.transport.abort()


def bounded(most: int, seconds: float) -> type[Bounded]:
    """Connections with bounds of their own."""
    return type("Connection", (Bounded,), {"most": most, "seconds": seconds})


def descriptors() -> int:
    """Ask the system for as many descriptors as it gives; how many connections they are enough for."""
    try:
        import resource
    except ImportError:  # Windows has no such limit.
        return ASKED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ASKED if hard == resource.RLIM_INFINITY else min(hard, ASKED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return ASKED if soft == resource.RLIM_INFINITY else max(1, min(soft, ASKED) - RESERVED)


def reset(transport: Any) -> None:
    """End a connection with a reset."""
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
