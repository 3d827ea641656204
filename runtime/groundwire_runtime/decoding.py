"""Reading messages: one loop over the keys that a class has. Parsed JSON is not changed."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, Final

from .errors import DecodeError
from .jsontext import Reader, check_levels, too_deep
from .keys import Key, Put, Row, setter
from .messages import MAX_DEPTH, Message
from .presence import EMPTY, NO_NAMES
from .schema import json_name

SHORT: Final = 64
"""Characters of a text whose frozen value is shared."""
SHARED: Final = 1_024
"""Values of one class that are shared."""

new: Final[Callable[[type], Any]] = object.__new__
"""Makes an object of a class, with nothing in its slots."""
put_unknown_fields: Final = setter(Message, "unknown_fields")
put_null_fields: Final = setter(Message, "null_fields")
KEEP: Final = object()
"""The default of a key whose absence changes nothing: another member of its union may be set."""


def message_reader(cls: type, rows: Sequence[Row]) -> Reader:
    """Return the reader of a message, or of a family with its variants."""
    keys = {key.name: key for row in rows for key in row.keys}
    variants = {key.name: variant for row in rows if not row.name for variant, key in row.by_class.items()}
    steps = tuple(_steps(rows))
    count = len(steps)

    def read(data: Any, depth: int) -> Any:
        if data.__class__ is not dict or depth >= MAX_DEPTH:
            raise _unreadable(data)
        message = new(_variant(cls, data, keys, variants) if variants else cls)
        depth += 1
        chosen, missing, name = 0, 0, ""
        try:
            for name, key, kept, put, union, absent in steps:
                value = data.get(name)
                if value is None:
                    missing += 1
                    if absent is not KEEP:
                        put(message, absent)
                    continue
                if value.__class__ is not kept:
                    read_value = key.read
                    value = read_value(value, depth)
                if union:
                    if chosen & union:
                        missing = count
                        break
                    chosen |= union
                put(message, value)
        except DecodeError as error:
            raise error.under(name) from None
        if len(data) + missing != count:
            return _with_rest(message, data, depth, keys)
        put_unknown_fields(message, EMPTY)
        put_null_fields(message, NO_NAMES)
        return message

    return read


def _unreadable(data: Any) -> DecodeError:
    if data.__class__ is not dict:
        return DecodeError.expected(data, "an object")
    return too_deep(DecodeError, data)


def _steps(rows: Sequence[Row]) -> Iterator[tuple[str, Key, type | None, Put, int, object]]:
    """Yield for each key its name, the class of values kept as they are, its slot, its union (a bit), and its default."""
    for index, row in enumerate(rows):
        absent = row.absent if row.name else KEEP
        for key in row.keys:
            kept = str if key.plain == {str} else None
            yield key.name, key, kept, key.put, bool(key.union) << index, absent
            absent = KEEP  # the first member of a union has put the default


def _with_rest(message: Any, data: Mapping[str, Any], depth: int, keys: Mapping[str, Key]) -> Any:
    """Add what most objects do not have: original names of fields, nulls, and unknown fields. Return the message.

    Raises DecodeError where two members of a union are set.
    """
    renamed, unknown = _others(data, keys)
    chosen: dict[str, Key] = {}
    for name, value in data.items():
        key = keys.get(name) or renamed.get(name)
        if key is None or (value is None and not key.nullable):
            continue
        if key.union and chosen.setdefault(key.union, key) is not key:
            raise _conflict(value, key, chosen[key.union])
        if value is None and data.get(key.name) is not None:
            continue  # its value stands under the other name
        if name in renamed or value is None:
            try:
                key.put(message, key.read(value, depth))
            except DecodeError as error:
                raise error.under(key.name) from None
    put_unknown_fields(message, unknown)
    put_null_fields(message, _null_fields(data, keys, renamed))
    return message


def _variant(
    cls: type, data: Mapping[str, Any], keys: Mapping[str, Key], variants: Mapping[str, type]
) -> type:
    """Return the class of the variant that is set; the family's own where none is known."""
    chosen: Key | None = None
    for name, value in data.items():
        key = keys.get(name) or keys.get(json_name(name))
        if key is None or key.name not in variants or (value is None and not key.nullable):
            continue
        if chosen is not None and chosen is not key:
            raise _conflict(value, key, chosen)
        chosen = key
    return cls if chosen is None else variants[chosen.name]


def _conflict(value: object, key: Key, first: Key) -> DecodeError:
    rule = f"union field {key.union} has two members set: {first.name} and {key.name}"
    return DecodeError("", value, rule).under(key.name)


def _others(data: Mapping[str, Any], keys: Mapping[str, Key]) -> tuple[dict[str, Key], Mapping[str, Any]]:
    """Return the keys that stand under original names of proto fields (`max_pixels`), and the unknown fields.

    Source: https://protobuf.dev/programming-guides/json/. Raises DecodeError for a field under two names.
    """
    renamed: dict[str, Key] = {}
    unknown: dict[str, Any] = {}
    values = {name: value for name, value in data.items() if name in keys}
    for name, value in data.items():
        key = keys.get(json_name(name)) if "_" in name and name not in keys else None
        if key is None:
            if name not in keys:
                unknown[name] = value
            continue
        if value is not None and values.get(key.name) is not None:
            raise DecodeError("", value, f"{key.name} is set more than once").under(key.name)
        values[key.name] = value
        renamed[name] = key
    return renamed, unknown or EMPTY


def _null_fields(
    data: Mapping[str, Any], keys: Mapping[str, Key], renamed: Mapping[str, Key]
) -> frozenset[str]:
    """Return the names of the fields that are null, and have no value under their other name."""
    found = [(key, value) for name, value in data.items() if (key := keys.get(name) or renamed.get(name))]
    values = {key.name for key, value in found if value is not None or key.nullable}
    return frozenset(key.null_name for key, _ in found if key.name not in values) or NO_NAMES


def variant_reader(variants: Mapping[type, Key], read_message: Reader) -> Reader:
    """Return the reader of a family; most of its values are objects of one key.

    Short texts, whole numbers and booleans are shared: what is frequent, such as the name of a band, is made once.
    """
    keys = {
        key.name: (key, key.put, variant, {cls: dict[Any, Any]() for cls in key.plain & {str, int, bool}})
        for variant, key in variants.items()
    }

    def read(data: Any, depth: int) -> Any:
        if data.__class__ is not dict or len(data) != 1 or depth >= MAX_DEPTH:
            return read_message(data, depth)
        (name,) = data
        value = data[name]
        if value is None or name not in keys:
            return read_message(data, depth)
        key, put, variant, shared = keys[name]
        known = shared.get(value.__class__)
        if known is None:
            read_value = key.read
            try:
                value = read_value(value, depth + 1)
            except DecodeError as error:
                raise error.under(name) from None
        elif value in known:
            return known[value]
        message = new(variant)
        put_unknown_fields(message, EMPTY)
        put_null_fields(message, NO_NAMES)
        put(message, value)
        if known is not None and len(known) < SHARED and (value.__class__ is not str or len(value) <= SHORT):
            known[value] = message
        return message

    return read


def read_at_once(variant: type, key: Key, values: Sequence[Any], depth: int) -> list[Any] | None:
    """Read free-form values; None where one of them is another variant, or needs a closer look."""
    name = key.name
    try:
        contents = [each[name] for each in values if len(each) == 1]
        check_levels(contents)
    except (DecodeError, KeyError, TypeError):
        return None
    if depth >= MAX_DEPTH or len(contents) < len(values):
        return None
    messages = [new(variant) for _ in contents]
    for put, column in (
        (put_unknown_fields, repeat(EMPTY)),
        (put_null_fields, repeat(NO_NAMES)),
        (key.put, contents),
    ):
        deque(map(put, messages, column), 0)
    return messages


def value_reader(cls: type, read_value: Reader) -> Reader:
    """Return the reader of a member of a union for which a one-value class stands."""
    put = setter(cls, "value")

    def read(value: Any, depth: int) -> Any:
        made = new(cls)
        put(made, read_value(value, depth))
        return made

    return read


def text_reader(cls: type) -> Reader:
    """Return a reader that shares short texts: what is frequent, such as the name of a function, is made once."""
    known: dict[str, Any] = {}
    put = setter(cls, "value")

    def read(value: Any, depth: int) -> Any:  # noqa: ARG001 - every reader has the same shape
        if value.__class__ is not str:
            raise DecodeError.expected(value, "a string")
        made = known.get(value)
        if made is None:
            made = new(cls)
            put(made, value)
            if len(value) <= SHORT and len(known) < SHARED:
                known[value] = made
        return made

    return read
