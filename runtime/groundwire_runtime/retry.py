"""Retries: one pure policy, and the transport that follows it."""

from __future__ import annotations

import logging
import re
from typing import Final, NoReturn, TypeGuard

from attrs import evolve, frozen

from .backoff import full_jitter
from .clock import SYSTEM, Clock
from .errors import (
    AlreadyExists,
    ApiError,
    AuthError,
    DeadlineReached,
    GroundwireError,
    OutcomeUnknown,
    TransportError,
)
from .http import Request, Response, Transport
from .status import api_error, equivalent_status

_LOG: Final = logging.getLogger("groundwire")
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
        if isinstance(error, DeadlineReached):
            return False
        if isinstance(error, TransportError):
            return error.retryable and (request.safe_to_retry or not error.sent)
        if isinstance(error, AuthError):
            return error.retryable
        return isinstance(error, ApiError) and request.safe_to_retry and self.covers(error)


DEFAULT: Final = RetryPolicy()


def next_delay(attempt: int, error: GroundwireError, request: Request, clock: Clock) -> float | None:
    """Seconds to wait before the next attempt by the request's policy; None without one, or with no time left after it."""
    if request.retry is None:
        return None
    delay = request.retry.delay(attempt, error, request, clock.random())
    fits = delay is not None and (request.deadline is None or clock.monotonic() + delay < request.deadline)
    return delay if fits else None


@frozen
class RetryTransport:
    """Sends until there is an answer that stands. Raises ApiError for any status but 2xx.

    A repeated DELETE that gets 404 or 410 after an earlier send got no answer has succeeded: the answer is returned without
    its body. An answer such as 503 is no lost one, so a 404 after it is an error.
    """

    inner: Transport
    policy: RetryPolicy | None = DEFAULT
    clock: Clock = SYSTEM

    def send(self, request: Request) -> Response:
        """Send, wait, and send again as the policy says, within the request's deadline."""
        request = evolve(request, retry=self.policy)
        attempt = 0
        lost = unanswered = False
        refusal: ApiError | None = None
        while True:
            attempt += 1
            try:
                error = self._attempt(request, attempt)
            except AuthError as refused:
                self._give_up(request, refused, lost)
            if isinstance(error, Response):
                return error
            if lost and isinstance(error, AlreadyExists) and request.request_id is not None:
                raise _unknown(request, "it was refused as a repeat after an answer was lost") from error
            if unanswered and _is_gone(error, request):
                # An earlier send deleted it.
                return Response(status=error.http_status)
            if refusal is not None and isinstance(error, AlreadyExists) and request.request_id is not None:
                raise _repeated(refusal, error) from error
            unanswered = unanswered or (isinstance(error, TransportError) and error.sent)
            lost = lost or _leaves_it_open(error)
            refusal = error if isinstance(error, ApiError) and error.proves_no_effect else refusal
            delay = next_delay(attempt, error, request, self.clock)
            if delay is None:
                self._give_up(request, error, lost)
            if request.trace is not None:
                request.trace.retrying(request, error, delay)
            self.clock.sleep(delay)

    def _attempt(self, request: Request, attempt: int) -> Response | GroundwireError:
        try:
            response = self.inner.send(request)
        except TransportError as error:
            return error
        if 200 <= response.status < 300:
            if _ERROR_BODY.match(response.body):
                _LOG.warning("%s: %d with an error for a body", request.method_id, response.status)
            return response
        if request.trace is not None:
            # A send that followed a 401 counts as well.
            attempt = request.trace.attempts
        return api_error(
            response,
            method_id=request.method_id,
            attempts=attempt,
            now=self.clock.unix(),
            scopes=request.method_scopes,
        )

    def _give_up(self, request: Request, error: GroundwireError, lost: bool) -> NoReturn:
        """Raise the last error, or say that the outcome is unknown when an answer to a start was lost."""
        if lost and request.request_id is not None and request.verb not in ("GET", "HEAD", "OPTIONS"):
            raise _unknown(request, f"the last send ended with: {error}") from error
        if lost and isinstance(error, ApiError) and error.http_status in (409, 412):
            error.add_note("an earlier send of this call got no answer: it may have made this change itself")
        raise error


def _leaves_it_open(error: GroundwireError) -> bool:
    """Whether the service may have acted. A redirect is raised as it came: its remedy is another endpoint."""
    is_redirect = isinstance(error, ApiError) and 300 <= error.http_status < 400
    return not (error.proves_no_effect or is_redirect)


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
