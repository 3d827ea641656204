"""Send one request over urllib3's connections, without its retries and redirects, within a deadline and a size."""

from __future__ import annotations

import base64
import http.client
import re
import ssl
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from importlib import import_module
from itertools import chain
from typing import Any, Final, cast
from urllib.parse import unquote

import urllib3
from attrs import define, evolve, field, frozen
from urllib3 import exceptions as faults

from .body import BodyReader, Reservation
from .bounded_response import BrokenAnswer
from .clock import LOWEST, SYSTEM, Clock, Deadline, renew_after_fork
from .errors import ArgumentError, DeadlineReached, TransportError
from .http import METADATA_HOSTS, Request, Response, is_loopback, split_url
from .options import CONNECT_TIMEOUT, CONNECTIONS, MAX_RESPONSE
from .sockets import CURRENT, ConnectionWaitError, Gate, Pool, TlsPool

_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}
_UNFIT: Final = re.compile(r"[^ -~]")


class UrllibTransport:
    """Sends requests over a pool of connections. Thread-safe, and usable after a fork.

    The options are those of `TransportOptions`, `max_response` in bytes; None means no limit. `connect_timeout` is for all
    addresses of a host. Proxies come from the environment, but never for loopback.
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
        self._routes: dict[tuple[Proxy | None, str], Route] = {}
        self._lock = threading.Lock()
        renew_after_fork(self)

    def send(self, request: Request) -> Response:
        """Send a request and read its whole response. Raises TransportError or ArgumentError."""
        _check_headers(request.headers)
        deadline = Deadline(request.deadline, self._clock.monotonic, self._read_timeout)
        if deadline.left() == 0:
            raise DeadlineReached(f"{request.method_id}: no time left to send", sent=False)
        # The body of another call may be read by this one.
        outer = vars(CURRENT).copy()
        CURRENT.deadline, CURRENT.connect_timeout, CURRENT.sent = deadline, self._connect_timeout, False
        try:
            parts = split_url(request.url)
            proxy = proxy_for(request.url)
            target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
            origin = f"{parts.scheme}://{parts.netloc}"
            if proxy is not None and parts.scheme == "http":
                # Over plain HTTP, the connections to a proxy serve every host.
                request, target, origin = proxy.forwarded(request), request.url, ""
            route = self._route(proxy, origin)
            return self._exchanged(route, parts.netloc, target, request, deadline)
        except ArgumentError:
            # A file of the body cannot be read.
            raise
        except FAULTS as error:
            raise translated(error, request, deadline, sent=CURRENT.sent) from error
        finally:
            vars(CURRENT).clear()
            vars(CURRENT).update(outer)

    def _exchanged(
        self, route: Route, host: str, target: str, request: Request, deadline: Deadline
    ) -> Response:
        gate, pool = route.gate, route.pool
        with ExitStack() as stack:
            stack.enter_context(gate.turn(deadline, host))
            connection = stack.enter_context(pool.connected(deadline))
            answer = stack.enter_context(connection.exchange(request, target))
            response = Response(status=answer.status, headers=answer.joined_headers)
            has_body = 200 <= answer.status < 300 and answer.status != 204 and request.verb != "HEAD"
            opens = has_body and request.opens is not None and request.opens(response)
            if opens and request.lasting:
                deadline = Deadline(None, deadline.now, deadline.silence)
                answer.read_until(deadline)
            reservation = Reservation() if opens else request.call.reservation
            reader = BodyReader(request.method_id, self.max_response, reservation, deadline.check)
            if opens:
                # A feature: copies of clients that read all bodies as a whole lack it.
                feature: Any = import_module(f"{__package__}.open_body")
                pieces = reader.pieces(answer, response.headers)
                hold = feature.Hold(stack.pop_all(), answer)
                return evolve(response, stream=feature.OpenBody(pieces, hold, request, deadline))
            body = reader.read(answer, response.headers, head_only=request.verb == "HEAD")
            return evolve(response, body=body)

    def _route(self, proxy: Proxy | None, origin: str) -> Route:
        route = self._routes.get((proxy, origin))
        if route is None:
            with self._lock:
                route = self._routes.get((proxy, origin))
                if route is None:
                    route = Route(Gate(self._connections), self._new_pool(proxy, origin))
                    self._routes[proxy, origin] = route
        return route

    def _new_pool(self, proxy: Proxy | None, origin: str) -> Pool:
        if proxy is not None:
            pools = urllib3.ProxyManager(proxy.url, proxy_headers=proxy.headers, **self._options, **self._tls)
            classes: Any = {"http": Pool, "https": TlsPool}
            pools.pool_classes_by_scheme = classes
            return cast("Pool", pools.connection_from_url(origin or proxy.url))
        parts = split_url(origin)
        # Without a port, the standard library would take the end of an IPv6 address for one.
        port = _PORTS[parts.scheme] if parts.port is None else parts.port
        if parts.scheme == "https":
            return TlsPool(parts.hostname or "", port, **self._options, **self._tls)
        return Pool(parts.hostname or "", port, **self._options)

    def after_fork(self) -> None:
        """Leave the parent's sockets alone, and never use them from here."""
        self._inherited.append(self._routes)
        self._routes, self._lock = {}, threading.Lock()

    def close(self) -> None:
        """Close idle connections."""
        with self._lock:
            for (proxy, origin), route in self._routes.items():
                pool, route.pool = route.pool, self._new_pool(proxy, origin)
                pool.close()


@define
class Route:
    """The pool that leads to an origin, directly or through a proxy, and the gate before it."""

    gate: Gate
    pool: Pool


@frozen
class Proxy:
    """A proxy URL and its Proxy-Authorization header."""

    url: str
    authorization: str | None = field(default=None, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The headers for the proxy."""
        return {} if self.authorization is None else {"proxy-authorization": self.authorization}

    def forwarded(self, request: Request) -> Request:
        """Return a request with the headers for the proxy that forwards it."""
        return evolve(request, headers={**request.headers, **self.headers})


def proxy_for(url: str) -> Proxy | None:
    """Return the proxy for a URL (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`); none for loopback and metadata servers."""
    parts = split_url(url)
    host = parts.hostname or ""
    if is_loopback(host) or host in METADATA_HOSTS:
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    scheme, _, rest = (proxy if "://" in proxy else f"http://{proxy}").partition("://")
    login, at, address = rest.rpartition("@")
    # A login in the URL travels as a header (RFC 7617).
    header = f"Basic {base64.b64encode(unquote(login).encode()).decode()}" if at else None
    return Proxy(f"{scheme}://{address}", header)


def _check_headers(headers: Mapping[str, str]) -> None:
    if not _UNFIT.search("".join(chain.from_iterable(headers.items()))):
        return
    name = next(name for name, value in headers.items() if _UNFIT.search(name + value))
    raise ArgumentError(f"header {name[:40]!r} has a character that a header cannot carry; nothing was sent")


def translated(error: Exception, request: Request, deadline: Deadline, *, sent: bool) -> TransportError:
    """Return our error for one of urllib3, or of the layers below it."""
    causes = list(_causes(error))
    root = causes[-1]
    name = type(root).__name__

    def fault(text: str, *, retryable: bool = True, hint: str = "") -> TransportError:
        return TransportError(f"{request.method_id}: {text}", sent=sent, retryable=retryable, hint=hint)

    def is_any(*kinds: type[BaseException]) -> bool:
        return any(isinstance(each, kinds) for each in causes)

    if isinstance(root, ConnectionWaitError):
        return DeadlineReached(
            f"{request.method_id}: the deadline was reached {root}",
            sent=False,
            hint="Make fewer calls at a time, give them more time, or raise Client(connections=...).",
        )
    if is_any(TimeoutError, faults.TimeoutError, faults.EmptyPoolError):
        left = deadline.left()
        if left is not None and left < LOWEST:
            return DeadlineReached(f"{request.method_id}: the deadline was reached", sent=sent)
        return fault(f"waited too long for {'an answer' if sent else 'a connection'}")
    if isinstance(root, ssl.SSLError) and not isinstance(root, _CUT_TLS):
        hint = "Check the certificates of both ends, and Client(tls=...)."
        return fault(f"no TLS connection ({name}: {root.reason})", retryable=False, hint=hint)
    if sent and isinstance(root, (http.client.HTTPException, ValueError)) and not isinstance(root, _CUT):
        why = str(root) if isinstance(root, BrokenAnswer) else name
        return fault(f"the answer is not HTTP ({why})", retryable=False)
    if is_any(faults.LocationValueError):
        hint = "A proxy's address is http://host:port or https://host:port."
        text = f"the address of the endpoint or the proxy cannot be used ({name})"
        return fault(text, retryable=False, hint=hint)
    hint = "" if sent else "Check the endpoint, the network and the proxy settings."
    return fault(f"no answer{' through the proxy' if is_any(faults.ProxyError) else ''} ({name})", hint=hint)


FAULTS: Final = (faults.HTTPError, OSError, http.client.HTTPException, ValueError)
_CUT: Final = (http.client.RemoteDisconnected, http.client.IncompleteRead)
_CUT_TLS: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, then those that it wraps, down to the first one."""
    while error is not None:
        yield error
        wrapped = (each for each in error.args if isinstance(each, Exception))
        error = next(wrapped, error.__cause__ if isinstance(error, faults.HTTPError) else None)
