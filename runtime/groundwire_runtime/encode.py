"""Writing JSON text: the leaves and containers that the generated encoders are made of.

Every encoder takes `(value, depth)`, the value and the number of messages around it, and returns JSON text.
A wrong type, a broken bound or a message too deep raises `EncodeError`, whose path grows while it unwinds.
"""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import base64
import json
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined] # not in typeshed
from math import isfinite, isnan
from operator import length_hint
from typing import Any, Final, TypeAlias

from .decode import MAX_LEVELS, SCALARS, check_levels
from .errors import DecodeError, EncodeError
from .fieldmask import field_mask_fault
from .messages import MAX_DEPTH, Message, Unlisted
from .timestamp import Duration, Timestamp

Encoder: TypeAlias = Callable[[Any, int], str]

quote: Final[Callable[[str], str]] = encode_basestring
"""JSON text of a string, non-ASCII as it is; lone surrogates are found when the text becomes bytes."""


def expected(value: object, what: str) -> EncodeError:
    """The error for a value of the wrong type."""
    return EncodeError("", value, f"expected {what}")


def too_deep(value: object) -> EncodeError:
    """The error for one message too many inside the others."""
    return EncodeError("", value.__class__.__qualname__, f"more than {MAX_DEPTH} nested messages")


def _refuse(value: object) -> Any:
    raise expected(value, "a JSON value")


def _plain_encoder() -> Callable[[Any], str]:
    """The standard library's encoder, without what `JSONEncoder.encode` sets up again for each call."""
    if c_make_encoder is None:  # pragma: no cover - an interpreter without the accelerator
        return json.JSONEncoder(
            default=_refuse, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        ).encode
    chunks = c_make_encoder(None, _refuse, encode_basestring, None, ":", ",", False, False, False)

    def encode(value: Any) -> str:
        return "".join(chunks(value, 0))

    return encode


_plain: Final = _plain_encoder()


def any_value(value: Any, depth: int) -> str:  # noqa: ARG001 - every encoder has the same shape
    """Any JSON value of at most 512 levels. NaN and infinities are refused: JSON has no such numbers."""
    if value.__class__ is str:
        return quote(value)
    try:
        if value.__class__ is int:
            return int.__repr__(value)
        text = _plain(value)
    except RecursionError:
        raise EncodeError("", "...", f"nested deeper than {MAX_LEVELS} JSON levels") from None
    except (ValueError, TypeError) as error:
        raise _where(value, error) from None
    if value.__class__ not in SCALARS:
        # No value nests deeper than it has brackets: most need no closer look.
        if text.count("[") + text.count("{") > MAX_LEVELS:
            _check_levels(value)
        if "{" in text:
            _check_keys(value)
    return text


def _check_levels(value: Any) -> None:
    try:
        check_levels(value)
    except DecodeError as error:
        raise EncodeError("", "...", error.rule) from None


def _where(value: Any, cause: Exception, levels: int = 0) -> EncodeError:
    """The error for the first part of a free-form value that is not JSON, with its path."""
    if isinstance(value, float) and not isfinite(value):
        return EncodeError("", value, "NaN and infinities are not JSON values")
    items: list[tuple[Any, Any]] = []
    if levels < MAX_LEVELS and isinstance(value, dict):
        items = list(value.items())
    elif levels < MAX_LEVELS and isinstance(value, (list, tuple)):
        items = list(enumerate(value))
    elif value.__class__ not in SCALARS:
        return expected(value, "a JSON value")
    for key, item in items:
        if item.__class__ in SCALARS and not (item.__class__ is float and not isfinite(item)):
            continue
        try:
            _plain(item)
        except (ValueError, TypeError, RecursionError):
            return _where(item, cause, levels + 1).under(key)
    return EncodeError("", value, f"not a JSON value: {cause}")


def _check_keys(value: Any) -> None:
    """Refuse a key that is not a string, which the standard encoder would turn into one."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            for key in item:
                if not isinstance(key, str):
                    raise expected(key, "a string as key")
            waiting.extend(inner for inner in item.values() if inner.__class__ not in SCALARS)
        else:
            waiting.extend(inner for inner in item if inner.__class__ not in SCALARS)


def struct(value: Any, depth: int) -> str:
    """A JSON object of any values."""
    if not isinstance(value, Mapping):
        raise expected(value, "a mapping")
    return any_value(value if value.__class__ is dict else dict(value), depth)


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
        if value.__class__ is names or value.__class__ is Unlisted:
            return quote(value)
        if value.__class__ is str and value in known:
            return quote(value)
        near = get_close_matches(str(value), known, n=3, cutoff=0.5) or sorted(known)[:10]
        raise EncodeError(
            "",
            value,
            f"expected a name of {names.__name__}, such as {', '.join(near)}",
            hint=f"Take a member of {names.__name__}; wrap a name that this client does not know in Unlisted().",
        )

    return encode


def list_of(item: Encoder) -> Encoder:
    """An encoder for a list: any sequence but text."""

    def encode(value: Any, depth: int) -> str:
        if value.__class__ is not tuple and (
            isinstance(value, (str, bytes)) or not isinstance(value, Sequence)
        ):
            raise expected(value, "a sequence")
        items = iter(value)
        try:
            return f"[{','.join([item(each, depth) for each in items])}]"
        except EncodeError as error:
            raise error.under(len(value) - length_hint(items) - 1) from None

    return encode


def map_of(item: Encoder) -> Encoder:
    """An encoder for a map with string keys."""

    def encode(value: Any, depth: int) -> str:
        items = _items(value)
        try:
            return f"{{{','.join([f'{quote(key)}:{item(each, depth)}' for key, each in items])}}}"
        except EncodeError as error:
            raise error.under(_key_before(value, items)) from None
        except TypeError:
            raise _bad_key(value) from None

    return encode


def family_list(encoders: Mapping[type, Encoder], name: str) -> Encoder:
    """`list_of` for the variants of a family, one look-up a value."""

    def encode(value: Any, depth: int) -> str:
        if value.__class__ is not tuple and (
            isinstance(value, (str, bytes)) or not isinstance(value, Sequence)
        ):
            raise expected(value, "a sequence")
        if depth >= MAX_DEPTH and value:
            raise too_deep(value[0])
        inner = depth + 1
        items = iter(value)
        try:
            return f"[{','.join([encoders[each.__class__](each, inner) for each in items])}]"
        except EncodeError as error:
            raise error.under(len(value) - length_hint(items) - 1) from None
        except KeyError:
            position = len(value) - length_hint(items) - 1
            raise expected(value[position], f"a {name}").under(position) from None

    return encode


def family_map(encoders: Mapping[type, Encoder], name: str) -> Encoder:
    """`map_of` for the variants of a family, one look-up a value."""

    def encode(value: Any, depth: int) -> str:
        items = _items(value)
        if depth >= MAX_DEPTH and value:
            raise too_deep(next(iter(value.values())))
        inner = depth + 1
        try:
            members = [f"{quote(key)}:{encoders[each.__class__](each, inner)}" for key, each in items]
        except EncodeError as error:
            raise error.under(_key_before(value, items)) from None
        except KeyError:
            key = _key_before(value, items)
            raise expected(value[key], f"a {name}").under(key) from None
        except TypeError:
            raise _bad_key(value) from None
        return f"{{{','.join(members)}}}"

    return encode


def _items(value: Any) -> Any:
    if value.__class__ is not dict and not isinstance(value, Mapping):
        raise expected(value, "a mapping")
    return iter(dict(value).items() if value.__class__ is not dict else value.items())


def _key_before(value: Mapping[Any, Any], items: Any) -> Any:
    """The key whose value was taken last from `items`: the place of an error, found only when there is one."""
    return list(value)[len(value) - length_hint(items) - 1]


def _bad_key(value: Mapping[Any, Any]) -> Exception:
    for key in value:
        if not isinstance(key, str):
            return expected(key, "a string as key")
    return expected(value, "a mapping")


def one_value(item: Encoder) -> Encoder:
    """An encoder for a union's one-value class: the value inside."""

    def encode(value: Any, depth: int) -> str:
        return item(value.value, depth)

    return encode


def one_string(value: Any, depth: int) -> str:
    """`one_value` of a string, the most common one."""
    text = value.value
    return quote(text) if text.__class__ is str else string(text, depth)


def not_a_member(value: object, variants: Mapping[type, object]) -> EncodeError:
    """The error for a value that no member of a union takes."""
    return expected(value, " or ".join(sorted(cls.__qualname__ for cls in variants)))


def packed(types: Mapping[type, tuple[str, Encoder]]) -> Encoder:
    """An encoder for a message that travels with its type in `@type`, or for a plain mapping."""

    def encode(value: Any, depth: int) -> str:
        found = types.get(value.__class__)
        if found is None:
            return struct(value, depth)
        url, item = found
        text = item(value, depth)
        if "@type" in value.unknown_fields:
            return text
        return f'{{"@type":{quote(url)}{"," if len(text) > 2 else ""}{text[1:]}'

    return encode


def unknown(message: Message, known: Mapping[str, str]) -> list[str]:
    """The members that this client does not know, as they came: one piece of text, or none."""
    fields: Any = message.unknown_fields
    if not isinstance(fields, Mapping):
        raise expected(fields, "a mapping").under("unknown_fields")
    clash = next((key for key in fields if known.get(key) == key), None)
    if clash is not None:
        raise EncodeError(f"/{clash}", fields[clash], "a known field cannot be among the unknown ones")
    return [struct(fields, 0)[1:-1]] if fields else []
