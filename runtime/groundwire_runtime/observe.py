"""What a program can see of its calls: events for hooks and records for logs, never a token or a body.

Logger `groundwire`. A call leaves one record at INFO, each of its sends one at DEBUG; the facts are attributes of the
record as well: `method_id`, `request_id`, `outcome` ("ok" or the class of the error), `status`, `seconds`, and for a
call `attempts`, for a send `attempt`, `verb`, `url`, `delay`, `request_headers`, `response_headers`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from attrs import define, field, frozen, validators

from .clock import SYSTEM, Clock
from .http import Request, Response, Transport, without_query

_LOG: Final = logging.getLogger("groundwire")
_DEBUG: Final = logging.DEBUG
_SHOWN: Final = frozenset(
    {
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
    }
)
"""Headers whose values may stand in a log; of any other, its name."""


@frozen(kw_only=True)
class Event:
    """One send of a call, as a hook sees it.

    `attempt`: sends of the call so far, from 1; the one that follows a 401 counts. `url` has no query. `status`,
    `seconds`: of the answer. `error`: why there is none, or why there is another attempt. `delay`: seconds until then.
    """

    method_id: str
    attempt: int
    verb: str
    url: str
    request_id: str | None = None
    status: int | None = None
    seconds: float | None = None
    delay: float | None = None
    error: BaseException | None = None


Hook: TypeAlias = Callable[[Event], object]
_CALLABLE: Final = validators.optional(validators.is_callable())


@frozen(kw_only=True)
class Hooks:
    """What to call before a send, after it, and before the wait for another one; in the thread of the caller."""

    on_request: Hook | None = field(default=None, validator=_CALLABLE)
    on_response: Hook | None = field(default=None, validator=_CALLABLE)
    on_retry: Hook | None = field(default=None, validator=_CALLABLE)


NO_HOOKS: Final = Hooks()


@define(eq=False)
class Trace:
    """The sends of one call."""

    hooks: Hooks = NO_HOOKS
    attempts: int = 0
    delay: float | None = None
    """Seconds waited for before the next send."""

    def retrying(self, request: Request, error: Exception, delay: float) -> None:
        """Tell that another send follows after `delay` seconds."""
        self.delay = delay
        if self.hooks.on_retry is not None:
            status: int | None = getattr(error, "http_status", None)
            self.tell(self.hooks.on_retry, request, status=status, delay=delay, error=error)

    def tell(
        self,
        hook: Hook,
        request: Request,
        *,
        status: int | None = None,
        seconds: float | None = None,
        delay: float | None = None,
        error: BaseException | None = None,
    ) -> None:
        """Call a hook. What it raises is logged: a call must not fail, or be made again, for being watched."""
        event = Event(
            method_id=request.method_id,
            attempt=self.attempts,
            verb=request.verb,
            url=without_query(request.url),
            request_id=request.request_id,
            status=status,
            seconds=seconds,
            delay=delay,
            error=error,
        )
        try:
            hook(event)
        except Exception:  # noqa: BLE001 - a hook may raise anything
            _LOG.exception("%s: a hook raised; the call goes on", request.method_id)


@frozen
class ObservedTransport:
    """Counts the sends of a call, and tells its hooks and the log of each."""

    inner: Transport
    clock: Clock = SYSTEM

    def send(self, request: Request) -> Response:
        """Send, and tell."""
        trace = request.trace
        if trace is None:
            return self.inner.send(request)
        trace.attempts += 1
        if trace.hooks == NO_HOOKS and not _LOG.isEnabledFor(_DEBUG):
            return self.inner.send(request)
        if trace.hooks.on_request is not None:
            trace.tell(trace.hooks.on_request, request)
        started = self.clock.monotonic()
        try:
            response = self.inner.send(request)
        except BaseException as error:
            _tell_end(trace, request, None, error, self.clock.monotonic() - started)
            raise
        _tell_end(trace, request, response, None, self.clock.monotonic() - started)
        return response


def _tell_end(
    trace: Trace, request: Request, response: Response | None, error: BaseException | None, seconds: float
) -> None:
    status = None if response is None else response.status
    if _LOG.isEnabledFor(_DEBUG):
        _log_send(trace, request, {} if response is None else response.headers, status, error, seconds)
    if trace.hooks.on_response is not None:
        trace.tell(trace.hooks.on_response, request, status=status, seconds=seconds, error=error)


def _log_send(
    trace: Trace,
    request: Request,
    answered: Mapping[str, str],
    status: int | None,
    error: BaseException | None,
    seconds: float,
) -> None:
    outcome = "ok" if error is None else type(error).__name__
    secrets = [value.rpartition(" ")[2] for name, value in request.headers.items() if name not in _SHOWN]
    sent, got = redacted(request.headers), redacted(answered, secrets)
    _LOG.debug(
        "%s: attempt %d: %s %s: %s in %.3f s; sent %s; got %s",
        request.method_id,
        trace.attempts,
        request.verb,
        without_query(request.url),
        outcome if status is None else status,
        seconds,
        sent,
        got,
        extra={
            "method_id": request.method_id,
            "request_id": request.request_id,
            "attempt": trace.attempts,
            "verb": request.verb,
            "url": without_query(request.url),
            "status": status,
            "outcome": outcome,
            "seconds": seconds,
            "delay": trace.delay,
            "request_headers": sent,
            "response_headers": got,
        },
    )


def log_call(request: Request, status: int | None, error: BaseException | None, seconds: float) -> None:
    """Log a call that ended."""
    if not _LOG.isEnabledFor(logging.INFO):
        return
    attempts = 0 if request.trace is None else request.trace.attempts
    outcome = "ok" if error is None else type(error).__name__
    _LOG.info(
        "%s: %s after %d %s in %.3f s",
        request.method_id,
        status if error is None else f"{outcome} ({status})" if status is not None else outcome,
        attempts,
        "attempt" if attempts == 1 else "attempts",
        seconds,
        extra={
            "method_id": request.method_id,
            "request_id": request.request_id,
            "attempts": attempts,
            "status": status,
            "outcome": outcome,
            "seconds": seconds,
        },
    )


def redacted(headers: Mapping[str, str], secrets: Sequence[str] = ()) -> dict[str, str]:
    """Headers for a log: the values that are known to be harmless, and repeat none of `secrets`; else "..."."""
    return {
        name: value if name in _SHOWN and not any(each and each in value for each in secrets) else "..."
        for name, value in headers.items()
    }
