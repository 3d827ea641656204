"""Compare two types: their values and their annotations."""

from __future__ import annotations

from itertools import zip_longest
from typing import Final, Literal

from ..ir import (
    Const,
    Kind,
    Packed,
    Scalar,
    TypeRef,
    UnionOf,
    inner_types,
    leaf,
)
from ..render.annotations import annotation
from .change import Direction
from .fits import WIDER, Fit

Step = Literal["same", "annotation", "takes-more", "gives-less", "widened", "told-apart", "form", "narrowed"]
"""From one type to another: `form` is neither wider nor narrower under one annotation."""
_WORST: Final[tuple[Step, ...]] = ("same", "widened", "told-apart", "form", "narrowed")
_TEXTS: Final = frozenset({Kind.STRING, Kind.DATE, Kind.DATE_TIME})
"""Texts that the client takes whatever they say."""
_QUOTED: Final = frozenset({Kind.INT64, Kind.UINT64})
"""Whole numbers that JSON holds as text."""


def step(old: TypeRef, new: TypeRef, direction: Direction = Direction.BOTH, fit: Fit = Fit()) -> Step:  # noqa: B008 - a frozen value
    """Return the kind of a change of type, of values that travel in this direction.

    Of values that are only sent, another annotation is harmless if it takes all that the old one took; of those that are only
    received, if the old one had all that the new one gives.
    """
    if old == new:
        return "same"
    if annotation(old) == annotation(new):
        return _values(old, new)
    if direction is Direction.SENT and fit.type(old, new):
        return "takes-more"
    if direction is Direction.RECEIVED and fit.back.type(new, old):
        return "gives-less"
    return "annotation"


def _values(old: TypeRef, new: TypeRef) -> Step:
    """Return the kind of a change of two types with one annotation."""
    if old == new:
        return "same"
    if isinstance(old, Scalar) and isinstance(new, Scalar):
        if (old.kind, new.kind) in WIDER:
            return "widened"
        return "form" if new.kind in _TEXTS or old.kind is Kind.NUMBER else "narrowed"
    if type(old) is not type(new) or isinstance(old, (Packed, Const)):
        return "form"
    found: list[Step] = [
        "form" if one is None or other is None else _values(one, other)
        for one, other in zip_longest(inner_types(old), inner_types(new))
    ]
    if isinstance(old, UnionOf) and isinstance(new, UnionOf) and old.discrimination != new.discrimination:
        found.append("told-apart")
    return max(found, key=_WORST.index) if found else "form"


def rewritten(old: TypeRef, new: TypeRef) -> bool:
    """Return True if JSON quotes a number that it did not quote before, or the other way round."""
    return _is_quoted(old) != _is_quoted(new)


def _is_quoted(type_: TypeRef) -> bool:
    inner = leaf(type_)
    return isinstance(inner, Scalar) and inner.kind in _QUOTED


def shown(type_: TypeRef) -> str:
    """A type as text: its annotation, with the kind where the annotation hides it."""
    text = annotation(type_).text
    inner = leaf(type_)
    if isinstance(inner, Packed):
        return f"{text} ({', '.join(url for url, _ in inner.types)})" if inner.types else text
    return f"{text} ({inner.kind})" if isinstance(inner, Scalar) and str(inner.kind) not in text else text
