"""Compare two types: their values and their annotations."""

from __future__ import annotations

from typing import Final, Literal

from ..ir import Kind, ListOf, MapOf, Packed, Scalar, TypeRef, leaf
from ..render.annotations import annotation

Step = Literal["same", "annotation", "widened", "narrowed", "form"]
"""From one type to another: `form` is neither wider nor narrower under one annotation."""
_WIDER: Final = frozenset(
    {
        (Kind.INT32, Kind.INT64),
        (Kind.UINT32, Kind.INT64),
        (Kind.UINT32, Kind.UINT64),
        (Kind.FLOAT, Kind.DOUBLE),
        (Kind.DATE, Kind.STRING),
        (Kind.DATE_TIME, Kind.STRING),
    }
)
_TEXTS: Final = frozenset({Kind.STRING, Kind.DATE, Kind.DATE_TIME})
"""Texts that the client takes whatever they say."""
_QUOTED: Final = frozenset({Kind.INT64, Kind.UINT64})
"""Whole numbers that JSON holds as text."""


def step(old: TypeRef, new: TypeRef) -> Step:
    """Return the kind of a change of type."""
    if old == new:
        return "same"
    if annotation(old) != annotation(new):
        return "annotation"
    if isinstance(old, ListOf) and isinstance(new, ListOf):
        return step(old.item, new.item)
    if isinstance(old, MapOf) and isinstance(new, MapOf):
        return step(old.value, new.value)
    if isinstance(old, Scalar) and isinstance(new, Scalar):
        if (old.kind, new.kind) in _WIDER:
            return "widened"
        return "form" if new.kind in _TEXTS else "narrowed"
    return "form"


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
