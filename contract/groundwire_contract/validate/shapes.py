"""The shapes of JSON values, built once from the IR: a table of fields for each message.

A field is found by both names that the service accepts, lowerCamel and snake_case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from attrs import field, frozen
from groundwire_codegen.ir import (
    Api,
    EnumRef,
    Field,
    Group,
    Kind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Packed,
    Scalar,
    TypeRef,
)

from ..exchange import JsonValue
from .scalars import PLAIN, READERS, TYPE_NAMES

_CAPITAL: Final = re.compile(r"(?<!^)([A-Z])")


@frozen(eq=False)
class ScalarShape:
    """A scalar: its kind, its type name in errors, and its parser."""

    kind: Kind
    type_name: str
    read: Callable[[JsonValue], JsonValue]
    takes_objects: bool
    """True for a struct, a field mask or any value."""
    takes_anything: bool
    plain: type | None
    """The class of values that are read as they are: `str` of ASCII, `bool`, `object` for any; None if there is none."""


@frozen(eq=False)
class EnumShape:
    """An enum: its type URL, and its wire names by folded name."""

    type_name: str
    known: Mapping[str, str]


@frozen(eq=False)
class MessageShape:
    """A message: its type URL, and its fields by both names. Filled after all messages are known."""

    name: str
    type_name: str
    slots: dict[str, FieldShape] = field(factory=dict[str, "FieldShape"], repr=False)
    bounded: list[FieldShape] = field(factory=list["FieldShape"], repr=False)
    """Fields with bounds."""
    required_unions: list[tuple[str, tuple[str, ...]]] = field(factory=list[tuple[str, tuple[str, ...]]])


@frozen(eq=False)
class ListShape:
    """A list."""

    item: Shape


@frozen(eq=False)
class MapShape:
    """A map from strings."""

    value: Shape


@frozen(eq=False)
class AnyShape:
    """An object that names its message in `@type`, with the known messages."""

    known: Mapping[str, MessageShape]
    type_name: str = "type.googleapis.com/google.protobuf.Any"


Shape: TypeAlias = ScalarShape | EnumShape | MessageShape | ListShape | MapShape | AnyShape


@frozen(eq=False)
class FieldShape:
    """A field of a message. `union` is its oneof group, in the document's spelling."""

    field: Field
    wire: str
    proto: str
    shape: Shape
    union: str | None = None
    nullable: bool = False
    """True if null is a value and not an absent field."""
    plain: type | None = None
    """As that of its scalar; None for a field that is none, or is wrapped."""
    message: MessageShape | None = None
    """The shape, if it is that of a message and not wrapped."""


@frozen(eq=False)
class Shapes:
    """The shapes of all messages of an API, for one version of its paths."""

    records: Mapping[str, MessageShape]
    package: str
    """The proto package in type URLs, such as `google.earthengine.v1beta`."""


def snake(name: str) -> str:
    """Return the proto name of a lowerCamel JSON name."""
    return _CAPITAL.sub(r"_\1", name).lower()


def fold(name: str) -> str:
    """Return an enum name as the service compares it: ASCII case and `-` for `_` do not matter."""
    return name.replace("-", "_").upper() if name.isascii() else name


def shapes(api: Api, version: str) -> Shapes:
    """Build the shapes of all messages of `api`, for paths of `version`."""
    package = f"google.{api.name}.{version}"
    records = {
        name: MessageShape(name, f"type.googleapis.com/{package}.{message.place}")
        for name, message in api.messages.items()
    }
    enums = {
        name: EnumShape(
            f"type.googleapis.com/{package}.{enum.name}",
            {fold(value.wire): value.wire for value in enum.values},
        )
        for name, enum in api.enums.items()
    }

    def shape_of(type_: TypeRef) -> Shape:
        match type_:
            case Scalar(kind):
                return leaf(kind)
            case EnumRef(name):
                return enums[name]
            case MessageRef(name):
                return records[name]
            case ListOf(item):
                return ListShape(shape_of(item))
            case MapOf(value):
                return MapShape(shape_of(value))
            case Packed(types):
                return AnyShape({url: records[message] for url, message in types})
            case _:
                raise TypeError(f"{type(type_).__name__} is no type of a Discovery document")

    for name, message in api.messages.items():
        _fill(records[name], message, shape_of)
    return Shapes(records=records, package=package)


def _fill(record: MessageShape, message: Message, shape_of: Callable[[TypeRef], Shape]) -> None:
    for member in message.members:
        union = member if isinstance(member, Group) else None
        for field_ in _fields(member):
            shape = shape_of(field_.type)
            slot = FieldShape(
                field=field_,
                wire=field_.wire,
                proto=snake(field_.wire),
                shape=shape,
                union=None if union is None else union.wire,
                nullable=field_.type == Scalar(Kind.ANY),
                plain=shape.plain if isinstance(shape, ScalarShape) and not field_.wrapped else None,
                message=shape if isinstance(shape, MessageShape) and not field_.wrapped else None,
            )
            record.slots[slot.wire] = slot
            record.slots.setdefault(slot.proto, slot)
            if field_.required or field_.rules.present:
                record.bounded.append(slot)
        if union is not None and union.required:
            record.required_unions.append((union.wire, tuple(field_.wire for field_ in _fields(union))))


def leaf(kind: Kind) -> ScalarShape:
    """Return the shape of a scalar kind."""
    return ScalarShape(
        kind,
        TYPE_NAMES[kind],
        READERS[kind],
        takes_objects=kind in (Kind.ANY, Kind.STRUCT, Kind.FIELD_MASK),
        takes_anything=kind is Kind.ANY,
        plain=PLAIN.get(kind),
    )


def _fields(member: Field | Group) -> tuple[Field, ...]:
    return (member,) if isinstance(member, Field) else tuple(variant.field for variant in member.variants)
