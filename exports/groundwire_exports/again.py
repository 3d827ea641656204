"""Calls that are made again: which are worth it, and when."""

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


def is_passing(error: GroundwireError) -> bool:
    """Whether the same call may well be answered the next time."""
    if isinstance(error, ApiError):
        return DEFAULT.covers(error)
    if isinstance(error, AuthError):
        return error.retryable
    return isinstance(error, (TransportError, ProtocolError, DecodeError))


def paused(clock: Clock, attempt: int, deadline: float, *, at_least: float = 0.0) -> bool:
    """Wait a little after call number `attempt` (from 0), up to 20 s or `at_least` so long; False without time for it."""
    pause = max(at_least, full_jitter(attempt, clock.random(), cap=_LONGEST))
    if clock.monotonic() + pause >= deadline:
        return False
    clock.sleep(pause)
    return True
