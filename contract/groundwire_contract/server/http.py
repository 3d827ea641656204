"""The contract over HTTP: an ASGI application, and a uvicorn server for it on a loopback address.

Only this module and `connection` import uvicorn; httptools reads the requests. The service answers on the server's one event loop;
a large body is answered on a thread of its own, so that small requests do not wait behind it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Protocol, Self, TypeAlias
from urllib.parse import parse_qsl

import uvicorn

from ..exchange import Delivery, Exchange, Hold, Reply
from ..parse_request import LARGE
from ..rules.refusals import PAYLOAD_LIMIT, host_not_allowed
from ..service import Service
from .connection import Bounded, bounded, reset
from .control_api import PREFIX, ControlRouter
from .host import is_admitted
from .listener import BACKLOG, endpoint, listen

READ_LIMIT: Final = 8 * PAYLOAD_LIMIT
"""Bytes of a body after which the rest is not read."""
DRIPS: Final = 20
"""Pieces of an answer that drips."""
DRIP_SECONDS: Final = 1.0
"""Seconds that such an answer takes."""

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Application(Protocol):
    """An ASGI application."""

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer one request."""
        ...


def application(service: Service, allow_hosts: Collection[str] = ()) -> Application:
    """The ASGI application of a service, which answers under this machine's names and `allow_hosts`."""

    router = ControlRouter(service)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        body, length = await _body(receive)
        if length is None:
            return
        exchange = _exchange(scope, body, length)
        try:
            if exchange.path == "/" and exchange.verb in ("GET", "HEAD"):
                reply = await _shown(service, exchange, scope, allow_hosts)
            elif not (
                # What tests ask of the server itself refuses in words of its own.
                exchange.path.startswith(PREFIX)
                or is_admitted(exchange.headers.get("host"), scope["server"][0], allow_hosts)
            ):
                reply = host_not_allowed(exchange.headers["host"]).reply()
            else:
                reply = await _handled(router, exchange)
        except asyncio.CancelledError:
            # The server stops while a `wait` is held: there is nobody left to answer.
            await _drop(scope)
        else:
            await _deliver(reply, scope, receive, send)

    return answer


async def _deliver(reply: Reply, scope: Scope, receive: Receive, send: Send) -> None:
    if reply.delivery is Delivery.RESET:
        await _drop(scope)
        return
    await send({"type": "http.response.start", "status": reply.status, "headers": _headers(reply)})
    shown = b"" if scope["method"] == "HEAD" else reply.body
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
    # The connection is known to be lost in the loop's next turn; until then uvicorn would miss an answer.
    await asyncio.sleep(0)


def _headers(reply: Reply) -> list[tuple[bytes, bytes]]:
    """The headers of a reply, each name once: the reply's own replace those that every answer has."""
    headers = {
        "content-type": reply.content_type,
        "content-length": str(len(reply.body)),
        "x-content-type-options": "nosniff",
        "cache-control": "private",
        **dict(reply.headers),
    }
    if reply.status == HTTPStatus.NOT_MODIFIED:
        del headers["content-length"]  # It would be that of the page that is not sent (RFC 9110 8.6).
    if reply.rule is not None:
        headers |= {"x-groundwire-rule": reply.rule, "x-groundwire-evidence": reply.evidence or "I"}
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]


async def _body(receive: Receive) -> tuple[bytes, int | None]:
    """The body and its length. No length: the caller left.

    Too large a body is not kept, and read on only so far that most callers are ready to read the answer.
    """
    parts: list[bytes] = []
    length = 0
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return b"", None
        part: bytes = event.get("body", b"")
        length += len(part)
        if length <= PAYLOAD_LIMIT:
            parts.append(part)
        else:
            parts.clear()
        if not event.get("more_body", False) or length > READ_LIMIT:
            return b"".join(parts), length


def _exchange(scope: Scope, body: bytes, length: int) -> Exchange:
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        headers[name.decode("latin-1")] = value.decode("latin-1")
    return Exchange(
        verb=scope["method"],
        path=raw.partition(b"?")[0].decode("latin-1"),
        query=tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        headers=headers,
        body=body,
        length=length,
        peer=(scope.get("client") or ("",))[0],
    )


async def _shown(service: Service, exchange: Exchange, scope: Scope, allow_hosts: Collection[str]) -> Reply:
    """The status page. It is no part of the contract: the service does not see these requests."""
    from .pages import handle

    host, _ = scope["server"]
    return await asyncio.to_thread(handle, service, exchange, host, allow_hosts)


async def _handled(router: ControlRouter, exchange: Exchange) -> Reply:
    held: Hold | None = None
    while True:
        if exchange.length < LARGE:
            answer = router.handle(exchange, held)
        else:
            answer = await asyncio.to_thread(router.handle, exchange, held)
        if isinstance(answer, Reply):
            return answer
        held = answer
        await asyncio.sleep(answer.seconds)


def server(
    service: Service,
    *,
    allow_hosts: Collection[str] = (),
    most: int = Bounded.most,
    seconds: float = Bounded.seconds,
) -> uvicorn.Server:
    """A server of a service; `run(sockets=[...])` serves until SIGINT, SIGTERM or `should_exit`.

    It takes at most `most` connections at a time, and gives a request `seconds` to arrive.
    """
    return serving(application(service, allow_hosts), most=most, seconds=seconds)


def serving(
    answer: Application,
    *,
    dated: bool = True,
    most: int = Bounded.most,
    seconds: float = Bounded.seconds,
) -> uvicorn.Server:
    """A server of an application; `dated` adds the header `date` to every answer."""
    return uvicorn.Server(
        uvicorn.Config(
            answer,
            http=bounded(most, seconds),
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
    """A server that runs in a thread of its own. As a context manager it stops at the end of the block."""

    def __init__(
        self,
        service: Service,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        allow_hosts: Collection[str] = (),
        most: int = Bounded.most,
        seconds: float = Bounded.seconds,
    ) -> None:
        self.service = service
        # Clients may connect from here on: they wait in the backlog until the thread runs.
        self._listener = listen(host, port)
        self.endpoint = endpoint(self._listener)
        self._server = server(service, allow_hosts=allow_hosts, most=most, seconds=seconds)
        self._thread = threading.Thread(target=self._run, name="groundwire-contract", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._server.run(sockets=[self._listener])

    def stop(self) -> None:
        """Finish the requests at hand, close, and wait for the thread."""
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
