"""What an operation does by itself, and what of it is shown, as a value."""

from __future__ import annotations

import math
from typing import Final

from attrs import evolve, frozen

INVALID_ARGUMENT: Final = 3


@frozen
class Stage:
    """One stage of an operation's work: its name, its description or none, and whether it counts work units."""

    name: str
    description: str | None = None
    counted: bool = True


STAGES: Final = (
    Stage("Create Local Files", "Computation of image tiles."),
    Stage("Write Files to Destination", "Writing files to the export destination."),
)


@frozen(kw_only=True)
class Script:
    """The life of an operation: seconds in each state, the steps of its progress, how it ends, what is left out.

    With a `failure`, the operation ends FAILED with that message and `code`; otherwise it succeeds, unless it
    stalls. Raises ValueError for what no operation can do.
    """

    pending: float = 1.0
    running: float = 4.0
    """Seconds of work when it is done at the first attempt."""
    cancelling: float = 0.5
    steps: int = 8
    stages: tuple[Stage, ...] = STAGES
    attempts: tuple[float, ...] = ()
    """The share of the work at which each attempt before the last is given up; the next starts the stages over."""
    stall: float | None = None
    """The share of the work at which nothing moves any more but the time of the last update."""
    failure: str | None = None
    code: int = INVALID_ARGUMENT
    """google.rpc.Code of the failure."""
    rule: str = ""
    """Id of the rule that says that the service fails so."""
    described: bool = True
    """Whether the operation shows its description."""
    usage: float | None = 36.6
    """`batchEecuUsageSeconds` at the end of the work; None shows none."""
    digits: tuple[int, ...] = ()
    """How many digits the fractions of seconds have, in turn: 0 to 9; empty for six, or none for a whole second."""

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
        """Seconds from the making of an operation to its end; infinite when it stalls."""
        if self.stall is not None:
            return math.inf
        return self.pending + self.running * (sum(self.attempts) + 1)

    def worked(self, lived: float) -> tuple[int, float]:
        """The attempt, from 1, and the share of the work that it has done, after so many seconds of life."""
        worked = max(lived - self.pending, 0.0)
        for attempt, share in enumerate(self.attempts, start=1):
            if worked < self.running * share:
                return attempt, worked / self.running
            worked -= self.running * share
        share = min(worked / self.running, 1.0) if self.running else 1.0
        return len(self.attempts) + 1, share if self.stall is None else min(share, self.stall)

    def at_speed(self, speed: float) -> Script:
        """The same life, so many times as fast. Raises ValueError unless the speed is above 0 and finite."""
        if not 0 < speed < math.inf:
            raise ValueError(f"speed must be above 0, got {speed!r}")
        return evolve(
            self,
            pending=self.pending / speed,
            running=self.running / speed,
            cancelling=self.cancelling / speed,
        )
