"""Functions on parts of lists."""

from __future__ import annotations

from typing import Final

from ..elements import Value
from ..problem import ExpressionError, too_large
from ..signature import Library

LIBRARY: Final = Library()
_MOST: Final = 4_000_000
List = tuple[Value, ...]


def _places(items: List, part: List) -> list[int]:
    if len(items) * max(1, len(part)) > _MOST:
        raise too_large("lists so long")
    return [place for place in range(len(items) - len(part) + 1) if items[place : place + len(part)] == part]


@LIBRARY.add("List.indexOfSublist(list: List, target: List)")
def first_place(items: List, part: List) -> int:
    """Return the first place of a part, or -1."""
    return next(iter(_places(items, part)), -1)


@LIBRARY.add("List.lastIndexOfSubList(list: List, target: List)")
def last_place(items: List, part: List) -> int:
    """Return the last place of a part, or -1."""
    return next(reversed(_places(items, part)), -1)


@LIBRARY.add("List.splice(list: List, start: Integer, count: Integer, other?: List)")
def splice(items: List, start: int, count: int, other: List | None) -> List:
    """Return a list with another in place of some elements; a negative place counts from the end."""
    place = start + len(items) if start < 0 else start
    if not 0 <= place <= len(items) or count < 0:
        raise ExpressionError(f"List.splice: List index must be between 0 and {len(items)}, found {start}.")
    return (*items[:place], *(other or ()), *items[place + count :])


@LIBRARY.add("List.swap(list: List, pos1: Integer, pos2: Integer)")
def swap(items: List, one: int, other: int) -> List:
    """Return a list in which two elements have changed places."""
    if not all(-len(items) <= place < len(items) for place in (one, other)):
        raise ExpressionError(f"List.swap: List index must be between 0 and {len(items) - 1}.")
    out = list(items)
    out[one], out[other] = out[other], out[one]
    return tuple(out)
