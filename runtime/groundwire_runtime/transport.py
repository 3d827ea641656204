"""The socket: urllib3 without its retries and redirects, with a deadline and a size that hold."""

from __future__ import annotations

import http.client
import os
import re
import threading
import urllib.request
import zlib
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import urllib3
from urllib3 import exceptions as faults

from .clock import SYSTEM, Clock
from .connection import CURRENT, UNLIMITED, Pool, TlsPool
from .deadline import Deadline
from .errors import ArgumentError, DeadlineReached, ResponseTooLarge, TransportError
from .http import Request, Response
from .loopback import is_loopback

if TYPE_CHECKING:
    import ssl

PIECE: Final = 256 * 1024
"""Bytes read at a time."""
MAX_RESPONSE: Final = 64 * 1024 * 1024
"""Bytes that a response may have, decompressed, unless the client says otherwise."""
_UNFIT: Final = re.compile(r"[^ -~]")


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
        self._clock = clock
        self._options: dict[str, Any] = {"maxsize": connections, "block": True}
        self._tls: dict[str, Any] = {} if tls is None else {"ssl_context": tls}
        self._lock = threading.Lock()
        self._pools: dict[tuple[str, str], Pool] = {}
        self._proxies: dict[str, urllib3.ProxyManager] = {}
        self._pid = os.getpid()

    def send(self, request: Request) -> Response:
        """Send a request and read its response whole. Raises TransportError or ArgumentError."""
        _check_headers(request.headers)
        deadline = Deadline(request.deadline, self._clock.monotonic)
        if deadline.left() == 0:
            raise DeadlineReached(f"{request.method_id}: no time left to send", sent=False)
        CURRENT.deadline = deadline
        try:
            proxy = _proxy_for(request.url)
            if proxy is not None:
                return self._through(proxy, request, deadline)
            return self._directly(request, deadline)
        except (faults.HTTPError, OSError, http.client.HTTPException, ValueError) as error:
            raise _translated(error, request) from error
        finally:
            CURRENT.deadline = UNLIMITED

    def _directly(self, request: Request, deadline: Deadline) -> Response:
        parts = urlsplit(request.url)
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        with self._pool(parts.scheme, parts.netloc).connected(deadline) as connection:
            connection.send_whole(request, target)
            with connection.answer() as answer:
                return self._read(answer, request)

    def _through(self, proxy: str, request: Request, deadline: Deadline) -> Response:
        """Through a proxy, which urllib3 knows best how to speak to."""
        left = deadline.left()
        answer = self._proxy(proxy).urlopen(
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
            return self._read(answer, request)
        except BaseException:
            answer.close()
            raise
        finally:
            answer.release_conn()

    def _read(
        self, answer: http.client.HTTPResponse | urllib3.BaseHTTPResponse, request: Request
    ) -> Response:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(status=answer.status, headers=headers, body=self._body(answer, headers, request))

    def _body(
        self,
        answer: http.client.HTTPResponse | urllib3.BaseHTTPResponse,
        headers: Mapping[str, str],
        request: Request,
    ) -> bytes:
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
        while raw := answer.read(None if length else PIECE):
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

    def _pool(self, scheme: str, place: str) -> Pool:
        with self._lock:
            self._forget_parent()
            pool = self._pools.get((scheme, place))
            if pool is None:
                parts = urlsplit(f"{scheme}://{place}")
                if scheme == "https":
                    pool = TlsPool(parts.hostname or "", parts.port, **self._options, **self._tls)
                else:
                    pool = Pool(parts.hostname or "", parts.port, **self._options)
                self._pools[scheme, place] = pool
            return pool

    def _proxy(self, url: str) -> urllib3.ProxyManager:
        with self._lock:
            self._forget_parent()
            proxy = self._proxies.get(url)
            if proxy is None:
                proxy = self._proxies[url] = urllib3.ProxyManager(url, **self._options, **self._tls)
                classes: Any = {"http": Pool, "https": TlsPool}
                proxy.pool_classes_by_scheme = classes
            return proxy

    def _forget_parent(self) -> None:
        """Leave the sockets of a process that forked this one alone: they are never used from here."""
        if self._pid != os.getpid():
            self._pools, self._proxies, self._pid = {}, {}, os.getpid()

    def close(self) -> None:
        """Close idle connections."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
            proxies, self._proxies = list(self._proxies.values()), {}
        for pool in pools:
            pool.close()
        for proxy in proxies:
            proxy.clear()


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
    if not _UNFIT.search("".join(chain.from_iterable(headers.items()))):
        return
    name = next(name for name, value in headers.items() if _UNFIT.search(name + value))
    raise ArgumentError(f"header {name[:40]!r} has a character that a header cannot carry; nothing was sent")


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
