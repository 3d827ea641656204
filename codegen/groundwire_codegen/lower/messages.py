"""Lowering of messages: fields in order, unions joined, families found, bounds attached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..ir import (
    EnumRef,
    Field,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Packed,
    Rules,
    TypeRef,
    Union,
    Variant,
)
from ..names import FIELD_NAMES, camel

if TYPE_CHECKING:
    from ..read.overlay import FieldRule, UnionRule
    from .naming import Naming
    from .shapes import Shape, Shapes


def lower_messages(
    shapes: Shapes,
    naming: Naming,
) -> list[Message]:
    """Every message that was reached."""
    families = {key for key, shape in sorted(shapes.shapes.items()) if _is_family(shape, naming)}
    return [_lower(shape, families, naming) for _, shape in sorted(shapes.shapes.items())]


def _is_family(shape: Shape, naming: Naming) -> bool:
    """Nothing but one union; once published, it stays what it was."""
    if not shape.rule.unions:
        return False
    members = {wire for union in shape.rule.unions.values() for wire in union.members}
    single = len(shape.rule.unions) == 1
    alone = single and members == set(shape.properties)
    decided = alone if shape.rule.family is None else shape.rule.family
    return naming.settled(f"family:{shape.key}", "yes" if decided else "no") == "yes" and single


def _lower(shape: Shape, families: set[str], naming: Naming) -> Message:
    unions = {wire: group for group, rule in shape.rule.unions.items() for wire in rule.members}
    order = list(_order(shape))
    attributes = {wire: shape.properties[wire].rule.name or wire for wire in order if wire not in unions}
    family = shape.key in families
    if not family:
        attributes |= {f"|{group}": group for group in shape.rule.unions}
    names = naming.fields(shape.key, attributes, reserved=FIELD_NAMES)
    fields = {wire: _field(shape, wire, names.get(wire, ""), naming) for wire in order}
    members: list[Field | Union] = []
    seen: set[str] = set()
    for wire in order:
        group = unions.get(wire)
        if group is None:
            members.append(fields[wire])
        elif group not in seen:
            seen.add(group)
            rule = shape.rule.unions[group]
            name = names.get(f"|{group}", "")
            members.append(_union(shape, group, name, rule, fields, families, naming))
    return Message(
        name=naming.message(shape.key),
        schema=shape.key,
        doc=shape.rule.doc or shape.schema.description,
        members=tuple(members),
        family=family,
        deprecated=shape.schema.deprecated,
        pointer=shape.schema.pointer,
    )


def _order(shape: Shape) -> Iterator[str]:
    """Wire names in the overlay's order; those it leaves out after them, sorted; extensions where told."""
    order = [wire for wire in shape.rule.order if wire in shape.properties]
    extensions = shape.rule.extensions
    order += [wire for wire in sorted(shape.properties) if wire not in order and wire not in extensions]
    for wire, extension in sorted(extensions.items()):
        if wire not in order and wire in shape.properties:
            after = extension.after
            order.insert(order.index(after) + 1 if after in order else len(order), wire)
    return iter(order)


def _field(shape: Shape, wire: str, name: str, naming: Naming) -> Field:
    found = shape.properties[wire]
    rule, schema = found.rule, found.schema
    return Field(
        name=name,
        wire=wire,
        type=named(found.type, naming),
        doc=rule.doc or schema.description,
        rules=_rules(rule),
        default=rule.default if rule.default is not None else schema.default,
        pattern=schema.pattern,
        wrapped=rule.wrapper,
        request_id=rule.request_id,
        deprecated=rule.deprecated or schema.deprecated,
        read_only=schema.read_only,
        evidence=rule.evidence if found.extension else "",
        pointer=schema.pointer,
    )


def _rules(rule: FieldRule) -> Rules:
    """Bounds come from the overlay alone: those of a document describe what the server may also send."""
    bounds = rule.bounds
    return Rules(
        minimum=bounds.get("minimum"),
        maximum=bounds.get("maximum"),
        exclusive_minimum=bounds.get("exclusive_minimum"),
        min_length=_whole(bounds, "min_length"),
        max_length=_whole(bounds, "max_length"),
        max_items=_whole(bounds, "max_items"),
        pattern=rule.pattern,
        multiple_of=rule.multiple_of,
        members=rule.members,
        required=rule.required,
    )


def _whole(bounds: Mapping[str, int | float], key: str) -> int | None:
    value = bounds.get(key)
    return None if value is None else int(value)


def _union(
    shape: Shape,
    group: str,
    name: str,
    rule: UnionRule,
    fields: Mapping[str, Field],
    families: set[str],
    naming: Naming,
) -> Union:
    wires = [wire for wire in fields if wire in rule.members]
    family = shape.key in families
    targets = [shape.properties[wire].type for wire in wires]
    wrapped = {
        wire
        for wire, target in zip(wires, targets, strict=True)
        if family
        or not isinstance(target, MessageRef)
        or targets.count(target) > 1
        or target.name in families
    }
    keys = {wire: f"variant:{shape.key}.{wire}" for wire in wires if wire in wrapped}
    classes = naming.allocate(
        {key: camel(wire) for wire, key in keys.items()},
        reserved=frozenset(),
        avoided=frozenset() if family else naming.classes,
    )
    return Union(
        name=name,
        wire=group,
        doc=rule.doc,
        required=rule.required,
        variants=tuple(
            Variant(field=fields[wire], class_name=classes[keys[wire]] if wire in keys else None)
            for wire in wires
        ),
    )


def named(type_: TypeRef, naming: Naming) -> TypeRef:
    """The type with the published names of its messages and enums in place of their keys."""
    if isinstance(type_, MessageRef):
        return MessageRef(naming.message(type_.name))
    if isinstance(type_, EnumRef):
        return EnumRef(naming.enum(type_.name))
    if isinstance(type_, ListOf):
        return ListOf(named(type_.item, naming))
    if isinstance(type_, MapOf):
        return MapOf(named(type_.value, naming))
    if isinstance(type_, Packed):
        return Packed(tuple((url, naming.message(schema)) for url, schema in type_.types))
    return type_
