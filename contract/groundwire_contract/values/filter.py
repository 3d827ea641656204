"""Filters of collections."""

# Operands are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from attrs import field, frozen

from .elements import Element, Unknown, Value, element
from .limits import own_parts
from .problem import ExpressionError, unsupported
from .steps import spend_comparison

_ALL: Final = ".all"
GEOMETRY: Final = ".geo"
_PARTS: Final = 16
"""Parts of an operand that cost as much as a comparison."""


@frozen(eq=False)
class Filter:
    """A condition on an element."""

    name: str
    passes: Callable[[Value], bool] = field(repr=False)
    tests: int = 1
    """Comparisons of one element, at most."""
    joins: Callable[[Value, Value], bool] | None = field(default=None, repr=False)
    """The condition on an element of one collection and one of another; None if the filter has none."""
    measure: Callable[[Value, Value], float] | None = field(default=None, repr=False)
    """The distance of two elements; None if the filter does not measure."""


def operand(value: Value, name: str) -> Value:
    """Return the field of an element, or a member of a dictionary in a list."""
    if name in (_ALL, GEOMETRY):
        found = element(value)
        return None if found is None else found.geometry
    if isinstance(value, Element):
        found = value.get(name)
        if isinstance(found, Unknown):
            raise unsupported(found.name)
        return found
    if isinstance(value, dict):
        return value.get(name)
    if name == "item":
        return value
    raise unsupported(f"a filter on {type(value).__name__}")


def binary(name: str, test: Callable[[Any, Any], bool], values: tuple[Value, ...]) -> Filter:
    """Return a filter of two operands, each a field or a value. An operand that is missing does not pass.

    `values` are leftField, rightValue, rightField and leftValue. Raises ExpressionError unless each side has one.
    """
    left_field, right_value, right_field, left_value = values
    for side, name_, value in (("left", left_field, left_value), ("right", right_field, right_value)):
        if (name_ is None) == (value is None):
            raise ExpressionError(f"{name}: One of '{side}Field' and '{side}Value' must be specified.")

    def joins(one: Value, other: Value) -> bool:
        left = left_value if left_field is None else operand(one, left_field)
        right = right_value if right_field is None else operand(other, right_field)
        if left is None or right is None:
            return False
        spend_comparison(left, right)
        return test(left, right)

    tests = 1 + sum(map(own_parts, values)) // _PARTS
    return Filter(name, lambda item: joins(item, item), tests, joins)
