"""Where two texts differ, with a little of what is around it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Final

from attrs import frozen

from ....problem import visible

_WHOLE: Final = 90
"""Texts up to this long are shown whole."""
_AROUND: Final = 40
"""Characters before and after what differs."""
_LONGEST: Final = 300
"""Characters of what differs."""
_MORE: Final = "\u2026"


@frozen
class Excerpt:
    """One side: what both have before and after, and what only this one has."""

    before: str
    own: str
    after: str


def excerpts(old: str, new: str) -> tuple[Excerpt, Excerpt]:
    """Both sides, cut down to where they differ."""
    first, second = visible(old), visible(new)
    if not first or not second:
        return Excerpt("", _cut(first), ""), Excerpt("", _cut(second), "")
    start = _alike(zip(first, second, strict=False))
    end = _alike(zip(reversed(first[start:]), reversed(second[start:]), strict=False))
    whole = max(len(first), len(second)) <= _WHOLE
    return _excerpt(first, start, end, whole=whole), _excerpt(second, start, end, whole=whole)


def _excerpt(text: str, start: int, end: int, *, whole: bool) -> Excerpt:
    stop = len(text) - end
    before, own, after = text[:start], text[start:stop], text[stop:]
    if whole:
        return Excerpt(before, own, after)
    if len(before) > _AROUND:
        before = _MORE + before[-_AROUND:]
    if len(after) > _AROUND:
        after = after[:_AROUND] + _MORE
    return Excerpt(before, _cut(own), after)


def _alike(pairs: Iterable[tuple[str, str]]) -> int:
    """How many pairs are of one character, until the first that is not."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _cut(text: str) -> str:
    return text[:_LONGEST] + _MORE if len(text) > _LONGEST else text
