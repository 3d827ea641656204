"""Repeated calls: which errors are retryable, and the pauses between calls."""

from __future__ import annotations

from typing import Final

from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import (
    ApiError,
    AuthError,
    DecodeError,
    GroundwireError,
    ProtocolError,
    TransportError,
)
from groundwire_runtime.retry import DEFAULT, full_jitter

_LONGEST: Final = 20.0


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
