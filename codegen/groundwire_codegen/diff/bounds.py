"""Compare bounds on values that are sent: tighter or looser."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Final, cast

from attrs import evolve

from ..ir import NO_RULES, Rules

_LOW: Final = ("minimum", "exclusive_minimum", "min_length", "min_items")
_HIGH: Final = ("maximum", "exclusive_maximum", "max_length", "max_items")
_WORDS: Final = {"divides_into": "multiple_of", "only": "members"}
"""Bounds that the overlay calls otherwise."""
_OTHERS: Final = ("multiple_of", "pattern", "divides_into", "only")


def steps(old: Rules, new: Rules) -> Iterator[tuple[str, bool, str, str]]:
    """Each bound that differs, those of items too: its name, whether it became tighter, and both values as text."""
    for name in (*_LOW, *_HIGH, *_OTHERS):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield name, _tighter(name, before, after), text(name, before), text(name, after)
    if old.items != new.items:
        for name, tighter, was, now in steps(old.items or NO_RULES, new.items or NO_RULES):
            yield f"items.{name}", tighter, _of_items(was), _of_items(now)

    for place, (one, other) in enumerate(zip_longest(old.places, new.places, fillvalue=NO_RULES), 1):
        for name, tighter, was, now in steps(one, other) if one != other else ():
            yield f"places.{place}.{name}", tighter, _of_place(was, place), _of_place(now, place)


def _of_place(words: str, place: int) -> str:
    return f"{words} of item {place}" if words else ""


def enforced(rules: Rules) -> Rules:
    """Return the bounds that a client checks: without patterns that may take more than linear time."""
    held = rules if rules.pattern_is_linear else evolve(rules, pattern=None)
    held = evolve(held, places=tuple(map(enforced, held.places))) if held.places else held
    return held if held.items is None else evolve(held, items=enforced(held.items))


def _of_items(words: str) -> str:
    return f"{words} of each item" if words else ""


def _tighter(name: str, old: object, new: object) -> bool:
    """Return True if values that were taken may be refused."""
    if new is None or new == ():
        return False
    if old is None or old == () or name in ("pattern", "divides_into"):
        return True
    if name == "multiple_of":
        return _number(old) % _number(new) != 0
    if name == "only":
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
    return f"{_WORDS.get(name, name)} {shown}"
