"""Codecs of scalars in proto3 JSON. Each reader accepts every form that proto3 JSON allows.

Source: https://protobuf.dev/programming-guides/json/
"""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import base64
import operator
import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from math import isfinite, isinf, isnan
from typing import Any, Final

from .errors import DecodeError, EncodeError
from .jsontext import Codec, quote
from .times import Duration, Timestamp

_INTEGER: Final = re.compile(r"-?(?:0|[1-9]\d{0,19})", re.ASCII)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_LONGEST: Final = 1_000
"""Characters of a number that is written as text."""
_SPECIAL: Final = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_FLOAT_MAX: Final = 3.4028235677973366e38
_MASK_PATH: Final = re.compile(r"[a-z][a-zA-Z0-9]*(?:\.[a-z][a-zA-Z0-9]*)*|\*", re.ASCII)

# Every reader and writer has the same shape, so most leave the depth unused.
# ruff: noqa: ARG001


def _read_string(value: Any, depth: int) -> str:
    if value.__class__ is str:
        return value
    raise DecodeError.expected(value, "a string")


def _write_string(value: Any, depth: int) -> str:
    if value.__class__ is str or isinstance(value, str):
        return quote(value)
    raise EncodeError.expected(value, "a str")


def _read_boolean(value: Any, depth: int) -> bool:
    if value is True or value is False:
        return value
    raise DecodeError.expected(value, "true or false")


def _write_boolean(value: Any, depth: int) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    raise EncodeError.expected(value, "a bool")


def whole(value: Any) -> int:
    """Return an int, or what stands for one exactly (a NumPy integer); never a bool. Raises EncodeError."""
    if value.__class__ is int:
        return value
    if isinstance(value, bool):
        raise EncodeError.expected(value, "an int, not a bool")
    try:
        return operator.index(value)
    except TypeError:
        raise EncodeError.expected(value, "an int") from None


def _integer(name: str, lowest: int, highest: int, text: str) -> Codec:
    def read(value: Any, depth: int) -> int:
        if value.__class__ is int:
            number = value
        elif value.__class__ is str and _INTEGER.fullmatch(value):
            number = int(value)
        elif (exact := _whole_number(value)) is not None:
            number = exact
        else:
            raise DecodeError.expected(value, f"an {name}")
        if not lowest <= number <= highest:
            raise DecodeError("", value, f"out of the range of {name}")
        return number

    def write(value: Any, depth: int) -> str:
        number = value if value.__class__ is int else whole(value)
        if lowest <= number <= highest:
            return text % number
        raise EncodeError("", value, f"out of the range of {name}")

    return Codec(read, write)


def _whole_number(value: Any) -> int | None:
    """The int that a float, or text with a fraction or an exponent, stands for exactly; None for anything else."""
    if value.__class__ is float:
        return int(value) if value.is_integer() else None
    if value.__class__ is not str or len(value) > _LONGEST or not _NUMBER.fullmatch(value):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:  # an exponent beyond any number
        return None
    # No integer type has more digits; a larger one would take memory in proportion to its exponent.
    return int(number) if number.adjusted() < 20 and number == number.to_integral_value() else None


def _read_double(value: Any, depth: int) -> float:
    """Read a number, numeric text, or one of `"NaN"`, `"Infinity"`, `"-Infinity"`."""
    if value.__class__ is float:
        number = value
    elif value.__class__ is int:
        try:
            number = float(value)
        except OverflowError:
            raise DecodeError("", value, "out of the range of a double") from None
    elif value.__class__ is str and value in _SPECIAL:
        return _SPECIAL[value]
    elif value.__class__ is str and len(value) <= _LONGEST and _NUMBER.fullmatch(value):
        number = float(value)
    else:
        raise DecodeError.expected(value, "a number")
    if isinf(number):
        raise DecodeError("", value, "out of the range of a double")
    return number


def _write_double(value: Any, depth: int) -> str:
    """Write a float or an int; NaN and infinities travel as strings."""
    if isinstance(value, float):
        if isfinite(value):
            return float.__repr__(value)
        return '"NaN"' if isnan(value) else '"Infinity"' if value > 0 else '"-Infinity"'
    if value.__class__ is int:
        number = value
    elif isinstance(value, bool) or not hasattr(value, "__float__"):
        raise EncodeError.expected(value, "a float")
    else:
        return _write_double(converted(value), 0)
    try:
        float(number)
    except OverflowError:
        raise EncodeError("", value, "out of the range of a double") from None
    return int.__repr__(number)


def converted(value: Any) -> float:
    """Return the float for what stands for one: a Decimal, a Fraction, a NumPy number. Raises EncodeError."""
    try:
        number = float(value)
    except OverflowError:
        raise EncodeError("", value, "out of the range of a double") from None
    except (TypeError, ValueError):
        raise EncodeError.expected(value, "a float") from None
    if not isfinite(number) and not isnan(number) and value != number:
        raise EncodeError("", value, "out of the range of a double")
    return number


def _read_float(value: Any, depth: int) -> float:
    number = _read_double(value, depth)
    if abs(number) > _FLOAT_MAX and not isinf(number):
        raise DecodeError("", value, "out of the range of a float")
    return number


def _write_float(value: Any, depth: int) -> str:
    text = _write_double(value, depth)
    if text[0] != '"' and abs(value) > _FLOAT_MAX:
        raise EncodeError("", value, "out of the range of a float")
    return text


def _read_bytes(value: Any, depth: int) -> bytes:
    """Read base64 in either alphabet, padded or not."""
    if value.__class__ is not str:
        raise DecodeError.expected(value, "base64 text")
    plain = value.replace("-", "+").replace("_", "/").rstrip("=")
    padding = -len(plain) % 4
    try:
        if len(value) - len(plain) <= padding:
            return base64.b64decode(plain + "=" * padding, validate=True)
    except ValueError:
        pass
    raise DecodeError.expected(value, "base64 text")


def _write_bytes(value: Any, depth: int) -> str:
    """Write padded base64 in the standard alphabet."""
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise EncodeError.expected(value, "bytes")
    return f'"{base64.b64encode(value if value.__class__ is bytes else bytes(value)).decode("ascii")}"'


def _read_timestamp(value: Any, depth: int) -> Timestamp:
    try:
        return Timestamp.parse(_read_string(value, depth))
    except ValueError as error:
        raise DecodeError.expected(value, f"an RFC 3339 timestamp: {error}") from None


def _write_timestamp(value: Any, depth: int) -> str:
    if not isinstance(value, datetime):
        raise EncodeError.expected(value, "a Timestamp or an aware datetime")
    try:
        return f'"{Timestamp.of(value).text()}"'
    except ValueError as error:
        raise EncodeError("", value, str(error)) from None


def _read_duration(value: Any, depth: int) -> Duration:
    try:
        return Duration.parse(_read_string(value, depth))
    except ValueError as error:
        raise DecodeError.expected(value, f"a duration such as 3.5s: {error}") from None


def _write_duration(value: Any, depth: int) -> str:
    if not isinstance(value, timedelta):
        raise EncodeError.expected(value, "a Duration or a timedelta")
    try:
        return f'"{Duration.of(value).text()}"'
    except ValueError as error:
        raise EncodeError("", value, str(error)) from None


def is_mask_path(path: str) -> bool:
    """Return True for a path of a field mask, which is read back the same."""
    return _MASK_PATH.fullmatch(path) is not None


def _mask_fault(mask: str) -> str | None:
    """The rule that a mask breaks, or None; one that breaks it is not read back the same."""
    for path in mask.split(",") if mask else ():
        if not is_mask_path(path):
            return f"field mask path {path!r} is not lowerCamelCase names joined by dots"
    return None


def _read_field_mask(value: Any, depth: int) -> str:
    text = _read_string(value, depth)
    fault = _mask_fault(text)
    if fault is not None:
        raise DecodeError("", value, fault)
    return text


def _write_field_mask(value: Any, depth: int) -> str:
    text = _write_string(value, depth)
    fault = _mask_fault(value)
    if fault is not None:
        raise EncodeError("", value, fault)
    return text


STRING: Final = Codec(_read_string, _write_string, frozenset({str}))
BOOLEAN: Final = Codec(_read_boolean, _write_boolean)
INT32: Final = _integer("int32", -(2**31), 2**31 - 1, "%d")
UINT32: Final = _integer("uint32", 0, 2**32 - 1, "%d")
INT64: Final = _integer("int64", -(2**63), 2**63 - 1, '"%d"')
UINT64: Final = _integer("uint64", 0, 2**64 - 1, '"%d"')
DOUBLE: Final = Codec(_read_double, _write_double)
FLOAT: Final = Codec(_read_float, _write_float)
BYTES: Final = Codec(_read_bytes, _write_bytes)
TIMESTAMP: Final = Codec(_read_timestamp, _write_timestamp)
DURATION: Final = Codec(_read_duration, _write_duration)
FIELD_MASK: Final = Codec(_read_field_mask, _write_field_mask)
"""Comma-separated lowerCamelCase paths: `name,tileSize.width`."""
