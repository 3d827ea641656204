"""Ready-made scripts. Each follows what operations of the service were seen to do; `NAMED` has them by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .script import Script, Stage

STANDARD: Final = Script()
"""1 second PENDING, 4 seconds RUNNING in 8 steps, then SUCCEEDED."""
INSTANT: Final = Script(pending=0.0, running=0.0)
"""SUCCEEDED when it is first looked at."""
STALL: Final = Script(stall=0.75)
"""RUNNING for ever from three quarters of the work on: only `updateTime` moves. A cancel ends it."""
RETRIED: Final = Script(attempts=(0.5,))
"""Given up at half of the work, then attempted again from the start: `attempt` is 2."""
SPARSE: Final = Script(
    stages=(Stage("Create Local Files", counted=False), Stage("Write Files to Destination")),
    described=False,
    usage=None,
)
"""Without all that may be missing: the description, usage, stages' descriptions and work units."""
ODD_TIMES: Final = Script(pending=0.7654321, digits=(9, 6, 3, 1, 0))
"""Fractions of seconds with none to nine digits."""
DRIVE_QUOTA: Final = Script(
    failure="Not enough space in Google Drive (need 3.8GB for this export).", rule="drive-space"
)
"""FAILED for want of space in Google Drive."""
REPROJECTION: Final = Script(
    failure="Reprojection output too large (14447x23745 pixels).", rule="reprojection-too-large"
)
"""FAILED for a reprojection that is too large."""
TIMED_OUT: Final = Script(failure="Computation timed out.", rule="computation-timed-out")
"""FAILED for a computation that took too long."""
OUT_OF_MEMORY: Final = Script(failure="User memory limit exceeded.", rule="memory-limit")
"""FAILED for want of memory."""
INTERNAL: Final = Script(failure="Internal error.", rule="internal-error")
"""FAILED for no reason that is told."""

NAMED: Final[Mapping[str, Script]] = MappingProxyType(
    {
        "standard": STANDARD,
        "instant": INSTANT,
        "stall": STALL,
        "retried": RETRIED,
        "sparse": SPARSE,
        "odd-times": ODD_TIMES,
        "drive-quota": DRIVE_QUOTA,
        "reprojection": REPROJECTION,
        "timed-out": TIMED_OUT,
        "out-of-memory": OUT_OF_MEMORY,
        "internal": INTERNAL,
    }
)


def named(name: str) -> Script:
    """The script of a name. Raises LookupError for an unknown one."""
    found = NAMED.get(name)
    if found is None:
        raise LookupError(f"{name!r} is none of {', '.join(NAMED)}")
    return found
