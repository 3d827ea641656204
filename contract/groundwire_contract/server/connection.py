"""One uvicorn connection with bounds: head size, request time, and the number of connections."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import sys
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .head import HeadError, read_target
from .listener import MAX_DESCRIPTORS
from .writes import GatheredWrites

HEAD_LIMIT: Final = 65536
"""Bytes of the request line and headers."""
REQUEST_SECONDS: Final = 60.0
"""Seconds that a request may take to arrive, and that a connection may be idle."""
LINGER_SECONDS: Final = 2.0
"""Seconds for which a refused client may read the answer before the connection is closed."""
MAX_UNREAD: Final = 64 * 1024 * 1024
"""Bytes that a refused client may still send."""
_STATUS: Final = {
    400: "Bad Request",
    408: "Request Timeout",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    505: "HTTP Version Not Supported",
}


def _is_news(record: logging.LogRecord) -> bool:
    """Drop uvicorn's warnings about invalid requests: they are answered, and no operator need act."""
    return record.levelno > logging.WARNING or "request" not in record.getMessage()


logging.getLogger("uvicorn.error").addFilter(_is_news)


class BoundedConnection(HttpToolsProtocol):
    """A connection that is refused when there are too many, and ended when its request is too large or too
    slow."""

    max_connections = MAX_DESCRIPTORS
    """The maximum number of connections."""
    request_seconds = REQUEST_SECONDS
    """Seconds until a request must have arrived."""
    _taken = False
    _timer: asyncio.TimerHandle | None = None
    _is_arriving = False
    _in_head = True
    _head = 0
    """Bytes of a head in the pieces after its first one."""
    _began_here = True
    _refusal = 400
    _refused = False
    _deferred: int | None = None
    """The status of a refusal that waits for the answers of earlier requests."""
    _idle: asyncio.TimerHandle | None = None
    _idle_from = 0.0
    """When the last answer was complete."""
    _unsent = 0
    """Bytes that a client had not read when it was looked at."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Accept a connection, or abort it when there are too many."""
        if len(self.connections) >= self.max_connections:
            transport.abort()
            return
        # The contract records its requests itself, and keeps the log of a test free.
        self.access_log = False
        self._taken = True
        gathered: Any = GatheredWrites(transport, self.loop)
        super().connection_made(gathered)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Release a connection."""
        self._stop_timer()
        if self._idle is not None:
            self._idle.cancel()
        if self._taken:
            super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse received data."""
        if self._refused:
            self._head += len(data)
            if self._head > MAX_UNREAD:
                self.transport.abort()
            return
        self._began_here = False
        super().data_received(data)
        if self._is_arriving and self._timer is None:
            self._start_timer()
        if self._in_head and not self._began_here:
            self._head += len(data)
            if self._head > HEAD_LIMIT:
                self._refuse(431)

    def on_message_begin(self) -> None:
        """Start a request."""
        super().on_message_begin()
        scope: Any = self.scope
        scope["state"]["transport"] = self.transport
        self._in_head, self._began_here, self._head = True, True, 0
        # Most requests arrive in one piece, and need no timer.
        self._is_arriving = True
        self._stop_timer()

    def on_headers_complete(self) -> None:
        """Check a complete head."""
        self._in_head = False
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > HEAD_LIMIT:
            self._refusal = 431
            raise ValueError("the head is too large")
        self._check_head()
        super().on_headers_complete()
        scope: Any = self.scope
        cycle: Any = self.cycle
        parser: Any = self.parser
        # An old uvicorn looks for the client's wish to close only when it writes a head itself.
        cycle.keep_alive = cycle.keep_alive and parser.should_keep_alive()
        scope["state"]["cycle"] = cycle

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
        """Handle a complete request."""
        self._is_arriving = False
        self._stop_timer()
        super().on_message_complete()

    def shutdown(self) -> None:
        """Close the connection after its answer; at once if its request has not fully arrived."""
        answering: Any = self.cycle
        if answering is not None and not answering.response_complete and answering.more_body:
            self.transport.abort()
        else:
            super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Refuse an invalid HTTP request and close the connection. `msg` is uvicorn's text, which is not
        used."""
        del msg
        self._refuse(self._refusal)

    def eof_received(self) -> bool:  # type: ignore[override] # asyncio reads it, uvicorn has none
        """Keep the connection for the answers to what fully arrived: a client may end its side first (RFC 9293 3.6)."""
        answering: Any = self.cycle
        if self._deferred is not None:
            self._start_timer()
            return True
        if answering is None or answering.response_complete or answering.more_body:
            if self._taken:
                # asyncio closes only its own transport, before the answer of this turn is written.
                self.transport.close()
            return False
        answering.keep_alive = False
        # A client that is gone looks the same.
        self._start_timer()
        self._in_head = False
        return True

    def on_response_complete(self) -> None:
        """Start the next request, or send the refusal that waited for this answer."""
        is_last = not self.pipeline
        if is_last and not self.transport.is_closing():
            self.server_state.total_requests += 1
            self.flow.resume_reading()
        else:
            super().on_response_complete()
        self._rest()
        if is_last and self._deferred is not None and not self.transport.is_closing():
            status, self._deferred = self._deferred, None
            self._send_refusal(status)

    def _rest(self) -> None:
        """End the connection when it is idle for long, or its client reads nothing. One timer does for many answers."""
        self._idle_from = self.loop.time()
        if self._idle is None:
            self._idle = self.loop.call_later(self.request_seconds, self._rested)

    def _rested(self) -> None:
        self._idle = None
        answering: Any = self.cycle
        before, self._unsent = self._unsent, unread(self.transport)
        if not self.transport.get_write_buffer_size() and (
            self._is_arriving or not answering.response_complete
        ):
            return  # The end of its answer begins anew.
        left = self._idle_from + self.request_seconds - self.loop.time()
        if left > 0 or (self._unsent and self._unsent != before):
            self._idle = self.loop.call_later(left if left > 0 else self.request_seconds, self._rested)
        elif self.transport.get_write_buffer_size():
            reset(self.transport)
        else:
            self.transport.close()

    def _refuse(self, status: int) -> None:
        """Refuse what arrives now, behind the answers to the requests before it (RFC 9112 9.3.2)."""
        self._refused, self._head, self._is_arriving = True, 0, False
        self._stop_timer()
        latest: Any = self.cycle
        is_waiting = bool(self.pipeline) and self.pipeline[0][0] is latest
        if latest is not None and latest.more_body:
            latest.disconnected = True
            if is_waiting:
                self.pipeline.popleft()
            is_first = not is_waiting
        else:
            is_first = latest is None or latest.response_complete
        if is_first:
            self._send_refusal(status)
        else:
            self._deferred = status

    def _send_refusal(self, status: int) -> None:
        reason = _STATUS[status]
        page = f"<!DOCTYPE html>\n<html lang=en>\n  <title>Error {status} ({reason})!!1</title>\n".encode()
        head = (
            f"HTTP/1.1 {status} {reason}\r\ncontent-type: text/html; charset=UTF-8\r\n"
            f"content-length: {len(page)}\r\nconnection: close\r\n\r\n"
        )
        # Closing with unread bytes would reset the connection, and the client could lose the answer.
        self._start_timer(LINGER_SECONDS)
        self.transport.write(head.encode() + page)
        self.transport.write_eof()

    def _start_timer(self, seconds: float | None = None) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(
            self.request_seconds if seconds is None else seconds, self._too_slow
        )

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


def bounded(max_connections: int, request_seconds: float) -> type[BoundedConnection]:
    """Return a connection class with these bounds."""
    return type(
        "Connection",
        (BoundedConnection,),
        {"max_connections": max_connections, "request_seconds": request_seconds},
    )


def unread(transport: Any) -> int:
    """Return the bytes that a client has not taken, those in the system's buffer too where it tells.

    The transport alone tells too little: the system takes more only after a third of its megabytes were read.
    """
    waiting: int = transport.get_write_buffer_size()
    sock = transport.get_extra_info("socket")
    if not sys.platform.startswith("linux") or not waiting or sock is None:
        return waiting
    import fcntl
    import termios

    queued: int = struct.unpack("i", fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4)))[0]
    return waiting + queued


def reset(transport: Any) -> None:
    """Reset a connection."""
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
