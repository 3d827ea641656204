"""Clocks of the contract server: real time, or time that moves only when told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Protocol

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""The instant at which a stepped clock starts."""
POLL_SECONDS: Final = 2.0
"""Seconds by which each poll of an unfinished operation moves the clock of tests."""


class Clock(Protocol):
    """The clock by which operations are created, polled and ended."""

    def now(self) -> datetime:
        """Return the current instant, in UTC."""
        ...

    def elapse(self, seconds: float) -> float:
        """Let seconds pass. Return the real seconds to wait for that; 0 if they have passed already."""
        ...

    def polled(self) -> None:
        """Note that a caller polled an operation that is still running."""
        ...


class RealClock:
    """Real time, counted from the creation of the clock."""

    def __init__(
        self, *, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._start = datetime.fromtimestamp(wall(), UTC)
        self._origin = monotonic()

    def now(self) -> datetime:
        """Return the creation time plus the elapsed time."""
        return self._start + timedelta(seconds=self._monotonic() - self._origin)

    def elapse(self, seconds: float) -> float:
        """Return the seconds to wait: real time passes by itself."""
        return max(0.0, seconds)

    def polled(self) -> None:
        """Do nothing: polling takes no time."""


class SteppedClock:
    """A clock that stands still until it is advanced, or until a caller polls a running operation.

    `poll_seconds` is by how much each poll advances it, so that a polling caller always sees an end.
    """

    def __init__(self, start: datetime = START, *, poll_seconds: float = 0.0) -> None:
        self._lock = threading.Lock()
        self._start = start
        self._now = start
        self.poll_seconds = poll_seconds

    def now(self) -> datetime:
        """Return the instant to which the clock was moved."""
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Advance the clock. Raises ValueError for a negative number, or beyond the year 9999."""
        if not seconds >= 0:
            raise ValueError(f"a clock does not go back: {seconds!r} seconds")
        with self._lock:
            try:
                self._now += timedelta(seconds=seconds)
            except OverflowError as error:
                raise ValueError(f"a clock ends with the year 9999: {seconds!r} seconds") from error

    def elapse(self, seconds: float) -> float:
        """Advance the clock at once. Raises ValueError as `advance` does."""
        self.advance(seconds)
        return 0.0

    def polled(self) -> None:
        """Advance the clock by the seconds of one poll."""
        self.advance(self.poll_seconds)

    def restart(self) -> None:
        """Return to the start."""
        with self._lock:
            self._now = self._start


class FrozenClock(SteppedClock):
    """A clock that moves only when it is advanced: polls and waits do not move it, so a wait is answered
    early."""

    def elapse(self, seconds: float) -> float:  # noqa: ARG002 # whatever is waited for
        """Let no time pass."""
        return 0.0


@lru_cache(256)
def timestamp(instant: datetime, digits: int | None = None) -> str:
    """Format an instant as RFC 3339 with `Z`.

    `digits` is the length of the fraction, 0 to 9; by default six, or none for a whole second.
    """
    text = instant.astimezone(UTC).isoformat()[:19]
    if digits is None:
        digits = 6 if instant.microsecond else 0
    # datetime has no nanoseconds: these digits stand for them and keep the order.
    fraction = f"{instant.microsecond:06d}123"[:digits]
    return f"{text}.{fraction}Z" if fraction else f"{text}Z"
