"""The life of an operation, and which parts of it are shown, as a value."""

from __future__ import annotations

import math
from typing import Final

from attrs import evolve, frozen

INVALID_ARGUMENT: Final = 3


@frozen
class Stage:
    """One stage of the work: its name, its description if any, and whether it counts work units."""

    name: str
    description: str | None = None
    counted: bool = True


STAGES: Final = (
    Stage("Create Local Files", "Computation of image tiles."),
    Stage("Write Files to Destination", "Writing files to the export destination."),
)


@frozen(kw_only=True)
class Script:
    """The life of an operation: seconds in each state, progress steps, outcome, and omitted fields.

    With a `failure`, the operation ends FAILED with that message and `code`. Otherwise it succeeds, unless it
    stalls. Raises ValueError for impossible values.
    """

    pending: float = 1.0
    running: float = 4.0
    """Seconds of work if the first attempt succeeds."""
    cancelling: float = 0.5
    steps: int = 8
    stages: tuple[Stage, ...] = STAGES
    attempts: tuple[float, ...] = ()
    """The share of the work, 0 to 1, at which each attempt but the last fails; the next one starts over."""
    stall: float | None = None
    """The share of the work, 0 to 1, at which progress stops; only the update time still moves."""
    failure: str | None = None
    code: int = INVALID_ARGUMENT
    """google.rpc.Code of the failure."""
    rule: str = ""
    """Id of the rule that documents the failure."""
    described: bool = True
    """True if the operation shows its description."""
    usage: float | None = 36.6
    """`batchEecuUsageSeconds` at the end of the work; None omits it."""
    digits: tuple[int, ...] = ()
    """Lengths of the fractions of seconds, in turn, each 0 to 9. Empty: six, or none for a whole second."""

    def __attrs_post_init__(self) -> None:
        shares = (*self.attempts, 0.0 if self.stall is None else self.stall)
        if not (
            all(0 <= seconds < math.inf for seconds in (self.pending, self.running, self.cancelling))
            and all(0 <= share <= 1 for share in shares)
            and all(0 <= count <= 9 for count in self.digits)
            and self.steps > 0
        ):
            raise ValueError(f"no operation lives like this: {self!r}")

    @property
    def length(self) -> float:
        """Seconds from creation to end; infinite if it stalls."""
        if self.stall is not None:
            return math.inf
        return self.pending + self.running * (sum(self.attempts) + 1)

    def worked(self, lived: float) -> tuple[int, float]:
        """Return the attempt, from 1, and its completed share of the work, after `lived` seconds."""
        worked = max(lived - self.pending, 0.0)
        for attempt, share in enumerate(self.attempts, start=1):
            if worked < self.running * share:
                return attempt, worked / self.running
            worked -= self.running * share
        share = min(worked / self.running, 1.0) if self.running else 1.0
        return len(self.attempts) + 1, share if self.stall is None else min(share, self.stall)

    def at_speed(self, speed: float) -> Script:
        """Return the same life, `speed` times as fast. Raises ValueError unless the speed is positive and
        finite."""
        if not 0 < speed < math.inf:
            raise ValueError(f"speed must be above 0, got {speed!r}")
        return evolve(
            self,
            pending=self.pending / speed,
            running=self.running / speed,
            cancelling=self.cancelling / speed,
        )
