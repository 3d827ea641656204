"""Scalars as proto3 JSON writes them: each decoder takes what proto3 JSON takes."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from math import isinf
from typing import Any, Final, TypeVar

from ..errors import DecodeError
from ..fieldmask import field_mask_fault
from ..messages import Unlisted
from ..times import Duration, Timestamp
from .containers import Decoder
from .fault import expected

EnumT = TypeVar("EnumT", bound=StrEnum)
_INTEGER: Final = re.compile(r"-?(?:0|[1-9]\d{0,19})", re.ASCII)
_LONGEST: Final = 1_000
"""Characters of a number that is written as text."""
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_SPECIAL: Final = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_FLOAT_MAX: Final = 3.4028235677973366e38


def string(value: Any, depth: int) -> str:  # noqa: ARG001
    """A string."""
    if value.__class__ is str:
        return value
    raise expected(value, "a string")


def boolean(value: Any, depth: int) -> bool:  # noqa: ARG001
    """`true` or `false`."""
    if value is True or value is False:
        return value
    raise expected(value, "true or false")


def _integer(name: str, lowest: int, highest: int) -> Callable[[Any, int], int]:
    def decode(value: Any, depth: int) -> int:  # noqa: ARG001
        if value.__class__ is int:
            number = value
        elif value.__class__ is str and _INTEGER.fullmatch(value):
            number = int(value)
        elif (whole := _whole(value)) is not None:
            number = whole
        else:
            raise expected(value, f"an {name}")
        if not lowest <= number <= highest:
            raise DecodeError("", value, f"out of the range of {name}")
        return number

    return decode


def _whole(value: Any) -> int | None:
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


int32: Final = _integer("int32", -(2**31), 2**31 - 1)
uint32: Final = _integer("uint32", 0, 2**32 - 1)
int64: Final = _integer("int64", -(2**63), 2**63 - 1)
uint64: Final = _integer("uint64", 0, 2**64 - 1)


def double(value: Any, depth: int) -> float:  # noqa: ARG001
    """A number, numeric text, or one of `"NaN"`, `"Infinity"`, `"-Infinity"`; a number too large is refused."""
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
        raise expected(value, "a number")
    if isinf(number):
        raise DecodeError("", value, "out of the range of a double")
    return number


def float32(value: Any, depth: int) -> float:
    """A double within the range of a 32-bit float."""
    number = double(value, depth)
    if abs(number) > _FLOAT_MAX and not isinf(number):
        raise DecodeError("", value, "out of the range of a float")
    return number


def byte(value: Any, depth: int) -> bytes:  # noqa: ARG001
    """Base64 in either alphabet, padded or not."""
    if value.__class__ is not str:
        raise expected(value, "base64 text")
    plain = value.replace("-", "+").replace("_", "/").rstrip("=")
    padding = -len(plain) % 4
    try:
        if len(value) - len(plain) <= padding:
            return base64.b64decode(plain + "=" * padding, validate=True)
    except ValueError:
        pass
    raise expected(value, "base64 text")


def timestamp(value: Any, depth: int) -> Timestamp:
    """RFC 3339 text."""
    try:
        return Timestamp.parse(string(value, depth))
    except ValueError as error:
        raise DecodeError("", value, f"expected an RFC 3339 timestamp: {error}") from None


def duration(value: Any, depth: int) -> Duration:
    """Seconds with an `s`."""
    try:
        return Duration.parse(string(value, depth))
    except ValueError as error:
        raise DecodeError("", value, f"expected a duration such as 3.5s: {error}") from None


def field_mask(value: Any, depth: int) -> str:
    """Comma-separated lowerCamelCase paths."""
    text = string(value, depth)
    fault = field_mask_fault(text)
    if fault is not None:
        raise DecodeError("", value, fault)
    return text


def enum(names: type[EnumT]) -> Callable[[Any, int], EnumT | Unlisted]:
    """A decoder for an open enum: in any ASCII case, with `-` for `_`; another name becomes `Unlisted`."""
    known = {member.value: member for member in names}
    folded = {_folded(name): member for name, member in reversed(known.items())}

    def decode(value: Any, depth: int) -> EnumT | Unlisted:  # noqa: ARG001
        if value.__class__ is str:
            member = known.get(value) or folded.get(_folded(value))
            return Unlisted(value) if member is None else member
        if value.__class__ is int:
            return Unlisted(value)
        raise expected(value, f"a name of {names.__name__}")

    return decode


def _folded(name: str) -> str:
    return name.upper().replace("-", "_") if name.isascii() else name


def wrapped(item: Decoder) -> Decoder:
    """A decoder for a value that travels bare or as `{"value": x}`."""

    def decode(value: Any, depth: int) -> Any:
        if value.__class__ is dict:
            if value.keys() != {"value"}:
                raise expected(value, 'a bare value or {"value": x}')
            try:
                return item(value["value"], depth)
            except DecodeError as error:
                raise error.under("value") from None
        return item(value, depth)

    return decode
