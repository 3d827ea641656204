"""The lives of operations as bars on one scale: how long each waited, and how long it ran."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attrs import frozen

from ..kit.element import Html, element
from ..kit.times import format_duration
from .view import Operation

WIDTH: Final = 1000
"""Units of the scale: whole ones, so that a page changes only where something is seen to move."""
_NARROWEST: Final = 6


@frozen
class Scale:
    """The time from the first creation to the last end of some operations; `now` stands for an end that is to come."""

    first: datetime
    last: datetime
    now: datetime

    @classmethod
    def of(cls, operations: Sequence[Operation], now: datetime) -> Scale:
        """Return the scale of operations."""
        starts = [each.created for each in operations] or [now]
        ends = [each.ended or max(now, each.created) for each in operations] or [now]
        return cls(min(starts), max(ends), now)

    def place(self, instant: datetime) -> int:
        """Return the place of an instant, from 0 to `WIDTH`."""
        length = (self.last - self.first).total_seconds()
        share = (instant - self.first).total_seconds() / length if length > 0 else 0.0
        return round(min(max(share, 0.0), 1.0) * WIDTH)


def timeline(operation: Operation, scale: Scale) -> Html:
    """Return the bar of an operation, with its lengths in words."""
    end = operation.ended or max(scale.now, operation.created)
    started = operation.started
    if started is not None and not operation.created <= started <= end:
        started = operation.created if started < operation.created else end
    left, right = scale.place(operation.created), scale.place(end)
    middle = right if started is None else scale.place(started)
    words = f"Timeline: waited {_length(operation.created, started or end)}"
    if started is not None:
        words += f", ran {_length(started, end)}"
    return element(
        "svg",
        _bar("waited", left, middle),
        _bar("ran", min(middle, WIDTH - _NARROWEST), max(right, middle + _NARROWEST)) if started else None,
        viewBox=f"0 0 {WIDTH} 8",
        preserveAspectRatio="none",
        role="img",
        aria_label=words + ("" if operation.ended else ", not ended"),
        class_="timeline",
    )


def _bar(name: str, left: int, right: int) -> Html:
    return element("rect", x=left, y=0, width=max(right - left, 1), height=8, class_=name)


def _length(begin: datetime, end: datetime) -> str:
    return format_duration(max((end - begin).total_seconds(), 0.0))
