"""Functions that choose, compare or name any value."""

# Values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import math
from typing import Final

from ..coercion import is_number, type_name
from ..elements import Unknown, Value
from ..evaluation import Work
from ..problem import unsupported
from ..signature import Library

LIBRARY: Final = Library()


@LIBRARY.add("If(condition?: Object, trueCase?: Object, falseCase?: Object)", lazy=True)
def if_(condition: Work | None, true_case: Work | None, false_case: Work | None) -> Work:
    """Return one of two values; the other is not computed."""
    value: Value = None
    if condition is not None:
        (value,) = yield condition
    if isinstance(value, Unknown):
        raise unsupported(value.name)
    chosen = true_case if _is_true(value) else false_case
    return None if chosen is None else (yield chosen)[0]


def _is_true(value: Value) -> bool:
    if is_number(value):
        return bool(value != 0 and not math.isnan(value))
    return bool(value) if isinstance(value, bool | str | tuple | dict) else value is not None


@LIBRARY.add("IsEqual(left?: Object, right?: Object)")
def is_equal(left: Value, right: Value) -> bool:
    """Compare two values."""
    return bool(left == right)


@LIBRARY.add("ObjectType(value?: Object)")
def object_type(value: Value) -> str:
    """Return the name of a value's type."""
    return type_name(value)


@LIBRARY.add('ErrorMargin(value?: Float, unit?: String = "meters")')
def error_margin(value: Value, unit: str) -> Value:
    """Return an error margin; bounds and intersections are exact here."""
    return {"type": "ErrorMargin", "unit": unit, "value": value}
