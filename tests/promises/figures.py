"""Figures as the table shows them."""

from __future__ import annotations

from collections.abc import Sequence


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that `part` (0 to 1) of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-part * len(ordered) // 1) - 1))]


def spread(seconds: Sequence[float], what: str = "calls") -> str:
    """Seconds as a distribution, in milliseconds."""
    parts = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    shown = (f"{name} {1000 * percentile(seconds, part):.1f} ms" for name, part in parts.items())
    return f"{', '.join(shown)} over {len(seconds):,} {what}"
