"""Types of values, from a scalar to a packed mapping."""

from __future__ import annotations

import enum
from typing import TypeAlias

from attrs import frozen


class Kind(enum.StrEnum):
    """The scalar kinds of proto3 JSON, and the formats that Discovery and OpenAPI add."""

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
    INTEGER = "integer"
    """OpenAPI's, of any size: a JSON number."""
    LONG = "long"
    """OpenAPI's int64: a JSON number, where INT64 is a text."""
    ULONG = "ulong"
    """OpenAPI's uint64: a JSON number."""
    NUMBER = "number"
    """A number whose format is not stated: a whole one stays whole, so that it is written as it was read."""
    DAY = "day"
    """OpenAPI's date: a calendar date of its own type, where Discovery's DATE is a text."""
    BINARY = "binary"
    """Raw bytes: a body, or a part of one."""


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


JsonScalar: TypeAlias = str | int | float | bool | None


@frozen
class Const:
    """One of these constants. A single one is filled in when it is sent; a received one is not held to them."""

    values: tuple[JsonScalar, ...]


@frozen
class Nullable:
    """The type, or JSON null. Absence is another fact: `Field.required`."""

    type: TypeRef


@frozen
class TupleOf:
    """A JSON array with a type for each place (`prefixItems`), and one for what follows; None: nothing follows."""

    items: tuple[TypeRef, ...]
    rest: TypeRef | None = None


@frozen
class AliasRef:
    """A reference to an alias by its published name: a named union, or a type that holds itself."""

    name: str


@frozen
class ByDiscriminator:
    """A property names the member: pairs of a value and the index of the member that it leads to."""

    wire: str
    values: tuple[tuple[str, int], ...]


@frozen
class ByLiteral:
    """A property holds constants or an enum, without a value in common: pairs of a value and a member's index.

    `absent` are the members that do not require it: an object without it may be one of them.
    """

    wire: str
    values: tuple[tuple[JsonScalar, int], ...]
    absent: tuple[int, ...] = ()


@frozen
class ByJsonType:
    """No two members share a JSON type."""


@frozen
class ByKeys:
    """Keys that tell the members apart, one set a member.

    `exact`: each set is required by its member and no other member has all of it. Otherwise the best fit is taken.
    """

    keys: tuple[frozenset[str], ...]
    exact: bool


@frozen
class FirstThatFits:
    """Nothing tells the members apart: the first that decodes is taken."""


Discrimination: TypeAlias = ByDiscriminator | ByLiteral | ByJsonType | ByKeys | FirstThatFits


@frozen
class UnionOf:
    """One JSON value of several types (`oneOf`, `anyOf`, a list of types), and how they are told apart.

    Objects among the members are told apart by `discrimination`; members of another JSON type always by their type.
    What no member fits is kept as it came.
    """

    members: tuple[TypeRef, ...]
    discrimination: Discrimination


TypeRef: TypeAlias = (
    Scalar | EnumRef | MessageRef | AliasRef | ListOf | MapOf | TupleOf | Packed | Const | Nullable | UnionOf
)
