"""Codecs of lists, maps, wrapped values, and objects that name their own type in `@type` (`google.protobuf.Any`)."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from . import scalars
from .errors import DecodeError, EncodeError
from .jsontext import (
    Codec,
    ItemsReader,
    ItemsWriter,
    Reader,
    Writer,
    quote,
    read_any,
    read_object,
    too_deep,
    write_object,
)
from .messages import MAX_DEPTH

BATCH: Final = 256
"""Items that are read or written at once, where they can be."""
MANY: Final = 8
"""Items that are worth it."""


def list_of(item: Codec) -> Codec:
    """Return the codec of a list, kept as a tuple."""
    read_items, read_many = item.read_items or _items_reader(item.read), item.read_many
    write_items, write_many = item.write_items or _items_writer(item.write), item.write_many

    def read(value: Any, depth: int) -> tuple[Any, ...]:
        if value.__class__ is not list:
            raise DecodeError.expected(value, "a list")
        items: list[Any] = [None] * len(value)
        start = 0
        while read_many is not None and len(value) - start >= MANY:
            many = read_many(value[start : start + BATCH], depth)
            run = many or []
            items[start : start + len(run)] = run
            start += len(run)
            if len(run) < MANY:
                end = start + (BATCH if many is None else 4 * MANY)
                read_items(enumerate(value[start:end], start), depth, items)
                start = end
        if start < len(value):
            read_items(enumerate(value[start:] if start else value, start), depth, items)
        return tuple(items)

    def write(value: Any, depth: int) -> str:
        if value.__class__ is not tuple and (
            isinstance(value, (str, bytes)) or not isinstance(value, Sequence)
        ):
            raise EncodeError.expected(value, "a sequence")
        if write_many is None or len(value) < MANY:
            return f"[{','.join(write_items(enumerate(value), depth, None))}]"
        texts: list[str] = []
        for start in range(0, len(value), BATCH):
            batch = value[start : start + BATCH]
            text = write_many(batch, depth)
            texts += write_items(enumerate(batch, start), depth, None) if text is None else [text]
        text = ",".join(texts)
        del texts  # or a large list would stand in memory three times
        return f"[{text}]"

    return Codec(read, write)


def _items_reader(read_item: Reader) -> ItemsReader:
    def read_items(items: Iterable[tuple[Any, Any]], depth: int, made: Any) -> None:
        place = None
        try:
            for place, each in items:
                made[place] = read_item(each, depth)
        except DecodeError as error:
            raise error.under(place) from None

    return read_items


def _items_writer(write_item: Writer) -> ItemsWriter:
    def write_items(
        items: Iterable[tuple[Any, Any]], depth: int, names: Mapping[Any, str] | None
    ) -> list[str]:
        texts: list[str] = []
        place = None
        try:
            for place, each in items:
                texts.append(
                    write_item(each, depth) if names is None else names[place] + write_item(each, depth)
                )
        except EncodeError as error:
            raise error.under(place) from None
        return texts

    return write_items


class _Keys(dict[str, str]):
    """JSON text of the keys of maps, with a colon; most repeat."""

    def __missing__(self, key: str) -> str:
        text = f"{quote(key)}:"
        if len(key) <= 64 and len(self) < 4096:
            self[key] = text
        return text


_KEYS: Final = _Keys()


def map_of(item: Codec) -> Codec:
    """Return the codec of a map with string keys, kept as a dict."""
    read_items = item.read_items or _items_reader(item.read)
    write_items = item.write_items or _items_writer(item.write)

    def read(value: Any, depth: int) -> Mapping[str, Any]:
        if value.__class__ is not dict:
            raise DecodeError.expected(value, "an object")
        members: dict[str, Any] = {}
        read_items(value.items(), depth, members)
        return members

    def write(value: Any, depth: int) -> str:
        if value.__class__ is not dict and not isinstance(value, Mapping):
            raise EncodeError.expected(value, "a mapping")
        try:
            text = ",".join(write_items(value.items(), depth, _KEYS))
        except TypeError:
            key = next((key for key in value if not isinstance(key, str)), None)
            if key is None:
                raise
            raise EncodeError.expected(key, "a string as key") from None
        return f"{{{text}}}"

    return Codec(read, write)


def wrapped(item: Codec) -> Codec:
    """Return the codec of a value that is read bare or as `{"value": x}`, and written bare."""
    read_item = item.read

    def read(value: Any, depth: int) -> Any:
        if value.__class__ is not dict:
            return read_item(value, depth)
        if value.keys() != {"value"}:
            raise DecodeError.expected(value, 'a bare value or {"value": x}')
        try:
            return read_item(value["value"], depth)
        except DecodeError as error:
            raise error.under("value") from None

    return Codec(read, item.write)


def packed(types: Mapping[str, Codec], classes: Mapping[type, tuple[str, Codec]]) -> Codec:
    """Return the codec of an object that names its type in `@type`: one of a known type becomes its message.

    `types`: the codec of a message by its URL. `classes`: the URL to write, and the codec, by message. Another URL of a
    known type is kept as an unknown field. Any other type stays a mapping; well-known types are checked in it.
    """
    sent = frozenset(url for url, _ in classes.values())

    def read(value: Any, depth: int) -> Any:
        if value.__class__ is not dict:
            raise DecodeError.expected(value, "an object")
        url = value.get("@type")
        known = types.get(url) if url.__class__ is str else None
        if known is None:
            return _read_mapping(read_any(value, depth), depth)
        if url in sent:
            value = {key: content for key, content in value.items() if key != "@type"}
        return known.read(value, depth)

    def write(value: Any, depth: int) -> str:
        known = classes.get(value.__class__)
        if known is None:
            return write_object(value, depth)
        url, codec = known
        text = codec.write(value, depth)
        if "@type" in value.unknown_fields:
            return text
        return f'{{"@type":{quote(url)}{"," if len(text) > 2 else ""}{text[1:]}'

    return Codec(read, write)


def _read_mapping(value: dict[str, Any], depth: int) -> dict[str, Any]:
    if depth >= MAX_DEPTH:
        raise too_deep(DecodeError, value)
    if "@type" not in value:
        return value
    read = _WELL_KNOWN.get(_type_name(value["@type"]))
    if read is None or "value" not in value:
        return value
    try:
        return {**value, "value": read(value["value"], depth + 1)}
    except DecodeError as error:
        raise error.under("value") from None


def _type_name(url: Any) -> str:
    """Return the full name of a type, which stands behind the last slash of its URL."""
    host, _, name = url.rpartition("/") if isinstance(url, str) else ("", "", "")
    if not host or not name:
        raise DecodeError.expected(url, "the URL of a type").under("@type")
    return name


def _number(codec: Codec) -> Reader:
    """Return a reader that keeps NaN and infinities the text that they are in JSON."""

    def read(value: Any, depth: int) -> Any:
        number = codec.read(value, depth)
        return value if value in ("NaN", "Infinity", "-Infinity") else number

    return read


def _text(codec: Codec, text: Callable[[Any], str]) -> Reader:
    """Return a reader that keeps the JSON form of a value that Python has another type for."""
    return lambda value, depth: text(codec.read(value, depth))


_WELL_KNOWN: Final[Mapping[str, Reader]] = {
    "google.protobuf.Any": lambda value, depth: _read_mapping(read_object(value, depth), depth),
    "google.protobuf.BoolValue": scalars.BOOLEAN.read,
    "google.protobuf.BytesValue": _text(scalars.BYTES, lambda value: base64.b64encode(value).decode("ascii")),
    "google.protobuf.DoubleValue": _number(scalars.DOUBLE),
    "google.protobuf.Duration": _text(scalars.DURATION, lambda value: value.text()),
    "google.protobuf.FieldMask": scalars.FIELD_MASK.read,
    "google.protobuf.FloatValue": _number(scalars.FLOAT),
    "google.protobuf.Int32Value": scalars.INT32.read,
    "google.protobuf.Int64Value": _text(scalars.INT64, str),
    "google.protobuf.StringValue": scalars.STRING.read,
    "google.protobuf.Struct": read_object,
    "google.protobuf.Timestamp": _text(scalars.TIMESTAMP, lambda value: value.text()),
    "google.protobuf.UInt32Value": scalars.UINT32.read,
    "google.protobuf.UInt64Value": _text(scalars.UINT64, str),
}
"""Readers of the well-known types, whose values are kept as JSON."""
