"""Checks of arguments. Each raises ArgumentError before anything is sent."""

from __future__ import annotations

import math
from datetime import timedelta
from numbers import Real

from groundwire_runtime.errors import ArgumentError, shortened


def checked_seconds(value: object, name: str, *, zero: bool = False, endless: bool = False) -> float:
    """Return seconds above 0, or from 0 with `zero`; infinity only with `endless`.

    Accepts any real number, including NumPy's, but no bool.
    """
    seconds = _float(value)
    if (seconds > 0 or (zero and seconds == 0)) and (endless or seconds < math.inf):
        return seconds
    bound = "from 0" if zero else "above 0"
    raise ArgumentError(
        f"{name}: expected {'' if endless else 'finite '}seconds {bound}, got {shortened(value)}",
        hint="Pass its total_seconds()." if isinstance(value, timedelta) else "",
    )


def _float(value: object) -> float:
    """Return a real number as a float; NaN for anything else, or if it is too large."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


def check_callback(value: object, name: str) -> None:
    """Raise ArgumentError unless a value is None or callable."""
    if value is not None and not callable(value):
        raise ArgumentError(f"{name}: expected a function of one argument, got {shortened(value)}")
