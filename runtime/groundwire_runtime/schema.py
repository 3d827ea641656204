"""The vocabulary of a client's table: the JSON form of each message.

A table names classes as text, inside one `lambda` a message: importing it costs nothing, and a class is paid for when it
is first read or written. The wire name of a field is the proto3 JSON name of its attribute unless it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from attrs import Factory, field, frozen

from .bounds import Bounds, bounded, only
from .containers import list_of, map_of, packed, wrapped
from .jsontext import ANY, STRUCT, Codec
from .scalars import (
    BOOLEAN,
    BYTES,
    DOUBLE,
    DURATION,
    FIELD_MASK,
    FLOAT,
    INT32,
    INT64,
    STRING,
    TIMESTAMP,
    UINT32,
    UINT64,
)


class Classes(Protocol):
    """The classes of a client, by the names that its table gives them."""

    def named(self, name: str) -> type:
        """Return the class of a name such as `PixelGrid.CrsCode`."""
        ...

    def members(self, name: str) -> tuple[Member, ...]:
        """Return what the table declares of a message."""
        ...

    def codec(self, cls: type) -> Codec:
        """Return the codec of a message."""
        ...

    def enum(self, name: str) -> Codec:
        """Return the codec of an enum."""
        ...

    @property
    def proto_names(self) -> bool:
        """True if a key may also be the original name of a proto field."""
        ...

    def alias(self, name: str) -> Type:
        """Return the type that a name stands for."""
        ...

    def alias_codec(self, name: str) -> Codec:
        """Return the codec of the type that a name stands for."""
        ...


class Declared(Protocol):
    """A type whose codec is found when it is first needed."""

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the type."""
        ...


Type: TypeAlias = Codec | Declared
"""A scalar, or a type that is made of others or refers to one."""


def codec_of(type_: Type, classes: Classes) -> Codec:
    """Return the codec of a type."""
    return type_ if isinstance(type_, Codec) else type_.codec(classes)


@frozen
class Ref:
    """A message of this client."""

    name: str

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the message."""
        return classes.codec(classes.named(self.name))


@frozen
class Enum:
    """An open enum of this client."""

    name: str

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the enum."""
        return classes.enum(self.name)


@frozen
class ListOf:
    """A list of one type."""

    item: Type

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the list."""
        return list_of(codec_of(self.item, classes))


@frozen
class MapOf:
    """A map of string keys to one type."""

    value: Type

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the map."""
        return map_of(codec_of(self.value, classes))


@frozen
class Wrapped:
    """A type whose values are read bare or as `{"value": x}`, and written bare."""

    item: Type

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the value."""
        return wrapped(codec_of(self.item, classes))


@frozen
class Packed:
    """An object that names its type in `@type`: pairs of a type's URL and its message. The first URL of a message is sent."""

    types: tuple[tuple[str, str], ...]

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the object."""
        types = {url: classes.codec(classes.named(name)) for url, name in self.types}
        urls: dict[str, str] = {}
        for url, name in self.types:
            urls.setdefault(name, url)
        return packed(types, {classes.named(name): (url, types[url]) for name, url in urls.items()})


def json_name(original: str) -> str:
    """Return the JSON name of a proto field: without underscores, the letter after one in upper case."""
    first, *rest = original.split("_")
    return first + "".join([part[:1].upper() + part[1:] for part in rest])


@frozen
class Field:
    """A property of a message, which is an attribute of its class. The bounds and rules hold for what is sent."""

    name: str
    type: Type
    key: str = Factory(lambda self: json_name(self.name), takes_self=True)
    bounds: Bounds | None = field(default=None, kw_only=True)
    required: bool = field(default=False, kw_only=True)
    only: tuple[str, ...] = field(default=(), kw_only=True)
    """The variants of a family that may be sent."""
    multiple_of: tuple[str, int | None] | None = field(default=None, kw_only=True)
    """The field beside this one that divides every whole number in it, and its default."""

    @property
    def nullable(self) -> bool:
        """True if null is a value of the type."""
        return self.type is ANY or getattr(self.type, "takes_null", False)

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the property."""
        codec = codec_of(self.type, classes)
        codec = codec if self.bounds is None else bounded(codec, self.bounds)
        return only(codec, tuple(classes.named(name) for name in self.only)) if self.only else codec


@frozen
class Case:
    """A member of a union: its property, and the class that stands for it where it is no message."""

    key: str
    type: Type
    cls: str = ""
    bounds: Bounds | None = field(default=None, kw_only=True)
    only: tuple[str, ...] = field(default=(), kw_only=True)

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of the property."""
        return Field(self.key, self.type, self.key, bounds=self.bounds, only=self.only).codec(classes)


@frozen
class OneOf:
    """Properties of which at most one is set: one attribute."""

    name: str
    cases: tuple[Case, ...]
    required: bool = False


@frozen
class Family:
    """A union that is the message itself: each of its members is a subclass."""

    cases: tuple[Case, ...]
    required: bool = False


@frozen
class Extra:
    """An attribute with the values under all keys that no other member has (`additionalProperties`)."""

    name: str
    type: Type
    bounds: Bounds | None = field(default=None, kw_only=True)

    def codec(self, classes: Classes) -> Codec:
        """Return the codec of one value."""
        codec = codec_of(self.type, classes)
        return codec if self.bounds is None else bounded(codec, self.bounds)


Member: TypeAlias = Field | OneOf | Family | Extra
Members: TypeAlias = Callable[[], tuple[Member, ...]]


__all__ = [
    "ANY",
    "BOOLEAN",
    "BYTES",
    "DOUBLE",
    "DURATION",
    "FIELD_MASK",
    "FLOAT",
    "INT32",
    "INT64",
    "STRING",
    "STRUCT",
    "TIMESTAMP",
    "UINT32",
    "UINT64",
    "Bounds",
    "Case",
    "Enum",
    "Extra",
    "Family",
    "Field",
    "ListOf",
    "MapOf",
    "OneOf",
    "Packed",
    "Ref",
    "Wrapped",
]
