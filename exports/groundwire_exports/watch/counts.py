"""Counts of exports by state, of batches and of waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

ENDED: Final = frozenset(["SUCCEEDED", "FAILED", "CANCELLED", "REFUSED", "SPLIT", "HELD"])
"""States of operations, and of exports of batches, that have ended."""
_ORDER: Final = (
    "SUCCEEDED", "ACTIVE", "RUNNING", "PENDING", "STARTING", "SETTLING", "WAITING", "UNKNOWN",
    "SPLIT", "CANCELLING", "CANCELLED", "HELD", "REFUSED", "FAILED",
)  # fmt: skip


class Counted(Protocol):
    """The progress of many exports: of a batch, or of `wait_all`. Its `str` is one line."""

    @property
    def name(self) -> str:
        """Name of the batch."""
        ...

    @property
    def counts(self) -> Mapping[Any, int]:
        """Exports by state."""
        ...

    @property
    def total(self) -> int:
        """All exports."""
        ...

    @property
    def unfinished(self) -> int:
        """Exports that have not ended."""
        ...


def counts_text(news: Counted) -> str:
    """Return the counts by state in one line, in the order in which exports pass through them."""
    counts = {str(state): count for state, count in news.counts.items() if count}
    text = ", ".join(f"{counts[state]:,} {state.lower()}" for state in _ORDER if state in counts)
    paused = getattr(news, "paused", "")
    return f"{text}; paused: {paused}" if paused else text
