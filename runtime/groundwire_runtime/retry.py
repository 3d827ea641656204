"""Retries: a pure policy, exponential backoff with full jitter, Retry-After, and the sending loop."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final, NoReturn, TypeAlias, TypeGuard, TypeVar

from attrs import define, frozen

from .clock import SYSTEM, Clock, renew_after_fork
from .error_facts import equivalent_status
from .errors import (
    AlreadyExists,
    ApiError,
    ArgumentError,
    AuthError,
    DeadlineReached,
    GroundwireError,
    OutcomeUnknown,
    TransportError,
)
from .events import LOG, emit_retry
from .http import Request, Response, Transport
from .redaction import public_headers

ErrorReader: TypeAlias = Callable[[Response, Request, Clock], ApiError]
"""Makes the error of a response that is no success."""
T = TypeVar("T")
MAX_STARTED: Final = 10_000
"""Names of operations that a client remembers."""
_SECONDS: Final = re.compile(r"\d{1,10}", re.ASCII)
_ERROR_BODY: Final = re.compile(rb'\s*\{\s*"error"\s*:\s*\{')


@frozen(kw_only=True)
class RetryPolicy:
    """When a call is made again. Waits are full jitter: evenly within [0, min(cap, base * 2^n)] seconds."""

    attempts: int = 10
    """Sends at the most."""
    base: float = 1.0
    cap: float = 60.0
    statuses: frozenset[int] = frozenset({408, 429, 500, 502, 503, 504})
    """HTTP statuses worth another try, for calls that are safe to repeat. An unknown 5xx counts as 500, a rate limit
    that is sent as 403 as 429."""

    def delay(self, attempt: int, error: GroundwireError, request: Request, random: float) -> float | None:
        """Seconds to wait after send number `attempt` (from 1) failed, or None to give up."""
        if attempt >= self.attempts or not self._retryable(error, request):
            return None
        asked = error.retry_after if isinstance(error, (ApiError, AuthError)) else None
        if asked is not None:
            # A little more than asked for, so that a crowd does not come back at once.
            return asked * (1 + 0.1 * random)
        return full_jitter(attempt - 1, random, base=self.base, cap=self.cap)

    def covers(self, error: ApiError) -> bool:
        """Return whether the policy sends a safe call again after this answer."""
        status = equivalent_status(error.http_status, error.reason)
        return not self.statuses.isdisjoint((error.http_status, status))

    def _retryable(self, error: GroundwireError, request: Request) -> bool:
        if isinstance(error, DeadlineReached) or not request.repeatable:
            return False
        if isinstance(error, TransportError):
            return error.retryable and (request.safe_to_retry or not error.sent)
        if isinstance(error, AuthError):
            return error.retryable
        if not isinstance(error, ApiError) or not self.covers(error):
            return False
        return request.safe_to_retry or error.http_status in request.resent_after


DEFAULT: Final = RetryPolicy()


def next_delay(attempt: int, error: GroundwireError, request: Request, clock: Clock) -> float | None:
    """Seconds to wait before the next attempt by the request's policy; None without one, or with no time left after it."""
    if request.call.retry is None:
        return None
    delay = request.call.retry.delay(attempt, error, request, clock.random())
    fits = delay is not None and (request.deadline is None or clock.monotonic() + delay < request.deadline)
    return delay if fits else None


def full_jitter(attempt: int, random: float, *, base: float = 1.0, cap: float = 60.0) -> float:
    """Return seconds evenly within [0, min(cap, base * 2^attempt)]; `random` is in [0, 1)."""
    return random * min(cap, base * 2.0 ** min(attempt, 32))


def retry_after(text: str | None, now: float) -> float | None:
    """Return the seconds that a Retry-After header asks for: delay or date in its three forms (RFC 9110 10.2.3).

    None when it is absent or malformed; 0 for a date that has passed. `now` is Unix time.
    """
    text = "" if text is None else text.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    if len(text) > 64 or not text[:1].isalpha():
        return None
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # A date without a zone is UTC: the form of asctime.
    return max(0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now)


@define
class _Sends:
    """Facts that the sends of a call have proved so far."""

    unanswered: bool = False
    """A request went out, and no answer came."""
    lost: bool = False
    """A send may have taken effect."""
    refusal: ApiError | None = None
    """The latest answer that proves that its send had no effect."""

    def add(self, error: GroundwireError) -> None:
        """Note how a send ended. A redirect is raised as it is: its remedy is another endpoint."""
        self.unanswered = self.unanswered or (isinstance(error, TransportError) and error.sent)
        is_redirect = isinstance(error, ApiError) and 300 <= error.http_status < 400
        self.lost = self.lost or not (error.proves_no_effect or is_redirect)
        if isinstance(error, ApiError) and error.proves_no_effect:
            self.refusal = error


@frozen
class RetryTransport:
    """Sends until a response is final. Raises the error of `error_of` for any status but 2xx.

    A repeated DELETE that gets 404 or 410 after an earlier send got no answer has succeeded: its response is returned
    without the body. A 503 is an answer, so a 404 after it is an error.
    """

    inner: Transport
    error_of: ErrorReader
    policy: RetryPolicy | None = DEFAULT
    clock: Clock = SYSTEM

    def send(self, request: Request) -> Response:
        """Send, wait, and send again as the policy says, within the request's deadline."""
        request.call.attempts, request.call.retry = 0, self.policy
        sends = _Sends()
        attempt = 0
        while True:
            attempt += 1
            try:
                error = self._attempt(request, attempt)
            except (AuthError, ArgumentError) as refused:
                # A body that cannot be read again is refused too, and an earlier send may be lost.
                _give_up(request, refused, sends)
            if isinstance(error, Response):
                return error
            _check_repeat(request, error, sends)
            if sends.unanswered and _is_gone(error, request):
                # An earlier send deleted it.
                return Response(status=error.http_status)
            sends.add(error)
            delay = next_delay(attempt, error, request, self.clock)
            if delay is None:
                _give_up(request, error, sends)
            emit_retry(request, error, delay)
            self.clock.sleep(delay)

    def _attempt(self, request: Request, attempt: int) -> Response | GroundwireError:
        try:
            response = self.inner.send(request)
        except TransportError as error:
            return error
        if 200 <= response.status < 300:
            if _ERROR_BODY.match(response.body):
                LOG.warning("%s: %d with an error for a body", request.method_id, response.status)
            return response
        # A send that followed a 401 is counted by the transport below.
        request.call.attempts = max(request.call.attempts, attempt)
        refusal = self.error_of(response, request, self.clock)
        refusal.headers = public_headers(response.headers)
        return refusal


def _check_repeat(request: Request, error: GroundwireError, sends: _Sends) -> None:
    """Raise what "already exists" means for a repeat of a call with a request id."""
    if request.request_id is None or not isinstance(error, AlreadyExists):
        return
    if sends.lost:
        raise _unknown(request, "it was refused as a repeat after an answer was lost") from error
    if sends.refusal is not None:
        raise _repeated(sends.refusal, error) from error


def _give_up(request: Request, error: GroundwireError, sends: _Sends) -> NoReturn:
    """Raise the last error, or OutcomeUnknown when an answer to a start was lost."""
    if sends.lost and request.request_id is not None and request.verb not in ("GET", "HEAD", "OPTIONS"):
        raise _unknown(request, f"the last send ended with: {error}") from error
    if sends.lost and isinstance(error, ApiError) and error.http_status in (409, 412):
        error.add_note("an earlier send of this call got no answer: it may have made this change itself")
    raise error


def _is_gone(error: GroundwireError, request: Request) -> TypeGuard[ApiError]:
    return request.verb == "DELETE" and isinstance(error, ApiError) and error.http_status in (404, 410)


def _repeated(refusal: ApiError, repeat: ApiError) -> ApiError:
    """The refusal of an earlier send of the same call, for a repeat of it that got "already exists".

    A service may use a request id up for a start that it refuses, so the repeat says nothing about the call.
    """
    refusal.attempts = repeat.attempts
    refusal.add_note(
        f"sent again with the same request id, it was refused as a repeat ({repeat.message}): a refused start may use "
        "its id up; the next call needs another one"
    )
    return refusal


def _unknown(request: Request, why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"{request.method_id}: the outcome is unknown: {why}",
        request_id=request.request_id or "",
        hint=f"Make the same call with request id {request.request_id} again, or look for what it starts.",
    )


class StartedOperations:
    """The operations that the starts of one client got: the newest names, each with the request id of its start.

    Two starts never get one operation, so a name that comes back for another request id is an answer that went
    astray. Thread-safe.
    """

    def __init__(self, most: int = MAX_STARTED) -> None:
        self._most = most
        self._ids: dict[str, str] = {}
        self.after_fork()
        renew_after_fork(self)

    def after_fork(self) -> None:
        """Make a new lock, in the child."""
        self._lock = threading.Lock()

    def claim(self, name: str, request_id: str) -> bool:
        """Remember an operation and its start; False if a start with another request id got it before."""
        with self._lock:
            known = self._ids.setdefault(name, request_id)
            if len(self._ids) > self._most:
                del self._ids[next(iter(self._ids))]
            return known == request_id

    def check(self, answer: T, request: Request) -> T:
        """Return an answer; claim the operation that a start got (AIP-151: it has `name`, `done` and `metadata`).

        Raises OutcomeUnknown if another start got it before.
        """
        if not request.request_id:
            return answer
        name = getattr(answer, "name", None)
        is_operation = (
            hasattr(answer, "done") and hasattr(answer, "metadata") and isinstance(name, str) and name
        )
        if not is_operation or self.claim(str(name), request.request_id):
            return answer
        raise _unknown(request, f"it was answered with {str(name)[:200]}, which another start got")

    def clear(self) -> None:
        """Forget all, as after a reset of a test server that gives names again."""
        with self._lock:
            self._ids.clear()
