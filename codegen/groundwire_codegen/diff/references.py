"""Resolve the references of an overlay into a document: fields, types, members, enums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from ..ir import (
    Api,
    Enum,
    EnumRef,
    Field,
    ListOf,
    MapOf,
    MessageRef,
    Method,
    Scalar,
    TypeRef,
    leaf,
    references,
)
from ..lower.checks import WHOLE, has_schema
from ..lower.idempotency import resolved
from ..lower.reach import MAX_NESTING
from ..read.overlay import NO_MESSAGE, Overlay
from ..read.overlay.apply import with_extensions


@frozen
class References:
    """An overlay beside a draft, which has the types of its extensions."""

    overlay: Overlay
    draft: Api

    @classmethod
    def of(cls, overlay: Overlay, draft: Api) -> References:
        """Return the references of an overlay into a draft."""
        return cls(overlay, with_extensions(draft, overlay))

    def fields(self, message: str) -> Mapping[str, Field]:
        """Return the fields of a schema by wire name, with the extensions whose schemas exist."""
        rule = self.overlay.messages.get(message, NO_MESSAGE)
        own = inside(self.draft, message)
        extensions = {
            wire: extension.schema
            for wire, extension in rule.extensions.items()
            if wire not in own and extension.schema is not None and self.has_types_of(extension.schema)
        }
        return extensions | dict(own)

    def has_types_of(self, field: Field) -> bool:
        """Return True if every schema that an extension's own schema refers to exists."""
        return all(has_schema(self.draft, name) for name in self._referenced(field.type))

    def _referenced(self, type_: TypeRef) -> Iterator[str]:
        for name in references(type_):
            if not name.startswith("/"):
                yield name
            elif name in self.draft.messages:
                for field in self.draft.messages[name].wire_fields:
                    yield from self._referenced(field.type)

    def type_of(self, type_: TypeRef) -> TypeRef:
        """Follow references to lists, maps, scalars and enums; one to a message is left as it is."""
        found = resolved(self.draft, type_)
        is_enum = isinstance(found, MessageRef) and found.name in self.draft.enums
        return EnumRef(found.name) if isinstance(found, MessageRef) and is_enum else found

    def shape_of(self, type_: TypeRef, nesting: int = 0) -> object:
        """Return a value that is equal for two fields of one type, items and values included."""
        match self.type_of(type_):
            case ListOf(inner) | MapOf(inner) as found if nesting < MAX_NESTING:
                return type(found), self.shape_of(inner, nesting + 1)
            case EnumRef():
                return EnumRef
            case MessageRef(name) if name.startswith("/"):
                return MessageRef
            case found:
                return found

    def divides(self, message: str, wire: str, sibling: str) -> bool:
        """Return True if `multiple_of = sibling` fits: a message field, and a whole number to divide by."""
        here = self.fields(message)
        if wire not in here or sibling not in here:
            return False
        divisor = self.type_of(here[sibling].type)
        whole = isinstance(divisor, Scalar) and divisor.kind in WHOLE
        return whole and self._message_of(here[wire]) is not None

    def members(self, message: str, wire: str) -> frozenset[str]:
        """Return the union members of the message that a field holds."""
        field = self.fields(message).get(wire)
        target = None if field is None else self._message_of(field)
        if target is None:
            return frozenset()
        known = self.fields(target)
        unions = self.overlay.messages.get(target, NO_MESSAGE).unions.values()
        return frozenset(each for union in unions for each in union.members if each in known)

    def _message_of(self, field: Field) -> str | None:
        found = self.type_of(field.type)
        named = isinstance(found, MessageRef) and found.name in self.draft.messages
        return found.name if isinstance(found, MessageRef) and named and found.name[:1] != "/" else None

    def names(self, message: str, wire: str) -> tuple[str, ...]:
        """Return the names of the inline enum that a field has, or its items or values; empty when it has none."""
        field = self.fields(message).get(wire)
        inner = None if field is None else leaf(field.type)
        enum: Enum | None = self.draft.enums.get(inner.name) if isinstance(inner, EnumRef) else None
        return () if enum is None else tuple(value.wire for value in enum.values)

    def enums(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """Return the names of each enum that the overlay names, once for each field that has it."""
        found: dict[str, tuple[tuple[str, ...], ...]] = {}
        for message, rule in self.overlay.messages.items():
            for wire, said in (*rule.fields.items(), *rule.extensions.items()):
                names = self.names(message, wire)
                if said.enum is not None and names:
                    found[said.enum] = (*found.get(said.enum, ()), names)
        return found


def inside(draft: Api, message: str) -> Mapping[str, Field]:
    """Return the fields of a schema by wire name."""
    found = draft.messages.get(message)
    return {} if found is None else {field.wire: field for field in found.wire_fields}


def arguments(method: Method | None) -> frozenset[str]:
    """Return the wire names of a method's parameters."""
    return frozenset() if method is None else frozenset(each.wire for each in method.parameters)
