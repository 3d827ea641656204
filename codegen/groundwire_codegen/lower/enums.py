"""Lowering of enums: inline ones get a class of their own; those that the overlay names alike share one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..ir import Enum, EnumValue
from ..names import constant
from ..read.cursor import escape
from ..read.overlay import EnumRule

if TYPE_CHECKING:
    from ..read.discovery import Schema
    from ..read.overlay import FieldRule, Overlay
    from .naming import Naming
    from .shapes import Shapes


def lower_enums(shapes: Shapes, overlay: Overlay, naming: Naming) -> list[Enum]:
    """Every enum that was reached."""
    return [_lower(key, uses, shapes, overlay, naming) for key, uses in sorted(shapes.enums.items())]


def _lower(
    key: str, uses: list[tuple[Schema, FieldRule]], shapes: Shapes, overlay: Overlay, naming: Naming
) -> Enum:
    schema, rule = uses[0]
    for other, _ in uses[1:]:
        if other.enum != schema.enum:
            shapes.refuse(
                other.pointer, f"shares enum {key[1:]!r} with {schema.pointer}, whose values differ"
            )
    said = overlay.enums.get(key.removeprefix("="), EnumRule(pointer="")) if key[0] == "=" else None
    docs = dict(zip(schema.enum, schema.enum_descriptions, strict=False)) | dict(rule.values)
    docs |= dict(said.values) if said is not None else {}
    documented = [(rule.pointer, rule.values), *([] if said is None else [(said.pointer, said.values)])]
    for pointer, values in documented:
        for name in values.keys() - set(schema.enum):
            shapes.refuse(f"{pointer}/values/{escape(name)}", f"the enum has no value {name!r}")
    deprecated = dict(zip(schema.enum, schema.enum_deprecated, strict=False))
    unique = list(dict.fromkeys(schema.enum))
    names = naming.allocate(
        {f"value:{key}.{wire}": constant(wire) for wire in unique}, reserved=frozenset({"MRO"})
    )
    return Enum(
        name=naming.enum(key),
        doc=said.doc if said is not None else "",
        values=tuple(
            EnumValue(
                name=names[f"value:{key}.{wire}"],
                wire=wire,
                doc=docs.get(wire, ""),
                deprecated=deprecated.get(wire, False),
            )
            for wire in unique
        ),
    )
