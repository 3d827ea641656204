"""Classification of errors of a start, by Earth Engine's own wording, and the pauses before retries.

The wording was seen in public; the HTTP statuses (429 and 409) are inferred. So the wording decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from groundwire import Operation
from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import (
    AlreadyExists,
    ApiError,
    AuthError,
    DecodeError,
    GroundwireError,
    OutcomeUnknown,
    ProtocolError,
    ResourceExhausted,
    TransportError,
    shortened,
)
from groundwire_runtime.retry import DEFAULT, full_jitter

from .arguments import ExportClient
from .protocol import Answer, description_of, is_operation_name

_FULL: Final = re.compile(r"too many tasks already in the queue(?: \((\d{1,9})\))?", re.IGNORECASE)
_REPEAT: Final = "already started with the given request_id"
_NAMES_ID: Final = re.compile(r"\b(?:given|same|this) request[_ ]?id\b", re.IGNORECASE)
"""Other wording of a repeat, which counts only in an ALREADY_EXISTS."""
_LONGEST: Final = 20.0
"""Seconds of a pause before a retry."""
_ID_FIELDS: Final = ("request_id", "requestId")


class QueueFull(ResourceExhausted):
    """The project's queue is full. This call started nothing.

    `limit` is the number of tasks in the service's message; None if it has none.
    """

    def __init__(self, message: str, *, limit: int | None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.limit = limit


def read_error(error: GroundwireError) -> tuple[Answer, GroundwireError]:
    """Return the outcome of a send from its error, and the innermost error that tells it."""
    if isinstance(error, OutcomeUnknown) and isinstance(error.__cause__, GroundwireError):
        error = error.__cause__
    if _is_repeat(error):
        return Answer.REPEAT, error
    full = _queue_full(error)
    if full is not None:
        return Answer.FULL, full
    passing = isinstance(error, OutcomeUnknown) or (is_retryable(error) and getattr(error, "retryable", True))
    if not error.proves_no_effect:
        return Answer.LOST if passing else Answer.BROKEN, error
    if not passing:
        return Answer.REFUSED, error
    return Answer.THROTTLED if isinstance(error, ApiError) else Answer.UNSENT, error


def check_started(client: ExportClient, operation: Operation, description: str) -> None:
    """Raise ProtocolError for an answer to another start; no description will do."""
    name, described = operation.name, description_of(operation)
    if not is_operation_name(name) or described not in ("", description):
        text = f"the service answered a start with {shortened(name)}, described as {shortened(described)}"
        raise client.redacted(ProtocolError(text))


def _queue_full(error: GroundwireError) -> QueueFull | None:
    if not isinstance(error, ApiError) or not error.proves_no_effect:
        return None
    words = _FULL.search(error.message)
    if words is None:
        return None
    return QueueFull(
        error.message,
        limit=int(words[1]) if words[1] else None,
        http_status=error.http_status,
        status=error.status,
        reason=error.reason,
        domain=error.domain,
        details=error.details,
        retry_after=error.retry_after,
        server_request_id=error.server_request_id,
        method_id=error.method_id,
        attempts=error.attempts,
        hint='Start it later, or wait for room: start_export(..., on_full="wait", timeout=3600).',
    )


def _is_repeat(error: GroundwireError) -> bool:
    """Return True if a start was refused because its request id was used before.

    An ALREADY_EXISTS about anything else, such as an existing asset, is an ordinary refusal.
    """
    if not isinstance(error, ApiError):
        return False
    if _REPEAT in error.message:
        return True
    about_id = _NAMES_ID.search(error.message) or any(each in _ID_FIELDS for each in _fields(error))
    return isinstance(error, AlreadyExists) and bool(about_id)


def _fields(error: ApiError) -> Iterator[object]:
    """Iterate over the fields in the error's BadRequest details."""
    for detail in error.details:
        violations: Any = (
            cast("Mapping[str, Any]", detail).get("fieldViolations") if isinstance(detail, Mapping) else None
        )
        for violation in cast("list[object]", violations) if isinstance(violations, list) else ():
            if isinstance(violation, Mapping):
                yield cast("Mapping[str, Any]", violation).get("field")


def is_retryable(error: GroundwireError) -> bool:
    """Return True if a repeat of the call may succeed."""
    if isinstance(error, ApiError):
        return DEFAULT.covers(error)
    if isinstance(error, AuthError):
        return error.retryable
    return isinstance(error, (TransportError, ProtocolError, DecodeError))


def pause_before_retry(clock: Clock, attempt: int, deadline: float, *, at_least: float = 0.0) -> bool:
    """Sleep before a retry: exponential backoff with full jitter, up to 20 s, or `at_least`.

    `attempt` counts from 0. Return False, without sleeping, if the deadline would pass.
    """
    pause = max(at_least, full_jitter(attempt, clock.random(), cap=_LONGEST))
    if clock.monotonic() + pause >= deadline:
        return False
    clock.sleep(pause)
    return True
