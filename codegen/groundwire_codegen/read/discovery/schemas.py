"""Read schemas and parameters: Discovery's dialect of JSON Schema."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from ...ir import (
    Alias,
    Enum,
    EnumRef,
    EnumValue,
    Field,
    Kind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Packed,
    Scalar,
    TypeRef,
)
from ..cursor import Cursor, Vocabulary
from .vocabulary import FORMATS, KINDS, SAFE_ID, SCHEMA, TYPES, UNKNOWN_FORMAT

_WHOLE: Final = re.compile(r"-?[0-9]{1,39}", re.ASCII)
_NUMBER: Final = re.compile(r"-?[0-9]{1,39}(\.[0-9]{1,39})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_STRUCT: Final = Scalar(Kind.STRUCT)
_LITERALS: Final = ("default", "minimum", "maximum")


@frozen(eq=False)
class Schemas:
    """The named types that were read so far, by the keys of a draft."""

    messages: dict[str, Message] = field(factory=dict[str, Message])
    enums: dict[str, Enum] = field(factory=dict[str, Enum])
    aliases: dict[str, Alias] = field(factory=dict[str, Alias])

    def read_named(self, name: str, node: Cursor) -> None:
        """Read a schema of the document: a message, an enum, or an alias of any other type."""
        if not SAFE_ID.fullmatch(name):
            node.refuse(f"schema id {name[:80]!r} is not an identifier")
        said, type_ = self._read(node, name, name, SCHEMA)
        is_map = said.get("additionalProperties") is not None and not _has_properties(said)
        if said.get("type") == "object" and said.get("$ref") is None and not is_map:
            self._add_message(name, name, node, said)
        elif type_ != EnumRef(name):
            self.aliases[name] = Alias(
                place=name,
                type=type_,
                doc=said.get("description") or "",
                deprecated=bool(said.get("deprecated")),
                pointer=node.pointer,
            )

    def read_body(self, node: Cursor, place: str, known: Vocabulary) -> TypeRef:
        """Return the type of a body. One without a schema is a message, whatever it holds."""
        said, _ = self._read(node, place, node.pointer, known)
        if said.get("$ref") is not None:
            return MessageRef(said["$ref"])
        self._add_message(node.pointer, place, node, said)
        return MessageRef(node.pointer)

    def read_field(self, wire: str, node: Cursor, place: str) -> Field | None:
        """Read a property that stands at `place`; None for an unknown type, which is a problem."""
        said, type_ = self._read(node, place, node.pointer, SCHEMA)
        if type_ is None:
            return None
        return Field(
            wire=wire,
            type=type_,
            default=said.get("default"),
            pattern=said.get("pattern"),
            read_only=bool(said.get("readOnly")),
            deprecated=bool(said.get("deprecated")),
            doc=said.get("description") or "",
            pointer=node.pointer,
        )

    def read_below(self, node: Cursor) -> None:
        """Read what stands below a schema, which is checked and means nothing there."""
        for key in ("items", "additionalProperties"):
            child = node.child(key)
            if child is not None:
                self.read_field(key, child, key)
        self._fields(node, "")

    def _read(
        self, node: Cursor, place: str, key: str, known: Vocabulary
    ) -> tuple[dict[str, Any], TypeRef | None]:
        """Return what a schema says, and its type: inline objects and enums are added under `key`."""
        said = check_schema(node, known)
        items, extra = said.get("items"), said.get("additionalProperties")
        item = None if items is None else self._read(items, f"{place}[]", items.pointer, SCHEMA)[1]
        value = None if extra is None else self._read(extra, f"{place}{{}}", extra.pointer, SCHEMA)
        kind = said.get("type")
        if said.get("properties") is not None:
            said["properties"] = self._fields(node, place)
        if said.get("$ref") is not None:
            return said, MessageRef(said["$ref"])
        if said.get("enum"):
            self.enums[key] = _enum(place, node.pointer, said)
            return said, EnumRef(key)
        if kind == "array":
            return said, None if item is None else ListOf(item)
        if kind != "object" or value is None:
            type_: TypeRef | None = scalar_type(kind, said.get("format"))
        else:
            type_ = _map(said, *value)
        # The draft's own name for an inline object; a named one has its message under its name.
        if kind == "object" and _has_properties(said):
            if key != place:
                self._add_message(key, place, node, said)
            return said, MessageRef(key)
        return said, type_

    def _fields(self, node: Cursor, place: str) -> tuple[Field, ...]:
        found = (
            self.read_field(wire, child, f"{place}.{wire}") for wire, child in node.children("properties")
        )
        return tuple(each for each in found if each is not None)

    def _add_message(self, key: str, place: str, node: Cursor, said: Mapping[str, Any]) -> None:
        self.messages[key] = Message(
            place=place,
            members=said.get("properties") or (),
            deprecated=bool(said.get("deprecated")),
            doc=said.get("description") or "",
            pointer=node.pointer,
        )


def _has_properties(said: Mapping[str, Any]) -> bool:
    return bool(said.get("properties"))


def scalar_type(kind: str | None, format_: str | None) -> Scalar | None:
    """Return the type of a scalar; of an unknown format or type, which is a problem unless it is allowed, the widest."""
    if kind is None:
        return None
    return Scalar(KINDS.get((kind, format_)) or UNKNOWN_FORMAT.get(kind, Kind.ANY))


def _map(said: Mapping[str, Any], value: Mapping[str, Any], type_: TypeRef | None) -> TypeRef | None:
    """Return the type of an object without properties, whose values are as stated."""
    if "@type" in (value.get("description") or ""):
        return Packed(())
    if said.get("format") is not None or value.get("type") == "any":
        return _STRUCT
    return None if type_ is None else MapOf(type_)


def _enum(place: str, pointer: str, said: Mapping[str, Any]) -> Enum:
    wires: tuple[str, ...] = said["enum"]
    docs = dict(zip(wires, said.get("enumDescriptions") or (), strict=False))
    deprecated = dict(zip(wires, said.get("enumDeprecated") or (), strict=False))
    return Enum(
        place=place,
        values=tuple(
            EnumValue(wire=wire, doc=docs.get(wire, ""), deprecated=deprecated.get(wire, False))
            for wire in dict.fromkeys(wires)
        ),
        pointer=pointer,
    )


def check_schema(node: Cursor, known: Vocabulary) -> dict[str, Any]:
    """Read a schema's own keys; its type, and the literals that it states, are checked."""
    said = node.read(known)
    kind, format_ = said.get("type"), said.get("format")
    if said.get("$ref") is not None:
        if kind is not None:
            node.refuse("both a type and a $ref")
    elif kind is None:
        node.refuse("neither a type nor a $ref")
    elif kind not in TYPES:
        node.at("type", kind).refuse(
            f"unknown type {kind!r}", f"one of {', '.join(sorted(TYPES))}", construct=kind
        )
    elif (kind, format_) not in FORMATS:
        node.at("format", format_).refuse(
            f"unknown format {format_!r} for type {kind!r}", construct=format_ or ""
        )
    if kind == "array" and said.get("items") is None:
        node.refuse("an array without items")
    for key in _LITERALS:
        if said.get(key) is not None and not _is_literal(kind, format_, said[key], key):
            text = f"{kind}/{format_}" if format_ else kind
            node.at(key, said[key]).refuse(f"{key} {said[key][:80]!r} is not valid for type {text}")
    return said


def _is_literal(kind: str | None, format_: str | None, value: str, key: str) -> bool:
    if kind == "integer" or format_ in ("int64", "uint64"):
        return _WHOLE.fullmatch(value) is not None
    if kind == "number":
        return _NUMBER.fullmatch(value) is not None and math.isfinite(float(value))
    if key != "default":
        return False
    return value in ("true", "false") if kind == "boolean" else True
