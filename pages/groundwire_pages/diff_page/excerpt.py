"""The part in which two texts differ, with some context around it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Final

from attrs import frozen

from ..kit.element import visible

_LONGEST_UNCUT: Final = 90
"""Characters up to which texts are shown in full."""
_CONTEXT: Final = 40
"""Characters of context before and after the difference."""
_LONGEST: Final = 300
"""Characters of the difference."""
_ELLIPSIS: Final = "\u2026"


@frozen
class Excerpt:
    """One side: the common text before and after, and the text that only this side has."""

    before: str
    own: str
    after: str


def excerpts(old: str, new: str) -> tuple[Excerpt, Excerpt]:
    """Return both sides, cut to where they differ."""
    first, second = visible(old), visible(new)
    if not first or not second:
        return Excerpt("", _cut(first), ""), Excerpt("", _cut(second), "")
    start = _common_length(zip(first, second, strict=False))
    end = _common_length(zip(reversed(first[start:]), reversed(second[start:]), strict=False))
    uncut = max(len(first), len(second)) <= _LONGEST_UNCUT
    return _excerpt(first, start, end, uncut=uncut), _excerpt(second, start, end, uncut=uncut)


def _excerpt(text: str, start: int, end: int, *, uncut: bool) -> Excerpt:
    stop = len(text) - end
    before, own, after = text[:start], text[start:stop], text[stop:]
    if uncut:
        return Excerpt(before, own, after)
    if len(before) > _CONTEXT:
        before = _ELLIPSIS + before[-_CONTEXT:]
    if len(after) > _CONTEXT:
        after = after[:_CONTEXT] + _ELLIPSIS
    return Excerpt(before, _cut(own), after)


def _common_length(pairs: Iterable[tuple[str, str]]) -> int:
    """Count the leading pairs of equal characters."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _cut(text: str) -> str:
    return text[:_LONGEST] + _ELLIPSIS if len(text) > _LONGEST else text
