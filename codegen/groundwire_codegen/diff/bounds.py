"""Bounds: whether rules that a value keeps when it is sent became tighter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

import attrs

from ..ir import Rules

_LOW: Final = ("minimum", "exclusive_minimum", "min_length")
_HIGH: Final = ("maximum", "max_length", "max_items")
_OTHERS: Final = ("pattern", "multiple_of", "members")


def steps(old: Rules, new: Rules) -> Iterator[tuple[str, bool, str, str]]:
    """Each bound that differs: its name, whether it became tighter, and both values as text."""
    for name in (*_LOW, *_HIGH, *_OTHERS):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield name, _tighter(name, before, after), text(name, before), text(name, after)


def _tighter(name: str, old: object, new: object) -> bool:
    """Whether values that were taken may be refused."""
    if new is None or new == ():
        return False
    if old is None or old == () or name in ("pattern", "multiple_of"):
        return True
    if name == "members":
        return not set(_texts(old)) <= set(_texts(new))
    return _number(new) > _number(old) if name in _LOW else _number(new) < _number(old)


def _number(value: object) -> float:
    return value if isinstance(value, (int, float)) else 0


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, cast("tuple[object, ...]", value))) if isinstance(value, tuple) else ()


def text(name: str, value: object) -> str:
    """A bound in words; nothing for none."""
    if value is None or value == ():
        return ""
    shown = ", ".join(_texts(value)) or str(value)
    return f"{name} {shown}"


def is_refused(rules: Rules) -> bool:
    """Whether any bound is stated besides `required`."""
    return attrs.evolve(rules, required=False).present
