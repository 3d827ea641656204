"""Objects: messages with their fields and groups, maps, and objects of any keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from ...ir import ByJsonType, Field, Group, MapOf, Message, MessageRef, TypeRef, UnionOf, Variant
from .scalars import ANY, STRUCT, read_rules
from .shape import Schema, Shape

if TYPE_CHECKING:
    from .schemas import Schemas


@frozen
class Objects:
    """Reads the schemas of objects."""

    schemas: Schemas

    def typed(
        self, schema: Schema, shape: Shape, groups: Sequence[tuple[tuple[str, ...], bool]]
    ) -> TypeRef | None:
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
        members: list[Field | Group] = []
        names: dict[str, Group] = {}
        for index, (wires, required) in enumerate(groups):
            if all(wire in found for wire in wires):
                name = "oneOf" if index == 0 else f"oneOf{index + 1}"
                group = Group(
                    wire=name,
                    variants=tuple(Variant(field=found[wire]) for wire in wires),
                    required=required,
                )
                names.update(dict.fromkeys(wires, group))
        for wire, each in found.items():
            group_of = names.get(wire)
            if group_of is None:
                members.append(each)
            elif group_of not in members:
                members.append(group_of)
        description = shape.words.get("description")
        self.schemas.messages[schema.key] = Message(
            place=schema.place,
            members=tuple(members),
            extra=extra,
            deprecated=shape.words.get("deprecated") is True,
            doc=description if isinstance(description, str) else "",
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
        return next(iter(types)) if len(types) == 1 else UnionOf(tuple(types), ByJsonType())

    def _field(self, schema: Schema, shape: Shape, wire: str) -> Field | None:
        sites = shape.properties[wire]
        type_, own = self.schemas.type_and_shape(self.schemas.together(sites, f"{schema.place}.{wire}"))
        if type_ is None or own.never:
            return None
        documents = self.schemas.documents
        description = own.words.get("description")
        return Field(
            wire=wire,
            type=type_,
            required=wire in shape.required,
            rules=read_rules(own, documents),
            default=own.words.get("default"),
            read_only=own.words.get("readOnly") is True,
            write_only=own.words.get("writeOnly") is True,
            deprecated=own.words.get("deprecated") is True,
            doc=description if isinstance(description, str) else "",
            pointer=sites[-1].node.pointer,
        )
