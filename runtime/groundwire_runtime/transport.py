"""The socket: urllib3 without its retries and redirects, with a deadline and a size that hold."""

from __future__ import annotations

import http.client
import re
import ssl
import threading
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

import urllib3
from urllib3 import exceptions as faults

from .body import read_body
from .clock import SYSTEM, Clock
from .connection import CURRENT, UNLIMITED, ConnectionWaitError, Gate, Pool, TlsPool
from .deadline import LOWEST, BrokenAnswer, Deadline
from .errors import ArgumentError, DeadlineReached, TransportError
from .fork import renew_after_fork
from .http import Request, Response
from .loopback import split_url
from .options import CONNECT_TIMEOUT, CONNECTIONS, MAX_RESPONSE
from .proxy import Proxy, proxy_for

_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}
_UNFIT: Final = re.compile(r"[^ -~]")


class UrllibTransport:
    """Sends one request over a pool of connections. Safe to share between threads, and over a fork.

    `max_response` bounds a response in bytes; `connections` bounds the open sockets to a host, further calls
    wait for one, first come, first served. `connect_timeout`: seconds until a connection stands, over all
    addresses of a host; `read_timeout`: seconds of silence; each besides the deadline of a request, None for no
    such limit. Proxies come from the environment, but never for loopback. `tls` replaces the default TLS settings
    (client certificates go there).
    """

    def __init__(
        self,
        *,
        max_response: int = MAX_RESPONSE,
        connections: int = CONNECTIONS,
        tls: ssl.SSLContext | None = None,
        connect_timeout: float | None = CONNECT_TIMEOUT,
        read_timeout: float | None = None,
        clock: Clock = SYSTEM,
    ) -> None:
        self.max_response = max_response
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._clock = clock
        self._connections = connections
        self._options: dict[str, Any] = {"maxsize": connections, "block": True}
        self._tls: dict[str, Any] = {"ssl_context": tls}
        self._inherited: list[object] = []
        self._gates: dict[tuple[Proxy | None, str], Gate] = {}
        self._pools: dict[tuple[str, str], Pool] = {}
        self._proxies: dict[Proxy, urllib3.ProxyManager] = {}
        self._lock = threading.Lock()
        renew_after_fork(self)

    def send(self, request: Request) -> Response:
        """Send a request and read its response whole. Raises TransportError or ArgumentError."""
        _check_headers(request.headers)
        deadline = Deadline(request.deadline, self._clock.monotonic, self._read_timeout)
        if deadline.left() == 0:
            raise DeadlineReached(f"{request.method_id}: no time left to send", sent=False)
        CURRENT.deadline, CURRENT.connect_timeout = deadline, self._connect_timeout
        CURRENT.sent = False
        try:
            proxy = proxy_for(request.url)
            host = split_url(request.url).netloc
            # Over plain HTTP, the connections to a proxy serve every host.
            way = (proxy, host) if proxy is None or request.url.startswith("https:") else (proxy, "")
            with self._gate(way).turn(deadline, host):
                if proxy is not None:
                    return self._through(proxy, request, deadline)
                return self._directly(request, deadline)
        except (faults.HTTPError, OSError, http.client.HTTPException, ValueError) as error:
            raise _translated(error, request, deadline, sent=CURRENT.sent) from error
        finally:
            CURRENT.deadline = CURRENT.connecting = UNLIMITED
            CURRENT.connect_timeout = None

    def _directly(self, request: Request, deadline: Deadline) -> Response:
        parts = split_url(request.url)
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        with self._pool(parts.scheme, parts.netloc).connected(deadline) as connection:
            connection.send_whole(request, target)
            with connection.answer() as answer:
                return self._read(answer, request, deadline)

    def _through(self, proxy: Proxy, request: Request, deadline: Deadline) -> Response:
        """Through a proxy, which urllib3 knows best how to speak to."""
        answer = self._proxy(proxy).urlopen(
            request.verb,
            request.url,
            body=request.body,
            headers=request.headers,
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
            pool_timeout=deadline.left(),
        )
        try:
            return self._read(answer, request, deadline)
        except BaseException:
            answer.close()
            raise
        finally:
            answer.release_conn()

    def _read(
        self,
        answer: http.client.HTTPResponse | urllib3.BaseHTTPResponse,
        request: Request,
        deadline: Deadline,
    ) -> Response:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        body = read_body(answer, headers, request, self.max_response, deadline)
        return Response(status=answer.status, headers=headers, body=body)

    def _gate(self, way: tuple[Proxy | None, str]) -> Gate:
        with self._lock:
            gate = self._gates.get(way)
            if gate is None:
                gate = self._gates[way] = Gate(self._connections)
            return gate

    def _pool(self, scheme: str, place: str) -> Pool:
        with self._lock:
            pool = self._pools.get((scheme, place))
            if pool is None:
                parts = split_url(f"{scheme}://{place}")
                # Without a port, the standard library would take the end of an IPv6 address for one.
                port = _PORTS[scheme] if parts.port is None else parts.port
                if scheme == "https":
                    pool = TlsPool(parts.hostname or "", port, **self._options, **self._tls)
                else:
                    pool = Pool(parts.hostname or "", port, **self._options)
                self._pools[scheme, place] = pool
            return pool

    def _proxy(self, proxy: Proxy) -> urllib3.ProxyManager:
        with self._lock:
            pools = self._proxies.get(proxy)
            if pools is None:
                login = {} if proxy.authorization is None else {"proxy-authorization": proxy.authorization}
                pools = urllib3.ProxyManager(proxy.url, proxy_headers=login, **self._options, **self._tls)
                classes: Any = {"http": Pool, "https": TlsPool}
                pools.pool_classes_by_scheme = classes
                self._proxies[proxy] = pools
            return pools

    def after_fork(self) -> None:
        """Leave the parent's sockets alone, and never use them from here."""
        self._inherited += [self._pools, self._proxies]
        self._gates, self._pools, self._proxies, self._lock = {}, {}, {}, threading.Lock()

    def close(self) -> None:
        """Close idle connections."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
            proxies, self._proxies = list(self._proxies.values()), {}
        for pool in pools:
            pool.close()
        for proxy in proxies:
            proxy.clear()


def _check_headers(headers: Mapping[str, str]) -> None:
    if not _UNFIT.search("".join(chain.from_iterable(headers.items()))):
        return
    name = next(name for name, value in headers.items() if _UNFIT.search(name + value))
    raise ArgumentError(f"header {name[:40]!r} has a character that a header cannot carry; nothing was sent")


def _translated(error: Exception, request: Request, deadline: Deadline, *, sent: bool) -> TransportError:
    """A fault of urllib3, or below it, as ours."""
    causes = list(_causes(error))
    root = causes[-1]
    name = type(root).__name__
    left = deadline.left()
    if isinstance(root, ConnectionWaitError):
        return DeadlineReached(
            f"{request.method_id}: the deadline was reached {root}",
            sent=False,
            hint="Make fewer calls at a time, give them more time, or raise Client(connections=...).",
        )
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
        what = str(root) if isinstance(root, BrokenAnswer) else name
        return TransportError(
            f"{request.method_id}: the answer is not HTTP ({what})", sent=True, retryable=False
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
