"""Objects: messages with their fields and groups, maps, and objects of any keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from ...ir import (
    ByJsonType,
    Field,
    FirstThatFits,
    Group,
    MapOf,
    Message,
    MessageRef,
    TypeRef,
    UnionOf,
    Variant,
)
from .bounds import rules_held
from .groups import Presence
from .properties import PropertyReader
from .scalars import ANY, STRUCT
from .shape import Schema, Shape

_EVERY_KEY: Final = frozenset({"", ".*", "^.*", ".*$", "^.*$", ".+", "^.+", ".+$", "^.+$"})
"""Patterns that all keys match."""


@frozen
class Objects:
    """Reads the schemas of objects."""

    schemas: PropertyReader

    def typed(self, schema: Schema, shape: Shape, groups: Sequence[Presence]) -> TypeRef | None:
        """Return the type of an object, which is a message where it has properties."""
        extra = self._extra(schema, shape)
        if not shape.properties:
            return STRUCT if extra is None else MapOf(extra)
        for wire in sorted(shape.required - shape.properties.keys()):
            self.schemas.documents.warn(
                shape.node, f"required property {wire[:80]!r} is not described; ignored"
            )
        fields = [self._field(schema, shape, wire) for wire in sorted(shape.properties)]
        found = {each.wire: each for each in fields if each is not None}
        members = _grouped(found, groups)
        self.schemas.messages[schema.key] = Message(
            place=schema.place,
            members=members,
            extra=extra,
            extra_rules=rules_held(self.schemas, () if shape.patterns else shape.additional),
            deprecated=shape.words.get("deprecated") is True,
            doc=shape.text("description"),
            pointer=shape.node.pointer,
        )
        return MessageRef(schema.key)

    def _extra(self, schema: Schema, shape: Shape) -> TypeRef | None:
        """Return the type of values under keys that are no properties; None where nothing is said of them."""
        types: dict[TypeRef, None] = {}
        if shape.additional:
            type_ = self.schemas.joined(shape.additional, f"{schema.place}{{}}")
            types.update({} if type_ is None else {type_: None})
        for site in shape.patterns:
            type_ = self.schemas.type_of(Schema((site,), self.schemas.documents.key(site.node), site.place))
            types.update({} if type_ is None else {type_: None})
        if not types or ANY in types:
            return None
        keys = [site.node.pointer.rpartition("/")[2] for site in shape.patterns]
        if keys and not shape.additional and not shape.closed and _EVERY_KEY.isdisjoint(keys):
            # A key that no pattern matches has any value.
            return UnionOf((*types, ANY), FirstThatFits())
        return next(iter(types)) if len(types) == 1 else UnionOf(tuple(types), ByJsonType())

    def _field(self, schema: Schema, shape: Shape, wire: str) -> Field | None:
        sites = shape.properties[wire]
        stated = self.schemas.property_of(sites, f"{schema.place}.{wire}")
        if stated.type is None:
            return None
        return Field(
            wire=wire,
            type=stated.type,
            required=wire in shape.required,
            rules=stated.rules,
            default=stated.default,
            read_only=stated.read_only,
            write_only=stated.write_only,
            deprecated=stated.deprecated,
            doc=stated.doc,
            pointer=sites[-1].node.pointer,
        )


def _grouped(fields: Mapping[str, Field], groups: Sequence[Presence]) -> tuple[Field | Group, ...]:
    """Return the members of a message, in order; a group comes where the first of its fields would."""
    if not groups:
        return tuple(fields.values())
    held: dict[str, Group] = {}
    for index, presence in enumerate(groups):
        if all(wire in fields for wire in presence.wires):
            group = Group(
                wire="oneOf" if index == 0 else f"oneOf{index + 1}",
                variants=tuple(Variant(field=fields[wire]) for wire in presence.wires),
                required=presence.required,
            )
            held.update(dict.fromkeys(presence.wires, group))
    return tuple(dict.fromkeys(held.get(wire, each) for wire, each in fields.items()))
