"""JSON values as JSON Schema compares and names them (JSON Schema 2020-12, core 4.2)."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any, Final, cast

TYPES: Final = ("null", "boolean", "integer", "number", "string", "array", "object")
_LONGEST: Final = 60


def is_number(value: Any) -> bool:
    """Return True for a JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def has_type(value: Any, name: str, *, whole_floats: bool = True) -> bool:
    """Return True for a value of a JSON type. `whole_floats`: 1.0 is an integer, as JSON Schema has it since draft 6."""
    match name:
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            if isinstance(value, float):
                return whole_floats and value.is_integer()
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return is_number(value)
        case "string":
            return isinstance(value, str)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case _:
            return False


def same(one: Any, other: Any) -> bool:
    """Return True for two equal JSON values: 1 is 1.0, and true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        left, right = cast("dict[str, Any]", one), cast("dict[str, Any]", other)
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(one, list) and isinstance(other, list):
        first: list[Any] = one
        second: list[Any] = other
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def canonical(value: Any) -> str:
    """Return a text that equal JSON values share."""
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        items: list[Any] = value
        return list(map(_plain, items))
    return int(value) if isinstance(value, float) and value.is_integer() else value


def is_multiple(value: float, step: float) -> bool:
    """Return True for a multiple, by the decimal digits of both: 0.3 is one of 0.1."""
    try:
        return not step or not Fraction(repr(value)) % Fraction(repr(step))
    except (ValueError, OverflowError):
        return False


def quoted(value: Any) -> str:
    """Return a value as short JSON, for a message."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
