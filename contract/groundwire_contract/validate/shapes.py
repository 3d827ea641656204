"""What a JSON value must look like, prepared once from the IR: a table of slots for each message.

A slot is found under both names that the service takes, lowerCamel and the original snake_case.
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
    Kind,
    ListOf,
    MapOf,
    MessageRef,
    Packed,
    Scalar,
    TypeRef,
    Union,
)

from ..exchange import JsonValue
from .scalars import READERS, TYPE_NAMES

_CAPITAL: Final = re.compile(r"(?<!^)([A-Z])")


@frozen(eq=False)
class Leaf:
    """One scalar: its kind, the type that a refusal names, and what reads it."""

    kind: Kind
    type_name: str
    read: Callable[[JsonValue], JsonValue]
    takes_objects: bool
    """A struct, or any value."""
    takes_anything: bool


@frozen(eq=False)
class Names:
    """One enum: its type URL, and the wire name by the folded name."""

    type_name: str
    known: Mapping[str, str]


@frozen(eq=False)
class Record:
    """One message: its type URL, and its slots by either name, filled in once all messages are known."""

    name: str
    type_name: str
    slots: dict[str, Slot] = field(factory=dict[str, "Slot"], repr=False)
    bounded: list[Slot] = field(factory=list["Slot"], repr=False)
    """The slots that have rules."""
    required_unions: list[tuple[str, tuple[str, ...]]] = field(factory=list[tuple[str, tuple[str, ...]]])


@frozen(eq=False)
class Many:
    """A list of one shape."""

    item: Shape


@frozen(eq=False)
class Table:
    """A map from strings to one shape."""

    value: Shape


@frozen(eq=False)
class Typed:
    """An object that names its message in `@type`: the messages that are known by it."""

    known: Mapping[str, Record]
    type_name: str = "type.googleapis.com/google.protobuf.Any"


Shape: TypeAlias = Leaf | Names | Record | Many | Table | Typed


@frozen(eq=False)
class Slot:
    """One field of a message. `union` is the group it belongs to, in the document's spelling."""

    field: Field
    wire: str
    proto: str
    shape: Shape
    union: str | None = None
    nullable: bool = False
    """Whether null is a value here, and not an absent field."""


@frozen(eq=False)
class Shapes:
    """The tables of all messages of an API, for one version of its paths."""

    records: Mapping[str, Record]
    package: str
    """The proto package that type URLs name, such as `google.earthengine.v1beta`."""


def snake(name: str) -> str:
    """The proto name of a lowerCamel JSON name."""
    return _CAPITAL.sub(r"_\1", name).lower()


def fold(name: str) -> str:
    """An enum name as the service compares it: any ASCII case, `-` for `_`."""
    return name.replace("-", "_").upper() if name.isascii() else name


def shapes(api: Api, version: str) -> Shapes:
    """Prepare the tables of every message of `api`, whose paths begin with `version`."""
    package = f"google.{api.name}.{version}"
    records = {
        name: Record(name, f"type.googleapis.com/{package}.{message.schema}")
        for name, message in api.messages.items()
    }
    enums = {
        name: Names(
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
                return Many(shape_of(item))
            case MapOf(value):
                return Table(shape_of(value))
            case Packed(types):
                return Typed({url: records[message] for url, message in types})

    for name, message in api.messages.items():
        record = records[name]
        for member in message.members:
            for found in _fields(member):
                slot = Slot(
                    field=found,
                    wire=found.wire,
                    proto=snake(found.wire),
                    shape=shape_of(found.type),
                    union=member.wire if isinstance(member, Union) else None,
                    nullable=found.type == Scalar(Kind.ANY),
                )
                record.slots[slot.wire] = slot
                record.slots.setdefault(slot.proto, slot)
                if found.rules.present:
                    record.bounded.append(slot)
            if isinstance(member, Union) and member.required:
                record.required_unions.append((member.wire, tuple(found.wire for found in _fields(member))))
    return Shapes(records=records, package=package)


def leaf(kind: Kind) -> Leaf:
    """The shape of one scalar kind."""
    return Leaf(
        kind,
        TYPE_NAMES[kind],
        READERS[kind],
        takes_objects=kind in (Kind.ANY, Kind.STRUCT),
        takes_anything=kind is Kind.ANY,
    )


def _fields(member: Field | Union) -> tuple[Field, ...]:
    return (member,) if isinstance(member, Field) else tuple(variant.field for variant in member.variants)
