"""The socket: urllib3 without its retries and redirects, with a deadline and a size that hold."""

from __future__ import annotations

import http.client
import logging
import re
import ssl
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import urllib3
from urllib3 import exceptions as faults
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .body import read_body
from .clock import SYSTEM, Clock
from .deadline import LOWEST, Deadline, bounded_response, connected
from .errors import ArgumentError, DeadlineReached, TransportError
from .fork import renew_after_fork
from .http import Request, Response
from .options import CONNECT_TIMEOUT, MAX_RESPONSE
from .proxy import Proxy, proxy_for

if TYPE_CHECKING:
    import socket

_UNFIT: Final = re.compile(r"[^ -~]")
_NONE: Final = Deadline(None, SYSTEM.monotonic)


class _Call(threading.local):
    """The call that this thread is making."""

    deadline: Deadline = _NONE
    connecting: Deadline = _NONE
    sent: bool = False
    """Whether any byte of the request went out."""


_CALL: Final = _Call()


def _is_not_ours(record: logging.LogRecord) -> bool:
    """urllib3 logs a URL whole, with all that its query may hold: not of our calls."""
    return record.levelno > logging.DEBUG or _CALL.deadline is _NONE


logging.getLogger("urllib3.connectionpool").addFilter(_is_not_ours)


class _Bounded(HTTPConnection):
    """A connection that is made, written to and read within the deadline of the call that uses it."""

    sock: socket.socket | None

    def _new_conn(self) -> socket.socket:
        sock = connected(self.host, self.port, self.socket_options or (), _CALL.connecting)
        # For the handshake and the proxy.
        _CALL.connecting.arm(sock)
        return sock

    def _tunnel(self) -> None:
        self.response_class = bounded_response(_CALL.connecting)  # type: ignore[assignment] # a factory will do
        try:
            super()._tunnel()
        finally:
            # What went out so far was for the proxy.
            _CALL.sent = False

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        if self.sock is not None:
            _CALL.deadline.arm(self.sock)
        _CALL.sent = True
        super().send(data)

    def getresponse(self) -> Any:
        self.response_class = bounded_response(_CALL.deadline)  # type: ignore[assignment] # as above
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
    waits for one. `connect_timeout`: seconds until a connection stands, over all addresses of a host;
    `read_timeout`: seconds of silence; each besides the deadline of a request, None for no such limit. Proxies
    come from the environment, but never for loopback. `tls` replaces the default TLS settings (client
    certificates go there).
    """

    def __init__(
        self,
        *,
        max_response: int = MAX_RESPONSE,
        connections: int = 10,
        tls: ssl.SSLContext | None = None,
        connect_timeout: float | None = CONNECT_TIMEOUT,
        read_timeout: float | None = None,
        clock: Clock = SYSTEM,
    ) -> None:
        self.max_response = max_response
        self._connections = connections
        self._tls = tls
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._clock = clock
        self._inherited: list[object] = []
        self._pools: dict[Proxy | None, urllib3.PoolManager] = {}
        self._lock = threading.Lock()
        renew_after_fork(self)

    def send(self, request: Request) -> Response:
        """Send a request and read its response whole. Raises TransportError or ArgumentError."""
        _check_headers(request.headers)
        deadline = Deadline(request.deadline, self._clock.monotonic, self._read_timeout)
        if deadline.left() == 0:
            raise DeadlineReached(f"{request.method_id}: no time left to send", sent=False)
        _CALL.deadline, _CALL.connecting, _CALL.sent = deadline, deadline.within(self._connect_timeout), False
        try:
            return self._exchange(request, deadline)
        except (faults.HTTPError, OSError, http.client.HTTPException, ValueError) as error:
            raise _translated(error, request, deadline, sent=_CALL.sent) from error
        finally:
            _CALL.deadline = _CALL.connecting = _NONE

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
            body = read_body(answer, headers, request, self.max_response)
        except BaseException:
            # Bytes may be left on the connection: it is closed, and its place in the pool is free again.
            answer.close()
            answer.release_conn()
            raise
        answer.release_conn()
        return Response(status=answer.status, headers=headers, body=body)

    def _pool(self, url: str) -> urllib3.PoolManager:
        proxy = proxy_for(url)
        with self._lock:
            pool = self._pools.get(proxy)
            if pool is None:
                pool = self._pools[proxy] = self._new_pool(proxy)
            return pool

    def _new_pool(self, proxy: Proxy | None) -> urllib3.PoolManager:
        options: dict[str, Any] = {"maxsize": self._connections, "block": True}
        if self._tls is not None:
            options["ssl_context"] = self._tls
        pool = urllib3.PoolManager(**options) if proxy is None else _proxied(proxy, options)
        classes: dict[str, type[HTTPConnectionPool | HTTPSConnectionPool]] = {
            "http": _Pool,
            "https": _TlsPool,
        }
        pool.pool_classes_by_scheme = classes
        return pool

    def after_fork(self) -> None:
        """Leave the parent's sockets alone, and never use them from here."""
        self._inherited.append(self._pools)
        self._pools, self._lock = {}, threading.Lock()

    def close(self) -> None:
        """Close idle connections."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.clear()


def _proxied(proxy: Proxy, options: Mapping[str, Any]) -> urllib3.ProxyManager:
    login = {} if proxy.authorization is None else {"proxy-authorization": proxy.authorization}
    return urllib3.ProxyManager(proxy.url, proxy_headers=login, **options)


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if _UNFIT.search(name) or _UNFIT.search(value):
            raise ArgumentError(
                f"header {name[:40]!r} has a character that a header cannot carry; nothing was sent"
            )


def _translated(error: Exception, request: Request, deadline: Deadline, *, sent: bool) -> TransportError:
    """A fault of urllib3, or below it, as ours."""
    causes = list(_causes(error))
    root = causes[-1]
    name = type(root).__name__
    left = deadline.left()
    if any(isinstance(each, (TimeoutError, faults.TimeoutError, faults.EmptyPoolError)) for each in causes):
        if left is not None and left < LOWEST:
            return DeadlineReached(f"{request.method_id}: the deadline was reached", sent=sent)
        what = "an answer" if sent else "a connection"
        return TransportError(f"{request.method_id}: waited too long for {what}", sent=sent)
    if isinstance(root, ssl.SSLError) and not isinstance(root, _CUT_TLS):
        return TransportError(
            f"{request.method_id}: no TLS connection ({name}: {root.reason})",
            sent=sent,
            retryable=False,
            hint="Check the certificates of both ends, and Client(tls=...).",
        )
    if sent and isinstance(root, (http.client.HTTPException, ValueError)) and not isinstance(root, _CUT):
        return TransportError(
            f"{request.method_id}: the answer is not HTTP ({name})", sent=True, retryable=False
        )
    if any(isinstance(each, faults.LocationValueError) for each in causes):
        return TransportError(
            f"{request.method_id}: the address of the endpoint or the proxy cannot be used ({name})",
            sent=sent,
            retryable=False,
            hint="A proxy's address is http://host:port or https://host:port.",
        )
    through = " through the proxy" if any(isinstance(each, faults.ProxyError) for each in causes) else ""
    hint = "Check the endpoint, the network and the proxy settings." if not sent else ""
    return TransportError(f"{request.method_id}: no answer{through} ({name})", sent=sent, hint=hint)


_CUT: Final = (http.client.RemoteDisconnected, http.client.IncompleteRead)
_CUT_TLS: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """A fault, then what it wraps, down to the first one."""
    while error is not None:
        yield error
        wrapped = (each for each in error.args if isinstance(each, Exception))
        error = next(wrapped, error.__cause__ if isinstance(error, faults.HTTPError) else None)
