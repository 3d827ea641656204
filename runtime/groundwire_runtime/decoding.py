"""Read messages from parsed JSON, with unknown fields kept. The input is not changed."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from .errors import DecodeError
from .jsontext import Reader, too_deep
from .keys import Key, Put, setter
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


def message_reader(
    cls: type,
    keys: Mapping[str, Key],
    defaults: Iterable[tuple[Put, object]],
    variants: Mapping[str, type],
    *,
    proto_names: bool,
) -> Reader:
    """Return the reader of a message. `variants` are the classes by key where it is a family."""
    rename = json_name if proto_names else str

    def read(data: Any, depth: int) -> Any:
        if data.__class__ is not dict:
            raise DecodeError.expected(data, "an object")
        if depth >= MAX_DEPTH:
            raise too_deep(DecodeError, data)
        message = new(_variant(cls, data, keys, variants) if variants else cls)
        for put, default in defaults:
            put(message, default)
        depth += 1
        others: tuple[dict[str, Key], Mapping[str, Any]] | None = None
        chosen: dict[str, Key] = {}
        nulls = False
        key: Key | None = None
        try:
            for name, value in data.items():
                key = keys.get(name)
                if key is None:
                    others = others or _others(data, keys, rename)
                    key = others[0].get(name)
                    if key is None:
                        continue
                if value is None and not key.nullable:
                    nulls = True
                    continue
                content = value if value.__class__ in key.plain else key.read(value, depth)
                if key.union and chosen.setdefault(key.union, key) is not key:
                    raise _conflict(value, key, chosen[key.union].name)
                key.put(message, content)
        except DecodeError as error:
            raise error.under(None if key is None else key.name) from None
        put_unknown_fields(message, others[1] if others else EMPTY)
        put_null_fields(message, _null_fields(data, keys, others[0] if others else {}) if nulls else NO_NAMES)
        return message

    return read


def _variant(
    cls: type, data: Mapping[str, Any], keys: Mapping[str, Key], variants: Mapping[str, type]
) -> type:
    """Return the class of the first variant that is set; the family's own where none is known."""
    for name, value in data.items():
        json = name if name in keys else json_name(name)
        if json in variants and (value is not None or keys[json].nullable):
            return variants[json]
    return cls


def _others(
    data: Mapping[str, Any], keys: Mapping[str, Key], rename: Callable[[str], str]
) -> tuple[dict[str, Key], Mapping[str, Any]]:
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
    return renamed, unknown or EMPTY


def _null_fields(
    data: Mapping[str, Any], keys: Mapping[str, Key], renamed: Mapping[str, Key]
) -> frozenset[str]:
    """Return the names of the fields that are null, and have no value under their other name."""
    found = [(key, value) for name, value in data.items() if (key := keys.get(name) or renamed.get(name))]
    values = {key.name for key, value in found if value is not None or key.nullable}
    return frozenset(key.null_name for key, _ in found if key.name not in values) or NO_NAMES


def _conflict(value: object, key: Key, first: str) -> DecodeError:
    return DecodeError("", value, f"union field {key.union} has two members set: {first} and {key.name}")


def variant_reader(variants: Mapping[type, Key], read_message: Reader) -> Reader:
    """Return the reader of a family; most of its values are objects of one key."""
    keys = {key.name: (key, key.plain, key.put, variant) for variant, key in variants.items()}

    def read(data: Any, depth: int) -> Any:
        if data.__class__ is not dict or len(data) != 1 or depth >= MAX_DEPTH:
            return read_message(data, depth)
        (name,) = data
        value = data[name]
        found = keys.get(name)
        if found is None or value is None:
            return read_message(data, depth)
        key, plain, put, variant = found
        if value.__class__ not in plain:
            try:
                value = key.read(value, depth + 1)
            except DecodeError as error:
                raise error.under(name) from None
        message = new(variant)
        put_unknown_fields(message, EMPTY)
        put_null_fields(message, NO_NAMES)
        put(message, value)
        return message

    return read


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
