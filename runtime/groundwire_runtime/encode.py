"""Writing JSON text: the leaves and containers that the generated encoders are made of.

Every encoder takes the value and the number of messages around it. That of a leaf returns JSON text; that of a
message, a `Writer`, hands its pieces to a third argument.
A wrong type, a broken bound or a message too deep raises `EncodeError`, whose path grows while it unwinds.
"""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import base64
import json
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from itertools import islice
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
"""How a leaf, or a container of leaves, is written: it gives JSON text."""
Write: TypeAlias = Callable[[str], object]
Writer: TypeAlias = Callable[[Any, int, Write], None]
"""How a message, or a container of messages, is written: piece by piece, so that no level copies those below it."""
Pairs: TypeAlias = Iterable[tuple[Any, Any]]

BATCH: Final = 256
"""Members of a container that are joined to one piece at a time."""

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


def _chunks_of() -> Callable[[Any, int], Iterable[str]]:
    """The standard library's encoder, without what `JSONEncoder.encode` sets up again for each call."""
    if c_make_encoder is None:  # pragma: no cover - an interpreter without the accelerator
        plain = json.JSONEncoder(default=_refuse, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return lambda value, _: plain.iterencode(value)
    found: Callable[[Any, int], Iterable[str]] = c_make_encoder(
        None, _refuse, encode_basestring, None, ":", ",", False, False, False
    )
    return found


_chunks: Final = _chunks_of()


def any_value(value: Any, depth: int) -> str:  # noqa: ARG001 - every encoder has the same shape
    """Any JSON value of at most 512 levels. NaN and infinities are refused: JSON has no such numbers."""
    if value.__class__ is str:
        return quote(value)
    try:
        if value.__class__ is int:
            return int.__repr__(value)
        text = "".join(_chunks(value, 0))
    except RecursionError:
        raise EncodeError("", "...", f"nested deeper than {MAX_LEVELS} JSON levels") from None
    except (ValueError, TypeError) as error:
        raise _where(value, error) from None
    # No value nests deeper than it has brackets: most need no closer look.
    if len(text) > MAX_LEVELS and text.count("[") + text.count("{") > MAX_LEVELS:
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
            "".join(_chunks(item, 0))
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
    """An encoder for a list of leaves: any sequence but text."""

    def encode(value: Any, depth: int) -> str:
        items = iter(_sequence(value))
        try:
            return f"[{','.join([item(each, depth) for each in items])}]"
        except EncodeError as error:
            raise error.under(len(value) - length_hint(items) - 1) from None

    return encode


def map_of(item: Encoder) -> Encoder:
    """An encoder for a map of leaves, with string keys."""

    def encode(value: Any, depth: int) -> str:
        key: Any = None
        members: list[str] = []
        try:
            for key, each in _mapping(value).items():
                members.append(f"{quote(key)}:{item(each, depth)}")
        except EncodeError as error:
            raise error.under(key) from None
        except TypeError:
            if isinstance(key, str):
                raise
            raise expected(key, "a string as key") from None
        return f"{{{','.join(members)}}}"

    return encode


def messages_list(item: Writer) -> Writer:
    """A writer for a list of messages, or of containers of them."""

    def encode(value: Any, depth: int, write: Write) -> None:
        values = value if value.__class__ is tuple else _sequence(value)
        if len(values) > BATCH:
            _write_batches(encode, values, depth, write)
            return
        opening, index = "[", -1
        try:
            for index, each in enumerate(values):  # noqa: B007 - where it stopped, when it does
                write(opening)
                item(each, depth, write)
                opening = ","
        except EncodeError as error:
            raise error.under(index) from None
        write("]" if values else "[]")

    return encode


def messages_map(item: Writer) -> Writer:
    """A writer for a map of messages, or of containers of them."""

    def encode(value: Any, depth: int, write: Write) -> None:
        values = value if value.__class__ is dict else _mapping(value)
        if len(values) > BATCH:
            _write_batches(encode, values, depth, write)
            return
        opening: str = "{"
        key: Any = None
        try:
            for key, each in values.items():
                write(f"{opening}{quote(key)}:")
                item(each, depth, write)
                opening = ","
        except EncodeError as error:
            raise error.under(key) from None
        except TypeError:
            if isinstance(key, str):
                raise
            raise expected(key, "a string as key") from None
        write("}" if values else "{}")

    return encode


def family_list(writers: Mapping[type, Writer], name: str) -> Writer:
    """`messages_list` for the variants of a family, one look-up a value."""

    def encode(value: Any, depth: int, write: Write) -> None:
        values = value if value.__class__ is tuple else _sequence(value)
        if len(values) > BATCH:
            _write_batches(encode, values, depth, write)
            return
        if depth >= MAX_DEPTH and values:
            raise too_deep(values[0])
        depth += 1
        opening, index, each = "[", -1, None
        try:
            for index, each in enumerate(values):  # noqa: B007 - where it stopped, when it does
                write(opening)
                writers[each.__class__](each, depth, write)
                opening = ","
        except EncodeError as error:
            raise error.under(index) from None
        except KeyError:
            if each.__class__ in writers:
                raise
            raise expected(each, f"a {name}").under(index) from None
        write("]" if values else "[]")

    return encode


def family_map(writers: Mapping[type, Writer], name: str) -> Writer:
    """`messages_map` for the variants of a family, one look-up a value."""

    def encode(value: Any, depth: int, write: Write) -> None:
        values = value if value.__class__ is dict else _mapping(value)
        if len(values) > BATCH:
            _write_batches(encode, values, depth, write)
            return
        if depth >= MAX_DEPTH and values:
            raise too_deep(next(iter(values.values())))
        depth += 1
        opening: str = "{"
        key: Any = None
        each: Any = None
        try:
            for key, each in values.items():
                write(f"{opening}{quote(key)}:")
                writers[each.__class__](each, depth, write)
                opening = ","
        except EncodeError as error:
            raise error.under(key) from None
        except KeyError:
            if each.__class__ in writers:
                raise
            raise expected(each, f"a {name}").under(key) from None
        except TypeError:
            if isinstance(key, str):
                raise
            raise expected(key, "a string as key") from None
        write("}" if values else "{}")

    return encode


def _write_batches(item: Writer, values: Any, depth: int, write: Write) -> None:
    """Write a large container batch by batch, joining each: a short piece takes more memory than its text."""
    mapped = isinstance(values, Mapping)
    opening, closing = "{}" if mapped else "[]"
    rest = iter(values.items() if mapped else values)
    done = 0
    while batch := tuple(islice(rest, BATCH)):
        pieces: list[str] = []
        try:
            item(dict(batch) if mapped else batch, depth, pieces.append)
        except EncodeError as error:
            raise error if mapped else _moved(error, done) from None
        write(opening)
        write("".join(pieces)[1:-1])
        opening = ","
        done += len(batch)
    write(closing)


def _moved(error: EncodeError, by: int) -> EncodeError:
    """The error of a batch, with its index in the whole list."""
    _, index, *rest = error.path.split("/") if error.path else ("", "")
    if index:
        error.path = "/".join(("", str(int(index) + by), *rest))
    return error


def _sequence(value: Any) -> Sequence[Any]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise expected(value, "a sequence")
    return value


def _mapping(value: Any) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise expected(value, "a mapping")
    return dict(value)


def not_a_member(value: object, *variants: type) -> EncodeError:
    """The error for a value that no member of a union takes."""
    return expected(value, " or ".join(sorted(cls.__qualname__ for cls in variants)))


def packed(types: Mapping[type, tuple[str, Writer]]) -> Writer:
    """A writer for a message that travels with its type in `@type`, or for a plain mapping."""

    def encode(value: Any, depth: int, write: Write) -> None:
        found = types.get(value.__class__)
        if found is None:
            write(struct(value, depth))
            return
        url, item = found
        if "@type" in value.unknown_fields:
            item(value, depth, write)
            return
        pieces: list[str] = []
        item(value, depth, pieces.append)
        text = "".join(pieces)
        write(f'{{"@type":{quote(url)}{"," if len(text) > 2 else ""}{text[1:]}')

    return encode


def unknown(message: Message, known: Mapping[str, str], some: bool, write: Write) -> bool:
    """Write the members that this client does not know, as they came; whether the object has members by now."""
    fields: Any = message.unknown_fields
    if not isinstance(fields, Mapping):
        raise expected(fields, "a mapping").under("unknown_fields")
    clash = next((key for key in fields if known.get(key) == key), None)
    if clash is not None:
        raise EncodeError(f"/{clash}", fields[clash], "a known field cannot be among the unknown ones")
    if fields:
        write(f"{',' if some else '{'}{struct(fields, 0)[1:-1]}")
    return some or bool(fields)
