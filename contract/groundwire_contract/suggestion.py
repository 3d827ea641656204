"""Suggestions for misspelt names."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_MOST: Final = 3
_LONGEST: Final = 200


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return `: did you mean a or b?` with the known names that are like a name; empty if there are none."""
    names = {each.lower(): each for each in known}
    close = get_close_matches(name[:_LONGEST].lower(), names, n=_MOST, cutoff=0.7)
    if not close and (ending := name.rpartition(".")[2].lower()):
        # The last part of a method's id: `image.export` is enough.
        close = [each for each in names if each.endswith(f".{name.lower()}")] or [
            each for each in names if each.rpartition(".")[2] == ending
        ]
    return f": did you mean {' or '.join(names[each] for each in close[:_MOST])}?" if close else ""
