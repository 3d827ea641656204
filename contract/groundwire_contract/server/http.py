"""The contract over HTTP: an ASGI application, and a uvicorn server on a loopback address.

Only this module and `connection` import uvicorn; httptools parses the requests. The service runs on the
server's event loop. A large body is handled in a thread, so that small requests do not wait for it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Protocol, Self, TypeAlias
from urllib.parse import parse_qsl

import uvicorn

from ..exchange import JSON_TYPE, Delivery, Exchange, Hold, Reply
from ..operations.store import Store
from ..parse_request import LARGE
from ..rules.refusals import PAYLOAD_LIMIT, state_unwritable
from ..service import Service
from .admission import EVERYBODY, Admission
from .commits import Commits
from .connection import BoundedConnection, bounded, reset
from .desk import Desk
from .listener import BACKLOG, endpoint, listen
from .writes import write_whole

_BODILESS: Final = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_PROTECTION: Final = {"x-content-type-options": "nosniff", "cache-control": "private"}
_USUAL: Final = "".join(
    f"{name}: {value}\r\n" for name, value in {"content-type": JSON_TYPE, **_PROTECTION}.items()
).encode("ascii")
READ_LIMIT: Final = 8 * PAYLOAD_LIMIT
"""Bytes of a body after which reading stops."""
DRIPS: Final = 20
"""Pieces of an answer that drips."""
DRIP_SECONDS: Final = 1.0
"""Seconds that a dripping answer takes."""

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Application(Protocol):
    """An ASGI application."""

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer one request."""
        ...


def application(service: Service, admission: Admission = EVERYBODY) -> Application:
    """Return the ASGI application of a service. It answers under the names of this machine and those of `admission`."""

    desk, commits = Desk(service, admission), Commits(service.state)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        body, length = await _body(receive, service.front.body_limit(scope["path"]))
        if length is None:
            return
        exchange = _exchange(scope, body, length)
        try:
            reply = await _answered(desk, exchange, scope["server"][0], service.state)
            failed = await commits.done() if service.state.waits else None
            reply = reply if failed is None else state_unwritable(str(failed)).reply()
        except asyncio.CancelledError:
            # The server stops while a `wait` is held: no client is left to answer.
            await _drop(scope)
        else:
            await _deliver(reply, scope, receive, send)

    return answer


async def _answered(desk: Desk, exchange: Exchange, address: str, state: Store) -> Reply:
    """Return the answer to a request that reached the server at `address`; its changes wait for a commit."""
    if desk.is_page(exchange):
        return await asyncio.to_thread(desk.page, exchange, address)
    held: Hold | None = None
    while True:
        if exchange.length < LARGE:
            with state.gathering():
                answer = desk.handle(exchange, address, held)
        else:
            answer = await asyncio.to_thread(desk.handle, exchange, address, held)
        if isinstance(answer, Reply):
            return answer
        held = answer
        await asyncio.sleep(answer.seconds)


async def _deliver(reply: Reply, scope: Scope, receive: Receive, send: Send) -> None:
    if reply.delivery is Delivery.RESET:
        await _drop(scope)
        return
    cycle = scope["state"]["cycle"]
    if _is_usual(reply, scope) and not cycle.flow.write_paused:
        write_whole(cycle, _usual_head(reply, cycle.default_headers), reply.body)
        return
    await send({"type": "http.response.start", "status": reply.status, "headers": _headers(reply)})
    shown = b"" if scope["method"] == "HEAD" or reply.status in _BODILESS else reply.body
    if reply.delivery is Delivery.CUT:
        await send({"type": "http.response.body", "body": shown[: len(shown) // 2], "more_body": True})
        scope["state"]["transport"].close()
        await receive()
        return
    if reply.delivery is Delivery.DRIP:
        size = len(shown) // DRIPS + 1
        for start in range(0, len(shown), size):
            piece = shown[start : start + size]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(DRIP_SECONDS / DRIPS)
        shown = b""
    await send({"type": "http.response.body", "body": shown})


async def _drop(scope: Scope) -> None:
    reset(scope["state"]["transport"])
    # asyncio reports the loss in the loop's next turn; before that, uvicorn would log a missing answer.
    await asyncio.sleep(0)


def _is_usual(reply: Reply, scope: Scope) -> bool:
    """Return True for an answer whose head has nothing of a request or a test in it. Most are of this kind."""
    return (
        reply.status == HTTPStatus.OK
        and not reply.headers
        and reply.rule is None
        and reply.content_type == JSON_TYPE
        and reply.delivery is Delivery.WHOLE
        and scope["method"] != "HEAD"
    )


def _usual_head(reply: Reply, defaults: list[tuple[bytes, bytes]]) -> bytes:
    """Return the head of a usual answer without its end; `defaults` are the headers of every answer, such as the date."""
    before = b"".join(b"%b: %b\r\n" % pair for pair in defaults)
    return b"HTTP/1.1 200 OK\r\n%bcontent-length: %d\r\n%b" % (before, len(reply.body), _USUAL)


def _headers(reply: Reply) -> list[tuple[bytes, bytes]]:
    """Return the headers of a reply, each once; its own replace the defaults."""
    headers = {**_PROTECTION, **reply.head}
    if reply.status in _BODILESS:
        del headers["content-length"]  # It would describe a body, which is not sent (RFC 9110 8.6).
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]


async def _body(receive: Receive, limit: int) -> tuple[bytes, int | None]:
    """Return a body of at most `limit` bytes and its length; the length is None if the client disconnected.

    A body that is too large is dropped, and read only as far as most clients need to see the answer.
    """
    parts: list[bytes] = []
    length = 0
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return b"", None
        part: bytes = event.get("body", b"")
        length += len(part)
        if length <= limit:
            parts.append(part)
        else:
            parts.clear()
        if not event.get("more_body", False) or length > READ_LIMIT:
            return b"".join(parts), length


def _exchange(scope: Scope, body: bytes, length: int) -> Exchange:
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    query = scope["query_string"].decode("latin-1")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Exchange(
        verb=scope["method"],
        path=raw.partition(b"?")[0].decode("latin-1"),
        query=tuple(parse_qsl(query, keep_blank_values=True)) if query else (),
        headers=headers,
        body=body,
        length=length,
        peer=(scope.get("client") or ("",))[0],
        raw_query=query,
    )


def server(
    service: Service,
    *,
    admission: Admission = EVERYBODY,
    max_connections: int = BoundedConnection.max_connections,
    request_seconds: float = BoundedConnection.request_seconds,
) -> uvicorn.Server:
    """Return a server of a service; `run(sockets=[...])` serves until SIGINT, SIGTERM or `should_exit`.

    `max_connections` limits the connections, `request_seconds` the time in which a request must arrive.
    """
    return serving(
        application(service, admission), max_connections=max_connections, request_seconds=request_seconds
    )


def serving(
    answer: Application,
    *,
    dated: bool = True,
    max_connections: int = BoundedConnection.max_connections,
    request_seconds: float = BoundedConnection.request_seconds,
) -> uvicorn.Server:
    """Return a server of an application; `dated` adds the header `date` to every answer."""
    return uvicorn.Server(
        uvicorn.Config(
            answer,
            http=bounded(max_connections, request_seconds),
            loop="asyncio",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=dated,
            backlog=BACKLOG,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=1,
        )
    )


class ServerThread:
    """A server in its own thread. As a context manager it stops at the end of the block."""

    def __init__(
        self,
        service: Service,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        admission: Admission = EVERYBODY,
        allow_remote: bool = False,
        max_connections: int = BoundedConnection.max_connections,
        request_seconds: float = BoundedConnection.request_seconds,
    ) -> None:
        self.service = service
        # Clients may connect from here on: they wait in the backlog until the thread runs.
        self._listener = listen(host, port, allow_remote=allow_remote)
        self.endpoint = endpoint(self._listener)
        self._server = server(
            service, admission=admission, max_connections=max_connections, request_seconds=request_seconds
        )
        self._thread = threading.Thread(target=self._run, name="groundwire-contract", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._server.run(sockets=[self._listener])

    def stop(self) -> None:
        """Finish the current requests, close, and wait for the thread."""
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
