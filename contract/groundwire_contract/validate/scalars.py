"""Scalars of proto3 JSON as the service parses them, with the type names in its errors."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from groundwire_codegen.ir import Kind
from groundwire_codegen.schema.scalars import DURATION_MAX, FLOAT_MAX, INTEGER_RANGES

from ..exchange import JsonValue

_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,400})(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,4})?")
_DURATION: Final = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,9})?s")
_TIMESTAMP: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-5][0-9])"
)
_TRUE: Final = frozenset({"true", "t", "yes", "y", "1"})
_FALSE: Final = frozenset({"false", "f", "no", "n", "0"})
_SPECIAL: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

TYPE_NAMES: Final[Mapping[Kind, str]] = {
    Kind.STRING: "TYPE_STRING",
    Kind.BOOLEAN: "TYPE_BOOL",
    Kind.INT32: "TYPE_INT32",
    Kind.UINT32: "TYPE_UINT32",
    Kind.INT64: "TYPE_INT64",
    Kind.UINT64: "TYPE_UINT64",
    Kind.FLOAT: "TYPE_FLOAT",
    Kind.DOUBLE: "TYPE_DOUBLE",
    Kind.BYTES: "TYPE_BYTES",
    Kind.TIMESTAMP: "type.googleapis.com/google.protobuf.Timestamp",
    Kind.DURATION: "type.googleapis.com/google.protobuf.Duration",
    Kind.FIELD_MASK: "type.googleapis.com/google.protobuf.FieldMask",
    Kind.DATE: "TYPE_STRING",
    Kind.DATE_TIME: "TYPE_STRING",
    Kind.ANY: "type.googleapis.com/google.protobuf.Value",
    Kind.STRUCT: "type.googleapis.com/google.protobuf.Struct",
}
"""The type in `Invalid value at 'path' (...)`."""


class UnreadableError(ValueError):
    """A value of the wrong kind; `note` replaces the quoted value in the error."""

    def __init__(self, note: str | None = None) -> None:
        self.note = note
        super().__init__(note or "unreadable")


def _string(value: JsonValue) -> JsonValue:
    if isinstance(value, str) and (value.isascii() or _is_unicode(value)):
        return value
    raise UnreadableError


def _is_unicode(text: str) -> bool:
    """Return True if text can be encoded as UTF-8, that is without lone surrogates."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _boolean(value: JsonValue) -> JsonValue:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        lowered = value.lower()
        if lowered in _TRUE:
            return True
        if lowered in _FALSE:
            return False
    raise UnreadableError


def _integer(low: int, high: int) -> Callable[[JsonValue], JsonValue]:
    def read(value: JsonValue) -> JsonValue:
        number = _whole(value)
        if low <= number <= high:
            return number
        raise UnreadableError

    return read


def _whole(value: JsonValue) -> int:
    if isinstance(value, bool):
        raise UnreadableError
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        try:
            exact = Decimal(value)
        except InvalidOperation as error:
            raise UnreadableError from error
        # Values in range have up to 20 digits; an exponent may be huge.
        if exact.adjusted() < 20 and exact == exact.to_integral_value():
            return int(exact)
    raise UnreadableError


def _real(largest: float) -> Callable[[JsonValue], JsonValue]:
    def read(value: JsonValue) -> JsonValue:
        if isinstance(value, bool):
            raise UnreadableError
        if isinstance(value, str):
            if value in _SPECIAL:
                return _SPECIAL[value]
            if not _NUMBER.fullmatch(value):
                raise UnreadableError
            value = float(value)
        if isinstance(value, int | float) and -largest <= value <= largest:
            return value
        raise UnreadableError

    return read


def _bytes(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        plain = value.rstrip("=").replace("-", "+").replace("_", "/")
        try:
            base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        except (binascii.Error, ValueError) as error:
            raise UnreadableError from error
        return value
    raise UnreadableError


def _timestamp(value: JsonValue) -> JsonValue:
    if not isinstance(value, str):
        raise UnreadableError
    match = _TIMESTAMP.fullmatch(value)
    if match is None:
        raise UnreadableError(
            "Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset."
        )
    try:
        datetime.fromisoformat(match[1] + match[2]).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableError("Invalid time format: " + value) from error
    return value


def _duration(value: JsonValue) -> JsonValue:
    if not isinstance(value, str):
        raise UnreadableError
    if not _DURATION.fullmatch(value):
        raise UnreadableError("Illegal duration format; duration must end with 's'")
    if abs(int(value[:-1].partition(".")[0])) > DURATION_MAX:
        raise UnreadableError("Duration value exceeds limits")
    return value


def _mapping(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return value
    raise UnreadableError


def _mask(value: JsonValue) -> JsonValue:
    """Parse a field mask. The official clients send an object with `paths` (ee/data.py updateAsset)."""
    if isinstance(value, dict) and value.keys() == {"paths"} and isinstance(value["paths"], list):
        return {"paths": [_string(path) for path in value["paths"]]}
    return _string(value)


def _anything(value: JsonValue) -> JsonValue:
    return value


READERS: Final[Mapping[Kind, Callable[[JsonValue], JsonValue]]] = {
    Kind.STRING: _string,
    Kind.BOOLEAN: _boolean,
    **{kind: _integer(low, high) for kind, (low, high) in INTEGER_RANGES.items()},
    Kind.FLOAT: _real(FLOAT_MAX),
    Kind.DOUBLE: _real(1.7976931348623157e308),
    Kind.BYTES: _bytes,
    Kind.TIMESTAMP: _timestamp,
    Kind.DURATION: _duration,
    Kind.FIELD_MASK: _mask,
    Kind.DATE: _string,
    Kind.DATE_TIME: _string,
    Kind.ANY: _anything,
    Kind.STRUCT: _mapping,
}
"""Parsers by kind. Each takes a JSON value, neither null nor a list, and returns a Python value: 64-bit
integers as int, bytes and times as sent. Raises UnreadableError."""
PLAIN: Final[Mapping[Kind, type]] = {
    Kind.STRING: str,
    Kind.DATE: str,
    Kind.DATE_TIME: str,
    Kind.BOOLEAN: bool,
    Kind.ANY: object,
}
"""Kinds whose parser returns a value of a class as it is, with that class; a text only if it is ASCII."""
