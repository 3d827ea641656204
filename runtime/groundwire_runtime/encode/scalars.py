"""Scalars as proto3 JSON writes them."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import base64
import operator
from collections.abc import Callable
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from math import isfinite, isnan
from typing import Any, Final, TypeAlias

from ..errors import EncodeError
from ..fieldmask import field_mask_fault
from ..messages import Unlisted
from ..times import Duration, Timestamp
from .fault import expected
from .values import quote

Encoder: TypeAlias = Callable[[Any, int], str]
"""How a leaf, or a container of leaves, is written: it gives JSON text."""


def string(value: Any, depth: int) -> str:  # noqa: ARG001
    """A string."""
    if value.__class__ is str or isinstance(value, str):
        return quote(value)
    raise expected(value, "a str")


def boolean(value: Any, depth: int) -> str:  # noqa: ARG001
    """A bool."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    raise expected(value, "a bool")


def whole(value: Any) -> int:
    """An int, or what stands for one exactly (a NumPy integer); never a bool."""
    if value.__class__ is int:
        return value
    if isinstance(value, bool):
        raise expected(value, "an int, not a bool")
    try:
        return operator.index(value)
    except TypeError:
        raise expected(value, "an int") from None


def _integer(name: str, lowest: int, highest: int, text: str) -> Encoder:
    def encode(value: Any, depth: int) -> str:  # noqa: ARG001
        number = value if value.__class__ is int else whole(value)
        if lowest <= number <= highest:
            return text % number
        raise EncodeError("", value, f"out of the range of {name}")

    return encode


int32: Final = _integer("int32", -(2**31), 2**31 - 1, "%d")
uint32: Final = _integer("uint32", 0, 2**32 - 1, "%d")
int64: Final = _integer("int64", -(2**63), 2**63 - 1, '"%d"')
uint64: Final = _integer("uint64", 0, 2**64 - 1, '"%d"')


def double(value: Any, depth: int) -> str:  # noqa: ARG001
    """A float or an int; NaN and infinities travel as the strings that proto3 JSON gives them."""
    if isinstance(value, float):
        if isfinite(value):
            return float.__repr__(value)
        return '"NaN"' if isnan(value) else '"Infinity"' if value > 0 else '"-Infinity"'
    if value.__class__ is int:
        number = value
    elif isinstance(value, bool) or not hasattr(value, "__float__"):
        raise expected(value, "a float")
    else:
        return _converted(value)
    try:
        float(number)
    except OverflowError:
        raise EncodeError("", value, "out of the range of a double") from None
    return int.__repr__(number)


def _converted(value: Any) -> str:
    """The text of what is no float but stands for one: a Decimal, a Fraction, a NumPy number."""
    try:
        number = float(value)
    except OverflowError:
        raise EncodeError("", value, "out of the range of a double") from None
    except (TypeError, ValueError):
        raise expected(value, "a float") from None
    if not isfinite(number) and not isnan(number) and value != number:
        raise EncodeError("", value, "out of the range of a double")
    return double(number, 0)


def float32(value: Any, depth: int) -> str:
    """A double within the range of a 32-bit float."""
    text = double(value, depth)
    if text[0] != '"' and abs(value) > 3.4028235677973366e38:
        raise EncodeError("", value, "out of the range of a float")
    return text


def byte(value: Any, depth: int) -> str:  # noqa: ARG001
    """Bytes, as padded base64 in the standard alphabet."""
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise expected(value, "bytes")
    return f'"{base64.b64encode(value if value.__class__ is bytes else bytes(value)).decode("ascii")}"'


def timestamp(value: Any, depth: int) -> str:  # noqa: ARG001
    """An aware datetime."""
    if not isinstance(value, datetime):
        raise expected(value, "a Timestamp or an aware datetime")
    try:
        return f'"{Timestamp.of(value).text()}"'
    except ValueError as error:
        raise EncodeError("", value, str(error)) from None


def duration(value: Any, depth: int) -> str:  # noqa: ARG001
    """A timedelta within 10,000 years."""
    if not isinstance(value, timedelta):
        raise expected(value, "a Duration or a timedelta")
    try:
        return f'"{Duration.of(value).text()}"'
    except ValueError as error:
        raise EncodeError("", value, str(error)) from None


def field_mask(value: Any, depth: int) -> str:
    """Comma-separated lowerCamelCase paths: `name,tileSize.width`."""
    text = string(value, depth)
    fault = field_mask_fault(value)
    if fault is not None:
        raise EncodeError("", value, fault)
    return text


def enum(names: type[StrEnum]) -> Encoder:
    """An encoder for an open enum: a member, an `Unlisted`, or the plain text of a known name."""
    known = {member.value for member in names}

    def encode(value: Any, depth: int) -> str:  # noqa: ARG001
        if value.__class__ is names:
            return quote(value)
        if value.__class__ is Unlisted:
            return quote(value) if value.number is None else int.__repr__(value.number)
        if value.__class__ is str and value in known:
            return quote(value)
        near = get_close_matches(str(value), known, cutoff=0.5) or sorted(known)[:10]
        raise EncodeError(
            "",
            value,
            f"expected a name of {names.__name__}, such as {', '.join(near)}",
            hint=f"Take a member of {names.__name__}; wrap a name that this client does not know in Unlisted().",
        )

    return encode
