"""What the references of an overlay find in a document: fields, types, members, enums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from ..read.discovery import Document, Method, Schema
from ..read.overlay import FieldRule, MessageRule, Overlay

NO_MESSAGE = MessageRule(pointer="")
MAX_ALIASES = 64
"""References followed from a field to its type; the reader refuses longer chains."""


@frozen
class References:
    """An overlay beside a document."""

    overlay: Overlay
    document: Document

    def fields(self, message: str) -> Mapping[str, Schema]:
        """Return the fields of a schema by wire name, with the extensions whose schemas exist."""
        rule = self.overlay.messages.get(message, NO_MESSAGE)
        own = inside(self.document.schemas.get(message))
        extensions = {
            wire: extension.schema
            for wire, extension in rule.extensions.items()
            if wire not in own and self.has_schemas_of(extension.schema)
        }
        return extensions | dict(own)

    def has_schemas_of(self, schema: Schema) -> bool:
        """Whether every schema that this one refers to exists."""
        return all(name in self.document.schemas for name in _referenced(schema))

    def type_of(self, schema: Schema) -> Schema:
        """Follow references to lists, maps and scalars; a message is left as the reference to it."""
        for _ in range(MAX_ALIASES):
            target = self.document.schemas.get(schema.ref or "")
            if target is None or (
                target.type == "object" and (target.properties or not target.additional_properties)
            ):
                break
            schema = target
        return schema

    def shape_of(self, schema: Schema) -> tuple[object, ...]:
        """Return a value that is equal for two schemas of one type, items and values included."""
        found, shape = self.type_of(schema), list[object]()
        for _ in range(MAX_ALIASES):
            shape += (found.type, found.format, found.ref, bool(found.enum))
            inner = found.items or found.additional_properties
            if inner is None:
                break
            found = self.type_of(inner)
        return tuple(shape)

    def divides(self, message: str, wire: str, sibling: str) -> bool:
        """Whether `multiple_of = sibling` fits: a message field, and a whole number to divide by."""
        here = self.fields(message)
        if wire not in here or sibling not in here:
            return False
        divisor = self.type_of(here[sibling])
        whole = divisor.type == "integer" or divisor.format in ("int64", "uint64")
        return self._message_of(here[wire]) is not None and whole and not divisor.enum

    def members(self, message: str, wire: str) -> frozenset[str]:
        """Return the union members of the message that a field holds."""
        schema = self.fields(message).get(wire)
        target = None if schema is None else self._message_of(schema)
        if target is None:
            return frozenset()
        known = self.fields(target)
        unions = self.overlay.messages.get(target, NO_MESSAGE).unions.values()
        return frozenset(each for union in unions for each in union.members if each in known)

    def _message_of(self, schema: Schema) -> str | None:
        target = self.document.schemas.get(self.type_of(schema).ref or "")
        return None if target is None else self.type_of(schema).ref

    def names(self, message: str, wire: str) -> tuple[str, ...]:
        """Return the names of the enum that a field has; empty when it has none."""
        schema = self.fields(message).get(wire)
        return () if schema is None else names_of(schema)

    def enums(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """Return the names of each enum that the overlay names, once for each field that has it."""
        found: dict[str, tuple[tuple[str, ...], ...]] = {}
        for message, rule in self.overlay.messages.items():
            for wire, said in _field_rules(rule):
                names = self.names(message, wire)
                if said.enum is not None and names:
                    found[said.enum] = (*found.get(said.enum, ()), names)
        return found


def _field_rules(rule: MessageRule) -> Iterator[tuple[str, FieldRule]]:
    yield from rule.fields.items()
    yield from ((wire, extension.rule) for wire, extension in rule.extensions.items())


def names_of(schema: Schema) -> tuple[str, ...]:
    """Return the names of an enum, or of the items or values that a list or map has."""
    inner = schema.items or schema.additional_properties
    return schema.enum or (names_of(inner) if inner is not None else ())


def inside(described: Schema | Method | None) -> Mapping[str, Schema]:
    """Return the properties of a schema, or the parameters of a method."""
    if described is None:
        return {}
    return described.parameters if isinstance(described, Method) else described.properties


def _referenced(schema: Schema) -> Iterator[str]:
    if schema.ref is not None:
        yield schema.ref
    for inner in (schema.items, schema.additional_properties, *schema.properties.values()):
        if inner is not None:
            yield from _referenced(inner)
