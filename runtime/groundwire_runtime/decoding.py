"""Read messages from parsed JSON, in one loop over the keys that a class has. The input is not changed."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# What is no object of one known key binds no names, and leaves the loop of a family before they are used.
# pyright: reportPossiblyUnboundVariable=false

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import repeat
from operator import itemgetter
from typing import Any, Final, TypeAlias

from .errors import DecodeError
from .jsontext import ItemsReader, Reader, check_levels, read_any, too_deep
from .message_keys import SHARED, Key, Put, Row, setter, share, shared_by_class
from .messages import MAX_DEPTH, Message
from .presence import EMPTY, NO_NAMES
from .schema import json_name

Keys: TypeAlias = Mapping[str, Key]
Step: TypeAlias = tuple[str, Key, type | None, Mapping[Any, Any] | None, Put, object]
"""A key: its name, the class of values that need no call, what is made of those that are shared, its slot, its default."""
Rename: TypeAlias = Callable[[str], str]
"""Returns the name of a key from another spelling of it."""

new: Final[Callable[[type], Any]] = object.__new__
"""Makes an object of a class, with nothing in its slots."""
put_unknown_fields: Final = setter(Message, "unknown_fields")
put_null_fields: Final = setter(Message, "null_fields")
KEEP: Final = object()
"""The default of a key whose absence changes nothing: another member of its union may be set."""


def message_reader(cls: type, rows: Sequence[Row], *, proto_names: bool) -> Reader:
    """Return the reader of a message, or of a family with its variants."""
    rename = json_name if proto_names else str
    keys = {key.name: key for row in rows for key in row.keys}
    variants = {key.name: variant for row in rows if not row.name for variant, key in row.by_class.items()}
    steps = tuple(_steps(rows))

    def read(data: Any, depth: int) -> Any:
        if data.__class__ is not dict:
            raise DecodeError.expected(data, "an object")
        if depth >= MAX_DEPTH:
            raise too_deep(DecodeError, data)
        message = new(_variant(cls, data, keys, variants, rename) if variants else cls)
        inner, left, name = depth + 1, len(data), ""
        try:
            for name, key, kept, texts, put, absent in steps:
                if name not in data or (value := data[name]) is None:
                    if absent is not KEEP:
                        put(message, absent)
                    continue
                left -= 1
                if value.__class__ is not kept:
                    read_value = key.read
                    value = read_value(value, inner)
                elif texts is not None:
                    value = texts.get(value) or key.read(value, inner)
                if absent is KEEP and getattr(message, key.union) is not None:
                    left = 1  # a second member of the union is refused below
                    break
                put(message, value)
        except DecodeError as error:
            raise error.under(name) from None
        if left:
            return _with_rest(message, data, inner, keys, variants, rename)
        put_unknown_fields(message, EMPTY)
        put_null_fields(message, NO_NAMES)
        return message

    return read


def _steps(rows: Sequence[Row]) -> Iterator[Step]:
    for row in rows:
        absent = row.default
        for key in row.keys if row.name else ():
            texts = (key.shared or {}).get(str)
            kept = str if texts is not None or key.plain == frozenset({str}) else None
            yield key.name, key, kept, texts, key.put, absent
            absent = KEEP  # the first member of a union has put the default


def _with_rest(
    message: Any, data: dict[str, Any], depth: int, keys: Keys, variants: dict[str, type], rename: Rename
) -> Any:
    """Add variants, original names of fields, nulls, and unknown fields. Return the message.

    Raises DecodeError where two members of a union are set.
    """
    renamed, unknown = _others(data, keys, rename)
    found = [(name, key, data[name]) for name in data if (key := keys.get(name) or renamed.get(name))]
    with_value = {key for _, key, value in found if value is not None}
    nulls = {key.null_name for _, key, _ in found if key not in with_value and not key.nullable}
    chosen: dict[str, Key] = {}
    for name, key, value in found:
        if value is None and (key in with_value or not key.nullable):
            continue
        if key.union and chosen.setdefault(key.union, key) is not key:
            rule = f"union field {key.union} has two members set: {chosen[key.union].name} and {key.name}"
            raise DecodeError("", value, rule).under(key.name)
        if value is None or name in renamed or name in variants:
            try:
                key.put(message, key.read(value, depth))
            except DecodeError as error:
                raise error.under(key.name) from None
    put_unknown_fields(message, unknown)
    put_null_fields(message, frozenset(nulls) or NO_NAMES)
    return message


def _variant(cls: type, data: dict[str, Any], keys: Keys, variants: dict[str, type], rename: Rename) -> type:
    """Return the class of the first variant that is set; the family's own where none is known."""
    for name, value in data.items():
        json = name if name in keys else rename(name)
        if json in variants and (value is not None or keys[json].nullable):
            return variants[json]
    return cls


def _others(data: dict[str, Any], keys: Keys, rename: Rename) -> tuple[dict[str, Key], Mapping[str, Any]]:
    """Return the keys that stand under original names of proto fields (`max_pixels`), and the unknown fields.

    Source: https://protobuf.dev/programming-guides/json/. Raises DecodeError for a field under two names.
    """
    renamed: dict[str, Key] = {}
    unknown: dict[str, Any] = {}
    values = {name: value for name, value in data.items() if name in keys}
    for name, value in data.items():
        key = keys.get(rename(name)) if "_" in name and name not in keys else None
        if key is None:
            if name not in keys:
                unknown[name] = value
            continue
        if value is not None and values.get(key.name) is not None:
            raise DecodeError("", value, f"{key.name} is set more than once").under(key.name)
        values[key.name] = value
        renamed[name] = key
    if unknown:
        _check_unknown(unknown)
    return renamed, unknown or EMPTY


def _check_unknown(unknown: dict[str, Any]) -> None:
    """Refuse unknown fields that could not be sent as they came."""
    try:
        check_levels(unknown)
    except DecodeError:
        for name, value in unknown.items():
            try:
                read_any(value, 0)
            except DecodeError as error:
                raise error.under(name) from None


def variants_reader(variants: Mapping[type, Key], read_message: Reader) -> ItemsReader:
    """Return the reader of values of a family, most of which are objects of one key."""
    keys = {
        key.name: (key, key.put, variant, shared_by_class(key.plain)) for variant, key in variants.items()
    }

    def read_items(items: Iterable[tuple[Any, Any]], depth: int, made: Any) -> None:
        inner, place = depth + 1, None
        try:
            for place, data in items:
                try:
                    (name,) = data
                    key, put, variant, shared = keys[name]
                    value = data[name]
                except (TypeError, ValueError, KeyError):  # anything but an object of one known key
                    value = None
                if value is None or inner > MAX_DEPTH:
                    made[place] = read_message(data, depth)
                    continue
                known = None if shared is None else shared.get(value.__class__)
                if known is None:
                    read_value = key.read
                    try:
                        value = read_value(value, inner)
                    except DecodeError as error:
                        raise error.under(name) from None
                elif value in known:
                    made[place] = known[value]
                    continue
                made[place] = message = new(variant)
                put_unknown_fields(message, EMPTY)
                put_null_fields(message, NO_NAMES)
                put(message, value)
                if known is not None and len(known) < SHARED:
                    share(known, value, message)
        except DecodeError as error:
            raise error.under(place) from None

    return read_items


def read_at_once(variant: type, key: Key, values: Sequence[Any], depth: int) -> list[Any] | None:
    """Read free-form values up to the first that is another variant; None where one of them needs a closer look."""
    contents: list[Any] = []
    with suppress(KeyError, TypeError):
        contents.extend(map(itemgetter(key.name), values))
    try:
        if depth >= MAX_DEPTH or not set(map(len, values[: len(contents)])) <= {1}:
            return None
        check_levels(contents)
    except DecodeError:
        return None
    messages = list(map(new, repeat(variant, len(contents))))
    for put, column in (put_unknown_fields, EMPTY), (put_null_fields, NO_NAMES):
        deque(map(put, messages, repeat(column)), 0)
    deque(map(key.put, messages, contents), 0)
    return messages


def value_reader(cls: type, read_value: Reader, shared: Mapping[type, dict[Any, Any]] | None) -> Reader:
    """Return the reader of a member of a union for which a one-value class stands."""
    put = setter(cls, "value")

    def read(value: Any, depth: int) -> Any:
        known = None if shared is None else shared.get(value.__class__)
        if known is None:
            value = read_value(value, depth)
        elif value in known:
            return known[value]
        made = new(cls)
        put(made, value)
        if known is not None and len(known) < SHARED:
            share(known, value, made)
        return made

    return read
