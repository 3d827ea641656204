"""The socket: urllib3 without its retries and redirects, with a deadline and a size that hold."""

from __future__ import annotations

import http.client
import os
import re
import threading
import urllib.request
import zlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import urllib3
from urllib3 import exceptions as faults
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .clock import SYSTEM, Clock
from .deadline import Deadline, bounded_response
from .errors import ArgumentError, DeadlineReached, ResponseTooLarge, TransportError
from .http import Request, Response
from .loopback import is_loopback

if TYPE_CHECKING:
    import socket
    import ssl

PIECE: Final = 256 * 1024
"""Bytes read at a time."""
MAX_RESPONSE: Final = 64 * 1024 * 1024
"""Bytes that a response may have, decompressed, unless the client says otherwise."""
_UNFIT: Final = re.compile(r"[^ -~]")
_NONE: Final = Deadline(None, SYSTEM.monotonic)


class _Call(threading.local):
    """The deadline of the call that this thread is making."""

    deadline: Deadline = _NONE


_CALL: Final = _Call()


class _Bounded(HTTPConnection):
    """A connection whose sends and reads keep the deadline of the call that uses it."""

    sock: socket.socket | None

    def send(self, data: Any) -> None:
        if self.sock is not None:
            _CALL.deadline.arm(self.sock)
        super().send(data)

    def getresponse(self) -> Any:
        self.response_class = bounded_response(_CALL.deadline)  # type: ignore[assignment] # a factory will do
        return super().getresponse()


class _BoundedTls(_Bounded, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Bounded  # pyright: ignore[reportAssignmentType] # urllib3's protocol is not met by its own classes


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedTls  # pyright: ignore[reportAssignmentType] # as above


class UrllibTransport:
    """Sends one request over a pool of connections. Safe to share between threads, and over a fork.

    `max_response` bounds a response in bytes; `connections` bounds the open sockets to a host, a further call
    waits for one. Proxies come from the environment, but never for loopback. `tls` replaces the default TLS
    settings (client certificates go there).
    """

    def __init__(
        self,
        *,
        max_response: int = MAX_RESPONSE,
        connections: int = 10,
        tls: ssl.SSLContext | None = None,
        clock: Clock = SYSTEM,
    ) -> None:
        self.max_response = max_response
        self._connections = connections
        self._tls = tls
        self._clock = clock
        self._lock = threading.Lock()
        self._pools: dict[str | None, urllib3.PoolManager] = {}
        self._pid = os.getpid()

    def send(self, request: Request) -> Response:
        """Send a request and read its response whole. Raises TransportError or ArgumentError."""
        _check_headers(request.headers)
        deadline = Deadline(request.deadline, self._clock.monotonic)
        if deadline.left() == 0:
            raise DeadlineReached(f"{request.method_id}: no time left to send", sent=False)
        _CALL.deadline = deadline
        try:
            return self._exchange(request, deadline)
        except (faults.HTTPError, OSError, http.client.HTTPException, ValueError) as error:
            raise _translated(error, request) from error
        finally:
            _CALL.deadline = _NONE

    def _exchange(self, request: Request, deadline: Deadline) -> Response:
        left = deadline.left()
        answer = self._pool(request.url).urlopen(
            request.verb,
            request.url,
            body=request.body,
            headers=request.headers,
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
            timeout=urllib3.Timeout(connect=left, read=left),
            pool_timeout=left,
        )
        try:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            body = self._body(answer, headers, request)
        except BaseException:
            # Bytes may be left on the connection: it is closed, and its place in the pool is free again.
            answer.close()
            answer.release_conn()
            raise
        answer.release_conn()
        return Response(status=answer.status, headers=headers, body=body)

    def _body(self, answer: urllib3.BaseHTTPResponse, headers: Mapping[str, str], request: Request) -> bytes:
        length = headers.get("content-length", "")
        if len(length) > 18 or int(length or 0) > self.max_response:
            raise self._too_large(request)
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip"):
            raise TransportError(
                f"{request.method_id}: content-encoding {encoding[:40]!r} was not asked for",
                sent=True,
                retryable=False,
            )
        unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if encoding.endswith("gzip") else None
        pieces: list[bytes] = []
        size = 0
        arrived = False
        # A body of known length is bounded already.
        while raw := answer.read(None if length else PIECE, decode_content=False):
            arrived = True
            for piece in (raw,) if unpack is None else _unpacked(unpack, raw, request):
                size += len(piece)
                if size > self.max_response:
                    raise self._too_large(request)
                pieces.append(piece)
        if unpack is not None and arrived and not unpack.eof:
            raise TransportError(f"{request.method_id}: the compressed answer was cut off", sent=True)
        body = b"".join(pieces)
        if not length and "transfer-encoding" not in headers:
            _check_whole(body, headers, request)
        return body

    def _too_large(self, request: Request) -> ResponseTooLarge:
        return ResponseTooLarge(
            f"{request.method_id}: the answer has more than {self.max_response} bytes",
            sent=True,
            retryable=False,
            hint="Ask for less, or raise Client(max_response_bytes=...).",
        )

    def _pool(self, url: str) -> urllib3.PoolManager:
        proxy = _proxy_for(url)
        with self._lock:
            if self._pid != os.getpid():
                # Sockets of the parent: left alone, never used from here.
                self._pools, self._pid = {}, os.getpid()
            pool = self._pools.get(proxy)
            if pool is None:
                pool = self._pools[proxy] = self._new_pool(proxy)
            return pool

    def _new_pool(self, proxy: str | None) -> urllib3.PoolManager:
        options: dict[str, Any] = {"maxsize": self._connections, "block": True}
        if self._tls is not None:
            options["ssl_context"] = self._tls
        pool = urllib3.PoolManager(**options) if proxy is None else urllib3.ProxyManager(proxy, **options)
        classes: dict[str, type[HTTPConnectionPool | HTTPSConnectionPool]] = {
            "http": _Pool,
            "https": _TlsPool,
        }
        pool.pool_classes_by_scheme = classes
        return pool

    def close(self) -> None:
        """Close idle connections."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.clear()


def _unpacked(unpack: Any, raw: bytes, request: Request) -> Iterator[bytes]:
    """What compressed bytes hold, at most PIECE bytes at a time."""
    try:
        while True:
            piece: bytes = unpack.decompress(raw, PIECE)
            yield piece
            raw = unpack.unconsumed_tail
            if not raw and len(piece) < PIECE:
                break
        damaged = bool(unpack.unused_data)
    except zlib.error as error:
        raise TransportError(f"{request.method_id}: the compressed answer is damaged", sent=True) from error
    if damaged:
        raise TransportError(f"{request.method_id}: bytes follow the compressed answer", sent=True)


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if _UNFIT.search(name) or _UNFIT.search(value):
            raise ArgumentError(
                f"header {name[:40]!r} has a character that a header cannot carry; nothing was sent"
            )


def _proxy_for(url: str) -> str | None:
    """The proxy that the environment names for a URL (`HTTPS_PROXY`, `NO_PROXY`); none for loopback."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _check_whole(body: bytes, headers: Mapping[str, str], request: Request) -> None:
    """A body that ends with its connection may have been cut: JSON tells."""
    if "json" not in headers.get("content-type", "") or not body:
        return
    import json

    try:
        json.loads(body)
    except (ValueError, RecursionError) as error:
        raise TransportError(
            f"{request.method_id}: the answer was cut off or is not JSON", sent=True
        ) from error


_UNSENT: Final[tuple[type[Exception], ...]] = (
    faults.NewConnectionError,
    faults.ConnectTimeoutError,
    faults.ProxyError,
    faults.SSLError,
    faults.EmptyPoolError,
    faults.LocationValueError,
)


def _translated(error: Exception, request: Request) -> TransportError:
    """A fault of urllib3, or below it, as ours."""
    sent = not isinstance(error, _UNSENT)
    if isinstance(error, (faults.TimeoutError, TimeoutError, faults.EmptyPoolError)):
        return DeadlineReached(f"{request.method_id}: the deadline was reached", sent=sent)
    cause = error.args[1] if isinstance(error, faults.ProtocolError) and len(error.args) > 1 else error
    name = type(cause).__name__
    cut = (http.client.RemoteDisconnected, http.client.IncompleteRead)
    if sent and isinstance(cause, (http.client.HTTPException, ValueError)) and not isinstance(cause, cut):
        return TransportError(
            f"{request.method_id}: the answer is not HTTP ({name})", sent=True, retryable=False
        )
    hint = "Check the endpoint, the network and the proxy settings." if not sent else ""
    return TransportError(f"{request.method_id}: no answer ({name})", sent=sent, hint=hint)
