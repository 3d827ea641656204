"""Wording of changes that all views share."""

from __future__ import annotations

from ...problem import visible
from ..change import Change, Diff
from ..rules import Kind, Verdict

_LONGEST = 300
"""Characters that are shown of either side."""


def shortened(text: str) -> str:
    """Text of a document on one line, and not too long."""
    plain = visible(text[: _LONGEST + 1])
    return f"{plain[:_LONGEST]}..." if len(plain) > _LONGEST else plain


def step(change: Change) -> str:
    """From what to what; the text of docs is not repeated."""
    if change.kind is Kind.DOCS:
        return "text differs"
    old, new = shortened(change.old), shortened(change.new)
    if old and new:
        return f"{old} -> {new}"
    return new or old


def reach(change: Change) -> str:
    """Who meets the change: the direction, and how many methods."""
    place = change.place
    count = len(place.methods)
    if not place.direction:
        return ""
    return f"{place.direction} by {count} method{'' if count == 1 else 's'}"


def summary(diff: Diff) -> str:
    """One line with the count of each verdict."""
    counts = diff.counts()
    parts = [f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]]
    return ", ".join(parts) or "no change"
