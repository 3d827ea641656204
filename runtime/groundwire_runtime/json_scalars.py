"""Scalars as OpenAPI has them, where they differ from those of proto3 JSON: numbers are never text, a date is a date."""

# Every reader and writer has the same shape, so most leave the depth unused.
# ruff: noqa: ARG001

from __future__ import annotations

import re
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from math import inf, isfinite
from typing import Any, Final, cast

from .errors import DecodeError, EncodeError
from .jsontext import Codec, read_finite
from .scalars import BYTES, converted, whole
from .uploads import FilePart

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _integer(name: str, lowest: float = -inf, highest: float = inf) -> Codec:
    def read(value: Any, depth: int) -> int:
        if value.__class__ is float and value.is_integer():  # JSON Schema: 1.0 is an integer
            number = int(value)
        elif value.__class__ is int:
            number = value
        else:
            raise DecodeError.expected(value, "an integer")
        if not lowest <= number <= highest:
            raise DecodeError("", value, f"out of the range of {name}")
        return number

    def write(value: Any, depth: int) -> str:
        number = value if value.__class__ is int else whole(value)
        if not lowest <= number <= highest:
            raise EncodeError("", value, f"out of the range of {name}")
        return _digits(number)

    return Codec(read, write)


def _digits(number: int) -> str:
    try:
        return int.__repr__(number)
    except ValueError:
        raise EncodeError("", "...", "a number of more digits than Python writes") from None


def _read_number(value: Any, depth: int) -> float:
    if value.__class__ is int or (value.__class__ is float and isfinite(value)):
        return value
    if value.__class__ is float:
        return read_finite(value)
    raise DecodeError.expected(value, "a number")


def _write_number(value: Any, depth: int) -> str:
    """Write a number as it is: a whole one stays whole, a Decimal keeps its digits."""
    if value.__class__ is float:
        if isfinite(value):
            return float.__repr__(value)
    elif isinstance(value, Decimal):
        if value.is_finite():
            return str(value)
    elif isinstance(value, bool) or not hasattr(value, "__float__"):
        raise EncodeError.expected(value, "a number")
    elif hasattr(value, "__index__"):
        return _digits(whole(value))
    elif isfinite(number := converted(value)):
        return float.__repr__(number)
    raise EncodeError("", value, "NaN and infinities are not JSON values")


def _read_day(value: Any, depth: int) -> date:
    if value.__class__ is str and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise DecodeError.expected(value, "a date such as 2026-11-28")


def _write_day(value: Any, depth: int) -> str:
    # A datetime is a date too, but its time of day would be lost.
    if not isinstance(value, date) or isinstance(value, datetime):
        raise EncodeError.expected(value, "a datetime.date")
    return f'"{value.isoformat()}"'


def _write_binary(value: Any, depth: int) -> str:
    """Write bytes as base64; in a body of several parts as a sign for a part of their own."""
    collected = PARTS.get()
    if collected is None:
        if isinstance(value, FilePart):
            raise EncodeError("", value, "a file travels in multipart/form-data alone")
        return BYTES.write(value, depth)
    if isinstance(value, (bytearray, memoryview)):
        value = bytes(cast("bytes", value))
    if not isinstance(value, (bytes, FilePart)):
        raise EncodeError.expected(value, "bytes or a FilePart of a path or an open file")
    collected.append(value)
    return f"{PART_SIGN}{len(collected) - 1}"


PARTS: Final[ContextVar[list[bytes | FilePart] | None]] = ContextVar("PARTS", default=None)
"""Gets the binary values of the body that is written; None where they are base64."""
PART_SIGN: Final = "-0e"
"""Begins the number that stands for a binary value in JSON: no codec writes another zero this way."""
BINARY: Final = Codec(BYTES.read, _write_binary)
INTEGER: Final = _integer("an integer")
INT32: Final = _integer("int32", -(2**31), 2**31 - 1)
UINT32: Final = _integer("uint32", 0, 2**32 - 1)
LONG: Final = _integer("int64", -(2**63), 2**63 - 1)
ULONG: Final = _integer("uint64", 0, 2**64 - 1)
NUMBER: Final = Codec(_read_number, _write_number)
DAY: Final = Codec(_read_day, _write_day)
