"""Scripts of operations as seen at the service. `NAMED` has them by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ..suggestion import suggestion
from .script import Script, Stage

STANDARD: Final = Script()
"""1 second PENDING, 4 seconds RUNNING in 8 steps, then SUCCEEDED."""
INSTANT: Final = Script(pending=0.0, running=0.0)
"""SUCCEEDED at the first poll."""
STALL: Final = Script(stall=0.75)
"""RUNNING forever from three quarters of the work on: only `updateTime` moves. A cancel ends it."""
RETRIED: Final = Script(attempts=(0.5,))
"""Fails at half of the work, then starts over: `attempt` is 2."""
SPARSE: Final = Script(
    stages=(Stage("Create Local Files", counted=False), Stage("Write Files to Destination")),
    described=False,
    usage=None,
)
"""Without optional fields: description, usage, stages' descriptions and work units."""
ODD_TIMES: Final = Script(pending=0.7654321, digits=(9, 6, 3, 1, 0))
"""Fractions of seconds with zero to nine digits."""
DRIVE_QUOTA: Final = Script(
    failure="Not enough space in Google Drive (need 3.8GB for this export).", rule="drive-space"
)
"""FAILED: Google Drive is full."""
REPROJECTION: Final = Script(
    failure="Reprojection output too large (14447x23745 pixels).", rule="reprojection-too-large"
)
"""FAILED: a reprojection is too large."""
TIMED_OUT: Final = Script(failure="Computation timed out.", rule="computation-timed-out")
"""FAILED: the computation took too long."""
OUT_OF_MEMORY: Final = Script(failure="User memory limit exceeded.", rule="memory-limit")
"""FAILED: out of memory."""
INTERNAL: Final = Script(failure="Internal error.", rule="internal-error")
"""FAILED without a reason."""

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


def script_named(name: str) -> Script:
    """Return the script of a name. Raises LookupError for an unknown one."""
    script = NAMED.get(name)
    if script is None:
        raise LookupError(f"{name!r} is none of {', '.join(NAMED)}{suggestion(name, NAMED)}")
    return script
