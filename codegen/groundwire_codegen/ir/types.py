"""Types of values, from a scalar to a packed mapping."""

from __future__ import annotations

import enum
from typing import TypeAlias

from attrs import frozen


class Kind(enum.StrEnum):
    """The scalar kinds of proto3 JSON, and the formats that Discovery adds."""

    STRING = "string"
    BOOLEAN = "boolean"
    INT32 = "int32"
    UINT32 = "uint32"
    INT64 = "int64"
    UINT64 = "uint64"
    FLOAT = "float"
    DOUBLE = "double"
    BYTES = "byte"
    TIMESTAMP = "timestamp"
    DURATION = "duration"
    FIELD_MASK = "fieldmask"
    DATE = "date"
    DATE_TIME = "datetime"
    ANY = "any"
    STRUCT = "struct"


@frozen
class Scalar:
    """A leaf: one JSON value with a kind of its own."""

    kind: Kind


@frozen
class EnumRef:
    """A reference to an enum by its published name; in a draft, to an inline one by its pointer."""

    name: str


@frozen
class MessageRef:
    """A reference to a message by its published name; in a draft, to any named type by its key."""

    name: str


@frozen
class ListOf:
    """A JSON array of one type."""

    item: TypeRef


@frozen
class MapOf:
    """A JSON object of string keys with values of one type."""

    value: TypeRef


@frozen
class Packed:
    """A mapping that names its own type in `@type`; the known ones are decoded, any other stays a mapping.

    `types` pairs each type URL with a message name; the first URL of a message is the one that is sent.
    """

    types: tuple[tuple[str, str], ...]


TypeRef: TypeAlias = Scalar | EnumRef | MessageRef | ListOf | MapOf | Packed
