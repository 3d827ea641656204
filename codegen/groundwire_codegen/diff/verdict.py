"""The possible verdicts on a change.

A verdict is the worst that can happen to code that a strict checker accepted with the old client, uses published
names only, and is then checked and run with the new one. Code that reads or writes a key through `unknown_fields`
has left the published names: it must use the attribute once there is one. Code takes a message the way that it
travels: what it matches to the end or decodes is of an answer, and what it encodes is of a request.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    """The effects of a change on callers, the worst first."""

    TYPES = "breaking at type-check time"
    RUN = "breaking at run time"
    BEHAVIOUR = "behaviour may change"
    COMPATIBLE = "compatible"

    @property
    def rank(self) -> int:
        """3 for the worst, 0 for compatible."""
        return {"TYPES": 3, "RUN": 2, "BEHAVIOUR": 1, "COMPATIBLE": 0}[self.name]


LEVELS: Final = {
    "type-check": Verdict.TYPES,
    "run-time": Verdict.RUN,
    "behaviour": Verdict.BEHAVIOUR,
    "compatible": Verdict.COMPATIBLE,
}
"""The names of the verdicts for `--fail-on`."""
