"""Examples in the shape of a method's response, for methods without a handler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from groundwire_codegen.ir import (
    Api,
    EnumRef,
    Field,
    Kind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Method,
    Packed,
    Scalar,
    TypeRef,
)

from ..exchange import JsonObject, JsonValue

HEADER: Final = (("x-groundwire-example", "true"),)
"""Marks an answer as an example."""
_VALUES: Final[Mapping[Kind, JsonValue]] = {
    Kind.STRING: "example",
    Kind.BOOLEAN: True,
    Kind.INT32: 1,
    Kind.UINT32: 1,
    Kind.INT64: "1",
    Kind.UINT64: "1",
    Kind.FLOAT: 0.5,
    Kind.DOUBLE: 0.5,
    Kind.BYTES: "ZXhhbXBsZQ==",
    Kind.TIMESTAMP: "2026-01-01T00:00:00Z",
    Kind.DURATION: "1.5s",
    Kind.FIELD_MASK: "example",
    Kind.DATE: "2026-01-01",
    Kind.DATE_TIME: "2026-01-01T00:00:00Z",
    Kind.ANY: "example",
}


def answer(api: Api, method: Method) -> JsonObject:
    """Return an example response of a method, in the API's envelope if it has one."""
    content = example(api, method.response)
    return content if method.envelope is None else {method.envelope: content}


def example(api: Api, message: str | None) -> JsonObject:
    """Return an object with all fields of a message, one member of each union and one element of each list.

    A message nested in itself is left out. Empty without a message.
    """
    return {} if message is None else _message(api, api.messages[message], ())


def _message(api: Api, message: Message, within: tuple[str, ...]) -> JsonObject:
    inside = (*within, message.name)
    out: JsonObject = {}
    for field_ in _chosen(message):
        value = _value(api, field_.type, inside)
        if value is not None:
            out[field_.wire] = value
    return out


def _chosen(message: Message) -> list[Field]:
    # A page without a token is the last one, so a client that pages through examples stops.
    fields = [field_ for field_ in message.fields if field_.wire != "nextPageToken"]
    return [*fields, *(group.variants[0].field for group in message.groups if group.variants)]


def _value(api: Api, type_: TypeRef, within: tuple[str, ...]) -> JsonValue:
    """Return a value of a type; None for a message nested in itself."""
    match type_:
        case Scalar(Kind.STRUCT):
            return {"example": "example"}
        case Scalar(kind):
            return _VALUES[kind]
        case EnumRef(name):
            values = api.enums[name].values
            return values[1 if len(values) > 1 else 0].wire
        case MessageRef(name):
            return None if name in within else _message(api, api.messages[name], within)
        case ListOf(item):
            value = _value(api, item, within)
            return None if value is None else [value]
        case MapOf(item):
            value = _value(api, item, within)
            return None if value is None else {"example": value}
        case Packed():
            return {"@type": type_.types[0][0]} if type_.types else {}
        case _:
            raise TypeError(f"{type(type_).__name__} is no type of a Discovery document")
