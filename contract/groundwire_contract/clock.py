"""Time as the contract sees it: real time, or time that only moves when it is told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Where a stepped clock begins."""


class Clock(Protocol):
    """The instants at which operations are made, looked at and ended."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...

    def elapse(self, seconds: float) -> float:
        """Let time pass. Returns the real seconds that this takes; 0 when it has passed already."""
        ...

    def looked(self) -> None:
        """Take note that a caller looked at an operation that is still running."""
        ...


class RealClock:
    """Real time from the moment of its making, `speed` times as fast."""

    def __init__(
        self,
        speed: float = 1.0,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if not speed > 0:
            raise ValueError(f"speed must be above 0, got {speed!r}")
        self._speed = speed
        self._monotonic = monotonic
        self._start = datetime.fromtimestamp(wall(), UTC)
        self._origin = monotonic()

    @property
    def speed(self) -> float:
        """How many times as fast as real time."""
        return self._speed

    def now(self) -> datetime:
        """The instant of its making, and what has passed since."""
        return self._start + timedelta(seconds=(self._monotonic() - self._origin) * self._speed)

    def elapse(self, seconds: float) -> float:
        """Real time passes by itself: say how long that takes."""
        return max(0.0, seconds) / self._speed

    def looked(self) -> None:
        """Looking takes no time."""


class SteppedClock:
    """Time that stands still until it is advanced, or until somebody looks at a running operation.

    `look` is the seconds that pass with each such look, so that a caller that polls always sees an end.
    """

    def __init__(self, start: datetime = START, *, look: float = 0.0) -> None:
        self._lock = threading.Lock()
        self._start = start
        self._now = start
        self.look = look

    def now(self) -> datetime:
        """The instant that it was moved to."""
        with self._lock:
            return self._now

    def elapse(self, seconds: float) -> float:
        """Move on by so many seconds, at once. Raises ValueError for a negative number."""
        if not seconds >= 0:
            raise ValueError(f"a clock does not go back: {seconds!r} seconds")
        with self._lock:
            self._now += timedelta(seconds=seconds)
        return 0.0

    def looked(self) -> None:
        """Move on by the seconds of one look."""
        self.elapse(self.look)

    def restart(self) -> None:
        """Go back to the start."""
        with self._lock:
            self._now = self._start


def timestamp(instant: datetime) -> str:
    """Write an instant as RFC 3339 with `Z` and, where it has a fraction, six digits of it."""
    text = instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{instant.microsecond:06d}Z" if instant.microsecond else f"{text}Z"
