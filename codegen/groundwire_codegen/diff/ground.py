"""The context of every comparison: both APIs, and the methods that reach each type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import TypeVar

from attrs import frozen

from ..ir import Api
from .change import Change, Place
from .fits import Fit
from .reach import Reach, reached

T = TypeVar("T")
_ALIKE = 0.8
"""Minimum similarity of two names that may be one, corrected."""


@frozen
class Ground:
    """An API before and after, and the reach of each message and enum by name on both sides together."""

    old: Api
    new: Api
    reach: Mapping[str, Reach]

    @property
    def fit(self) -> Fit:
        """The comparison of types of the old side with those of the new one."""
        return Fit.of(self.old, self.new)

    def of(self, *names: str) -> Reach:
        """The reach of something that has one name, or one on each side."""
        found = Reach()
        for name in names:
            found = found.joined(self.reach.get(name, Reach()))
        return found


def ground(old: Api, new: Api) -> Ground:
    """The ground of two sides."""
    before, after = reached(old), reached(new)
    names = before.keys() | after.keys()
    return Ground(
        old, new, {name: before.get(name, Reach()).joined(after.get(name, Reach())) for name in names}
    )


def text_changes(
    place: Place, subject: str, old: tuple[str, bool], new: tuple[str, bool]
) -> Iterator[Change]:
    """Changes of docs and deprecation; each side is its text and whether it is deprecated."""
    if old[0] != new[0]:
        yield place.change(f"{subject}.docs", old[0], new[0])
    if old[1] != new[1]:
        yield place.change(f"{subject}.deprecated", _deprecated(old[1]), _deprecated(new[1]))


def _deprecated(flag: bool) -> str:
    return "deprecated" if flag else "in use"


def same_shape(gone: Mapping[str, T], come: Mapping[str, T]) -> Iterator[tuple[str, str]]:
    """Pairs of a gone key and a new one whose values are equal, when neither has a second candidate."""
    before, after = _by_value(gone), _by_value(come)
    for value, keys in before.items():
        if len(keys) == 1 and len(after.get(value, ())) == 1:
            yield keys[0], after[value][0]


def _by_value(values: Mapping[str, T]) -> dict[T, list[str]]:
    found: dict[T, list[str]] = {}
    for key, value in sorted(values.items()):
        found.setdefault(value, []).append(key)
    return found


def alike(gone: Iterable[str], come: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of a gone name and a new one that differ by a few letters, each name in one pair at the most."""
    left = sorted(come)
    for name in sorted(gone):
        best = max(left, key=lambda other: (_ratio(name, other), other), default="")
        if best and _ratio(name, best) >= _ALIKE:
            left.remove(best)
            yield name, best


def _ratio(first: str, second: str) -> float:
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= _ALIKE else 0.0
