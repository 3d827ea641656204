"""Events of a call for `Client(on_event=...)`, and the log of them. Neither contains a token, a body or a query.

Logger `groundwire`: a record at INFO for each call (DEBUG for an answered poll), one at DEBUG for each send. The facts are attributes of the record
too: `method_id`, `request_id`, `outcome` ("ok" or the class of the error), `status`, `seconds`; for a call `attempts`;
for a send `attempt`, `verb`, `url`, `delay`, `request_headers`, `response_headers`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen

from .http import Request, Response, Transport, without_query
from .redaction import repeats

LOG: Final = logging.getLogger("groundwire")
_HARMLESS: Final = frozenset(
    [
        "accept",
        "accept-encoding",
        "cache-control",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "metadata-flavor",
        "retry-after",
        "server",
        "transfer-encoding",
        "user-agent",
        "vary",
        "x-goog-api-client",
        "x-goog-request-id",
        "x-goog-user-project",
        "x-request-id",
    ]
)
"""Headers whose values may be logged; of any other, only the name."""
_FACTS: Final = ("method_id", "request_id", "status", "seconds")
_SEND_FACTS: Final = ("attempt", "verb", "url", "delay", "request_headers", "response_headers")
_POLLS: Final = ContextVar("_POLLS", default=False)
Kind: TypeAlias = Literal["request", "response", "retry", "call"]


@frozen(kw_only=True)
class Event:
    """One step of a call.

    `kind`: "request" before a send, "response" after it, "retry" before the wait for another one, "call" at the end of
    the call. `attempt`: sends of the call so far, from 1; the one that follows a 401 counts. `url` has no query.
    `status`: of the response. `seconds`: of the send or the call. `error`: why there is no response, or why there is
    another attempt. `delay`: seconds before the next send. The headers are redacted.
    """

    kind: Kind
    method_id: str
    attempt: int
    verb: str
    url: str
    request_id: str | None = None
    status: int | None = None
    seconds: float | None = None
    delay: float | None = None
    error: BaseException | None = None
    request_headers: Mapping[str, str] = field(factory=dict[str, str], eq=False, repr=False)
    response_headers: Mapping[str, str] = field(factory=dict[str, str], eq=False, repr=False)


Listener: TypeAlias = Callable[[Event], object]


@contextmanager
def polls() -> Generator[None, None, None]:
    """Log the calls of a block at DEBUG unless they fail."""
    token = _POLLS.set(True)
    try:
        yield
    finally:
        _POLLS.reset(token)


def listeners(on_event: Listener | None = None) -> tuple[Listener, ...]:
    """Return the functions that want the events of a call that starts now."""
    logs: tuple[Listener, ...] = (log,) if LOG.isEnabledFor(logging.INFO) else ()
    return logs if on_event is None else (*logs, on_event)


def emit(request: Request, kind: Kind, *, response: Response | None = None, **facts: Any) -> None:
    """Build an event and pass it to each listener; `facts` are further fields of the event.

    An exception of a listener is logged and dropped: a call must not fail, or be sent twice, because it is watched.
    """
    call = request.call
    if not call.listeners:
        return
    if kind == "response":
        sent = (value.rpartition(" ")[2] for name, value in request.headers.items() if name not in _HARMLESS)
        secrets = (*request.secrets, *sent)
        facts["request_headers"] = redacted(request.headers)
        facts["response_headers"] = redacted({} if response is None else response.headers, secrets)
        facts |= {"status": None if response is None else response.status, "delay": call.delay}
    event = Event(
        kind=kind,
        method_id=request.method_id,
        attempt=call.attempts,
        verb=request.verb,
        url=without_query(request.url),
        request_id=request.request_id,
        **facts,
    )
    for listener in call.listeners:
        try:
            listener(event)
        except Exception:
            LOG.exception("%s: on_event raised; the call continues", request.method_id)


def emit_retry(request: Request, error: Exception, delay: float) -> None:
    """Note the wait before the next send, and tell the listeners."""
    request.call.delay = delay
    emit(request, "retry", status=getattr(error, "http_status", None), delay=delay, error=error)


def observed_send(inner: Transport, request: Request, now: Callable[[], float]) -> Response:
    """Send between a "request" and a "response" event."""
    emit(request, "request")
    started = now()
    try:
        response = inner.send(request)
    except BaseException as error:
        emit(request, "response", error=error, seconds=now() - started)
        raise
    emit(request, "response", response=response, seconds=now() - started)
    return response


def log(event: Event) -> None:
    """Log a call at INFO and a send at DEBUG."""
    outcome = "ok" if event.error is None else type(event.error).__name__
    facts = {name: getattr(event, name) for name in _FACTS} | {"outcome": outcome}
    if event.kind == "call":
        status = event.status
        end = status if event.error is None else outcome if status is None else f"{outcome} ({status})"
        sends = f"{event.attempt} {'attempt' if event.attempt == 1 else 'attempts'}"
        LOG.log(
            logging.DEBUG if _POLLS.get() and event.error is None else logging.INFO,
            "%s: %s after %s in %.3f s",
            event.method_id,
            end,
            sends,
            event.seconds,
            extra=facts | {"attempts": event.attempt},
        )
    elif event.kind == "response" and LOG.isEnabledFor(logging.DEBUG):
        details = facts | {name: getattr(event, name) for name in _SEND_FACTS}
        LOG.debug(
            "%(method_id)s: attempt %(attempt)d: %(verb)s %(url)s: %(end)s in %(seconds).3f s; "
            "sent %(request_headers)s; got %(response_headers)s",
            details | {"end": outcome if event.status is None else event.status},
            extra=details,
        )


def redacted(headers: Mapping[str, str], secrets: Sequence[str] = ()) -> dict[str, str]:
    """Return headers for a log: known harmless values that repeat none of `secrets`, else "..."."""
    return {
        name: value if name in _HARMLESS and not repeats(value, secrets) else "..."
        for name, value in headers.items()
    }
