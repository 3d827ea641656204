"""Time as the contract sees it: real time, or time that only moves when it is told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Where a stepped clock begins."""
POLL_SECONDS: Final = 2.0
"""Seconds that pass with each look at an operation that has not ended, on the clock of tests."""


class Clock(Protocol):
    """The instants at which operations are made, looked at and ended."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...

    def elapse(self, seconds: float) -> float:
        """Let time pass. Returns the real seconds that this takes; 0 when it has passed already."""
        ...

    def polled(self) -> None:
        """Take note that a caller looked at an operation that is still running."""
        ...


class RealClock:
    """Real time from the moment of its making."""

    def __init__(
        self, *, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._start = datetime.fromtimestamp(wall(), UTC)
        self._origin = monotonic()

    def now(self) -> datetime:
        """The instant of its making, and what has passed since."""
        return self._start + timedelta(seconds=self._monotonic() - self._origin)

    def elapse(self, seconds: float) -> float:
        """Real time passes by itself: say how long that takes."""
        return max(0.0, seconds)

    def polled(self) -> None:
        """Looking takes no time."""


class SteppedClock:
    """Time that stands still until it is advanced, or until somebody looks at a running operation.

    `look` is the seconds that pass with each such look, so that a caller that polls always sees an end.
    """

    def __init__(self, start: datetime = START, *, poll_seconds: float = 0.0) -> None:
        self._lock = threading.Lock()
        self._start = start
        self._now = start
        self.poll_seconds = poll_seconds

    def now(self) -> datetime:
        """The instant that it was moved to."""
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Move on by so many seconds. Raises ValueError for a negative number, or one beyond the year 9999."""
        if not seconds >= 0:
            raise ValueError(f"a clock does not go back: {seconds!r} seconds")
        with self._lock:
            try:
                self._now += timedelta(seconds=seconds)
            except OverflowError as error:
                raise ValueError(f"a clock ends with the year 9999: {seconds!r} seconds") from error

    def elapse(self, seconds: float) -> float:
        """Move on by so many seconds, at once. Raises ValueError as `advance` does."""
        self.advance(seconds)
        return 0.0

    def polled(self) -> None:
        """Move on by the seconds of one look."""
        self.advance(self.poll_seconds)

    def restart(self) -> None:
        """Go back to the start."""
        with self._lock:
            self._now = self._start


class FrozenClock(SteppedClock):
    """Time that stands still until it is advanced, whoever looks or waits: a wait is answered early."""

    def elapse(self, seconds: float) -> float:  # noqa: ARG002 # whatever is waited for
        """Nothing passes."""
        return 0.0


def timestamp(instant: datetime, digits: int | None = None) -> str:
    """Write an instant as RFC 3339 with `Z` and so many digits of its fraction; six, or none for a whole second."""
    text = instant.astimezone(UTC).isoformat()[:19]
    if digits is None:
        digits = 6 if instant.microsecond else 0
    # There are no nanoseconds to show: these stand for them, and keep the order.
    fraction = f"{instant.microsecond:06d}123"[:digits]
    return f"{text}.{fraction}Z" if fraction else f"{text}Z"
