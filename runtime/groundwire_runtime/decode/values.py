"""Values of any JSON type, kept as they came, to a bounded depth."""

# What is inside a value of any type is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any, Final

from ..errors import DecodeError
from .fault import expected

MAX_LEVELS: Final = 512
"""JSON levels that a free-form value may nest."""
SCALARS: Final = frozenset({str, int, float, bool, type(None)})


def any_value(value: Any, depth: int) -> Any:  # noqa: ARG001 - every decoder has the same shape
    """Any JSON value, kept as it is; at most 512 levels."""
    if value.__class__ not in SCALARS:
        check_levels(value)
    return value


def check_levels(value: Any) -> None:
    """Refuse a list or dict that nests too deeply; whole levels at a time, since most are alike."""
    level: Iterable[Any] = value.values() if isinstance(value, dict) else value
    for _ in range(MAX_LEVELS):
        if SCALARS.issuperset(map(type, level)):
            return
        lists = [item for item in level if isinstance(item, (list, tuple))]
        objects = [item.values() for item in level if isinstance(item, dict)]
        level = list(chain.from_iterable((*lists, *objects)))
    raise DecodeError("", value, f"nested deeper than {MAX_LEVELS} JSON levels")


def struct(value: Any, depth: int) -> Any:
    """A JSON object of any values, kept as a dict."""
    if value.__class__ is not dict:
        raise expected(value, "an object")
    return any_value(value, depth)
