"""Scalars of proto3 JSON as JSON Schema, each in its canonical form."""

from __future__ import annotations

import math
from typing import Final

from ..ir import Kind
from .options import JsonObject, JsonValue, Options

INTEGER_RANGES: Final = {
    Kind.INT32: (-(2**31), 2**31 - 1),
    Kind.UINT32: (0, 2**32 - 1),
    Kind.INT64: (-(2**63), 2**63 - 1),
    Kind.UINT64: (0, 2**64 - 1),
}
FLOAT_MAX: Final = 3.4028235677973366e38
DURATION_MAX: Final = 315_576_000_000
"""Seconds of google.protobuf.Duration, either side of 0."""
_DOUBLE_MAX: Final = 1.7976931348623157e308
_SPECIAL: Final = ("NaN", "Infinity", "-Infinity")
_BASE64: Final = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_BOOLEANS: Final = {"true": True, "false": False}

REF: Final = "#/components/schemas/"
SHARED: Final = (
    Kind.INT64,
    Kind.UINT64,
    Kind.FLOAT,
    Kind.DOUBLE,
    Kind.BYTES,
    Kind.TIMESTAMP,
    Kind.DURATION,
)
"""Kinds with a schema in `components`, under their names; these are lower case, as no message or enum is."""


def scalar(kind: Kind, options: Options) -> JsonObject:
    """Return the schema of a kind in a body."""
    if options.types_only:
        return _type(kind)
    return {"$ref": REF + kind.value} if kind in SHARED else definition(kind)


def _type(kind: Kind) -> JsonObject:
    """Return the JSON type of a kind, without its range."""
    match kind:
        case Kind.BOOLEAN | Kind.STRUCT | Kind.ANY:
            return definition(kind)
        case Kind.INT32 | Kind.UINT32 | Kind.INTEGER | Kind.LONG | Kind.ULONG:
            return {"type": "integer"}
        case Kind.NUMBER:
            return {"type": "number"}
        case Kind.FLOAT | Kind.DOUBLE:
            return {"anyOf": [{"type": "number"}, {"type": "string", "enum": [*_SPECIAL]}]}
        case _:
            return {"type": "string"}


def definition(kind: Kind) -> JsonObject:
    """Return the schema of a kind. 64-bit integers are strings, and so are NaN and the infinities."""
    match kind:
        case Kind.BOOLEAN:
            return {"type": "boolean"}
        case Kind.INT32 | Kind.UINT32:
            low, high = INTEGER_RANGES[kind]
            return {"type": "integer", "format": kind.value, "minimum": low, "maximum": high}
        case Kind.INTEGER:
            return {"type": "integer"}
        case Kind.LONG | Kind.ULONG:
            return {"type": "integer", "format": "int64" if kind is Kind.LONG else "uint64"}
        case Kind.NUMBER:
            return {"type": "number"}
        case Kind.DAY:
            return {"type": "string", "format": "date"}
        case Kind.INT64 | Kind.UINT64:
            return {
                "type": "string",
                "format": kind.value,
                "pattern": f"^({integers(*INTEGER_RANGES[kind])})$",
            }
        case Kind.FLOAT | Kind.DOUBLE:
            return {"oneOf": [number(kind), {"type": "string", "enum": [*_SPECIAL]}]}
        case Kind.BYTES:
            return {"type": "string", "contentEncoding": "base64", "pattern": _BASE64}
        case Kind.TIMESTAMP:
            return {"type": "string", "format": "date-time"}
        case Kind.DURATION:
            seconds = integers(-DURATION_MAX, DURATION_MAX)
            return {
                "type": "string",
                "format": "google-duration",
                "pattern": f"^({seconds}|-0)(\\.[0-9]{{1,9}})?s$",
            }
        case Kind.FIELD_MASK:
            return {"type": "string", "format": "google-fieldmask"}
        case Kind.STRUCT:
            return {"type": "object"}
        case Kind.ANY:
            return {}
        case _:
            return {"type": "string"}


def number(kind: Kind) -> JsonObject:
    """Return the schema of the finite values of a floating-point kind."""
    most = FLOAT_MAX if kind is Kind.FLOAT else _DOUBLE_MAX
    return {"type": "number", "format": kind.value, "minimum": -most, "maximum": most}


def integers(low: int, high: int) -> str:
    """Return a regular expression for the integers of a range that holds 0, without leading zeros."""
    positive = _up_to(high)
    if low == 0:
        return f"0|{positive}"
    negative = _up_to(-low)
    return f"0|-?({positive})" if negative == positive else f"0|{positive}|-({negative})"


def _up_to(high: int) -> str:
    """Return an expression for 1 to `high`: fewer digits first, then each length of a common prefix."""
    digits = str(high)
    rest = len(digits) - 1
    parts = [f"[1-9][0-9]{{0,{rest - 1}}}"] if rest else []
    for index, digit in enumerate(map(int, digits)):
        least = 1 if index == 0 else 0
        if digit > least:
            left = rest - index
            tail = f"[0-9]{{{left}}}" if left else ""
            parts.append(f"{digits[:index]}[{least}-{digit - 1}]{tail}")
    return "|".join([*parts, digits])


def canonical(kind: Kind, value: bool | int | float | str) -> JsonValue:
    """Return a default as it is sent; documents write most as strings. None if it is not a value of the kind."""
    if kind is Kind.BOOLEAN:
        return value if isinstance(value, bool) else _BOOLEANS.get(str(value).lower())
    if isinstance(value, bool):
        return None
    if kind in INTEGER_RANGES:
        return _integer(kind, value)
    if kind in (Kind.FLOAT, Kind.DOUBLE):
        return _float(kind, value)
    return value if isinstance(value, str) or kind is Kind.ANY else None


def _integer(kind: Kind, value: float | str) -> JsonValue:
    try:
        integer = int(value)
    except (ValueError, OverflowError):
        return None
    low, high = INTEGER_RANGES[kind]
    if not low <= integer <= high or (isinstance(value, float) and not value.is_integer()):
        return None
    return str(integer) if kind in (Kind.INT64, Kind.UINT64) else integer


def _float(kind: Kind, value: float | str) -> JsonValue:
    if value in _SPECIAL:
        return value
    try:
        number = float(value) if isinstance(value, str) else value
        finite = math.isfinite(number)
    except (ValueError, OverflowError):
        return None
    most = FLOAT_MAX if kind is Kind.FLOAT else _DOUBLE_MAX
    return number if finite and abs(number) <= most else None
