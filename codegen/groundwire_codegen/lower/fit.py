"""Rules of the overlay that do not fit the type of their field: a bound of numbers on a text, members of no union."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ..ir import EnumRef, Kind, ListOf, MapOf, MessageRef, Scalar, TypeRef
from ..problem import Problem
from ..read.safe_regex import is_linear

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .shapes import Property, Shape, Shapes

WHOLE: Final = frozenset({Kind.INT32, Kind.INT64, Kind.UINT32, Kind.UINT64})
NUMBERS: Final = WHOLE | {Kind.DOUBLE, Kind.FLOAT}
TEXT: Final = ("a text", frozenset({Kind.STRING}))
NUMBER: Final = ("a number", NUMBERS)
SCALAR_RULES: Final = {
    "minimum": NUMBER,
    "maximum": NUMBER,
    "exclusive_minimum": NUMBER,
    "min_length": TEXT,
    "max_length": TEXT,
    "pattern": TEXT,
    "request_id": TEXT,
}
FREE: Final = (Scalar(Kind.ANY), Scalar(Kind.STRUCT))
"""Types of which an object may be a value: it could not be told from a wrapper."""
COUNTS: Final = ("min_length", "max_length", "max_items")


def misfits(shapes: Shapes) -> Iterator[Problem]:
    """Every such rule of the messages that were reached."""
    for shape in shapes.shapes.values():
        for found in shape.properties.values():
            for key, message in _faults(found, shape, shapes.shapes):
                yield Problem("overlay", f"{found.rule.pointer}/{key}", message)


def _faults(found: Property, shape: Shape, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, str]]:
    rule, type_ = found.rule, found.type
    stated = {
        **rule.bounds,
        **({} if rule.pattern is None else {"pattern": rule.pattern}),
        **({"request_id": True} if rule.request_id else {}),
    }
    for key in stated:
        what, kinds = SCALAR_RULES.get(key, ("", frozenset[Kind]()))
        if what and not (isinstance(type_, Scalar) and type_.kind in kinds):
            yield key, f"the field is not {what}"
    if "max_items" in stated and not isinstance(type_, (ListOf, MapOf)):
        yield "max_items", "the field is neither a list nor a map"
    for key in COUNTS:
        count = rule.bounds.get(key, 0)
        if count < 0 or count != int(count):
            yield key, f"{count} is not a count"
    if rule.pattern is not None and not is_linear(rule.pattern):
        hint = "use anchors, literals, classes and repeats that do not overlap"
        yield "pattern", f"{rule.pattern[:80]!r} cannot be run in linear time: {hint}"
    if rule.wrapper and (not isinstance(type_, (EnumRef, Scalar)) or type_ in FREE):
        yield "wrapper", "the field is neither a scalar nor an enum"
    if rule.enum is not None and not _holds_enum(type_):
        yield "enum", "the field is no enum"
    if rule.members:
        yield from _member_faults(found, shapes)
    if rule.multiple_of is not None:
        sibling = shape.properties.get(rule.multiple_of)
        whole = sibling is not None and isinstance(sibling.type, Scalar) and sibling.type.kind in WHOLE
        if not whole or not isinstance(type_, MessageRef):
            yield "multiple_of", "the field is no message, or the other one no whole number"


def _member_faults(found: Property, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, str]]:
    target = shapes.get(found.type.name) if isinstance(found.type, MessageRef) else None
    known = (
        {wire for union in target.rule.unions.values() for wire in union.members} if target else set[str]()
    )
    if not known:
        yield "members", "the field holds no union"
        return
    for wire in found.rule.members:
        if wire not in known:
            yield "members", f"the rule matches nothing: the union has no member {wire!r}"


def _holds_enum(type_: TypeRef) -> bool:
    if isinstance(type_, ListOf):
        return _holds_enum(type_.item)
    return _holds_enum(type_.value) if isinstance(type_, MapOf) else isinstance(type_, EnumRef)
