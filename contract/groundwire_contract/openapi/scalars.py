"""Scalars of proto3 JSON as JSON Schema: the one form that is canonical, where the service takes several."""

from __future__ import annotations

from typing import Final

from groundwire_codegen.ir import Kind

from ..exchange import JsonObject
from ..validate.scalars import DURATION_MAX, FLOAT_MAX, INTEGER_RANGES

_DOUBLE_MAX: Final = 1.7976931348623157e308
_SPECIAL: Final = ("NaN", "Infinity", "-Infinity")
_BASE64: Final = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"


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
"""Kinds that have a schema of their own, by their names; lower case, as no message or enum is."""


def scalar(kind: Kind) -> JsonObject:
    """The schema of a kind in a body."""
    return {"$ref": REF + kind.value} if kind in SHARED else definition(kind)


def definition(kind: Kind) -> JsonObject:
    """What a kind is: 64-bit integers are text, and so are NaN and the infinities."""
    match kind:
        case Kind.BOOLEAN:
            return {"type": "boolean"}
        case Kind.INT32 | Kind.UINT32:
            low, high = INTEGER_RANGES[kind]
            return {"type": "integer", "format": kind.value, "minimum": low, "maximum": high}
        case Kind.INT64 | Kind.UINT64:
            return {"type": "string", "format": kind.value, "pattern": f"^({whole(*INTEGER_RANGES[kind])})$"}
        case Kind.FLOAT | Kind.DOUBLE:
            return {"oneOf": [number(kind), {"type": "string", "enum": [*_SPECIAL]}]}
        case Kind.BYTES:
            return {"type": "string", "contentEncoding": "base64", "pattern": _BASE64}
        case Kind.TIMESTAMP:
            return {"type": "string", "format": "date-time"}
        case Kind.DURATION:
            seconds = whole(-DURATION_MAX, DURATION_MAX)
            return {"type": "string", "pattern": f"^({seconds}|-0)(\\.[0-9]{{1,9}})?s$"}
        case Kind.STRUCT:
            return {"type": "object"}
        case Kind.ANY:
            return {}
        case _:
            return {"type": "string"}


def number(kind: Kind) -> JsonObject:
    """The finite values of a floating-point kind."""
    most = FLOAT_MAX if kind is Kind.FLOAT else _DOUBLE_MAX
    return {"type": "number", "format": kind.value, "minimum": -most, "maximum": most}


def whole(low: int, high: int) -> str:
    """An expression that matches just the whole numbers of a range in which 0 lies, without needless zeros."""
    positive = _up_to(high)
    if low == 0:
        return f"0|{positive}"
    negative = _up_to(-low)
    return f"0|-?({positive})" if negative == positive else f"0|{positive}|-({negative})"


def _up_to(high: int) -> str:
    """An expression for 1 to `high`: all that is shorter, then by how many of the first digits are the same."""
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
