"""Checked settings of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, TypedDict

from attrs import frozen
from groundwire_runtime.errors import ArgumentError, shortened

from ..arguments import check_callback, checked_seconds
from ..start import SETTLE
from .arguments import checked_count
from .failures import FailurePolicy, Split
from .rules import RULES, FailureRule, checked_rules

LIMIT: Final = 3000
"""Unfinished tasks that a project may have, as documented."""
LOOK_EVERY: Final = 20.0
"""Seconds between looks."""
STOP_AFTER: Final = 10
THREADS: Final = 8
_MOST: Final = 1_000_000
_MOST_THREADS: Final = 64
_DAY: Final = 86_400.0


class BatchOptions(TypedDict, total=False):
    """Options of a batch.

    `limit`: unfinished operations that the queue holds, 3000 by default; a lower limit is learnt from refusals.
    `look_every`: seconds between looks at all exports, 20 by default. `settle`: seconds by which a listing may lag behind a
    start, 120 by default (see `start_export`). `on_unknown`: "follow" gives up a request id that no listing shows after
    `settle`; "hold" leaves that to a person. `rules`: the table of failures. `on_too_large`: makes the parts of an export
    that `rules` split, such as `split_in_four`. `stop_after`: equal failures in a row that pause the batch, 10 by
    default; None for no limit. `threads`: starts that are sent at the same time, 8 by default.
    """

    limit: int
    look_every: float
    settle: float
    on_unknown: Literal["follow", "hold"]
    rules: Sequence[FailureRule]
    on_too_large: Split | None
    stop_after: int | None
    threads: int


@frozen(kw_only=True)
class Settings:
    """Options of a batch after their checks, with defaults."""

    limit: int
    look_every: float
    settle: float
    hold: bool
    threads: int
    policy: FailurePolicy


def checked_settings(options: BatchOptions) -> Settings:
    """Return the settings for options. Raises ArgumentError."""
    given: dict[str, Any] = dict(options)
    unknown = given.keys() - BatchOptions.__annotations__.keys()
    if unknown:
        raise ArgumentError(f"{sorted(unknown)[0]}: a batch has no such option")
    on_unknown = given.get("on_unknown", "follow")
    if on_unknown not in ("follow", "hold"):
        raise ArgumentError(f"on_unknown: expected 'follow' or 'hold', got {shortened(on_unknown)}")
    rules = checked_rules(given.get("rules", RULES))
    stop_after = given.get("stop_after", STOP_AFTER)
    if stop_after is not None:
        stop_after = checked_count(stop_after, "stop_after", _MOST)
    split = given.get("on_too_large")
    check_callback(split, "on_too_large")
    return Settings(
        limit=checked_count(given.get("limit", LIMIT), "limit", _MOST),
        look_every=_checked_interval(given.get("look_every", LOOK_EVERY)),
        settle=checked_seconds(given.get("settle", SETTLE), "settle", zero=True),
        hold=on_unknown == "hold",
        threads=checked_count(given.get("threads", THREADS), "threads", _MOST_THREADS),
        policy=FailurePolicy(rules=rules, split=split, stop_after=stop_after),
    )


def _checked_interval(value: object) -> float:
    """Return the seconds between looks. A longer sleep than a day is more than systems allow."""
    seconds = checked_seconds(value, "look_every")
    if seconds <= _DAY:
        return seconds
    raise ArgumentError(f"look_every: expected at most {_DAY:,.0f} seconds, a day, got {shortened(value)}")
