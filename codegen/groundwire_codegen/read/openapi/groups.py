"""Constraints in the shape of a union: which properties must be there. One property of several is a group."""

from __future__ import annotations

from typing import Any, Final, cast

from attrs import frozen

from ..cursor import as_list
from .shape import Choice, Shape
from .vocabulary import ANNOTATIONS

_KEYS: Final = frozenset({"required", "properties", "type", "not", "oneOf", "anyOf", "allOf"})


@frozen
class Presence:
    """Properties of which one at most is there, or exactly one."""

    wires: tuple[str, ...]
    required: bool


def take_groups(shape: Shape) -> list[Presence]:
    """Take the constraints out of a shape's unions. Returns those that are groups."""
    found: list[Presence] = []
    for choice in tuple(shape.choices):
        if not all(_is_constraint(member.node.value, shape) for member in choice.members):
            continue
        shape.choices.remove(choice)
        group = _group(choice, shape) if choice.keyword == "oneOf" else None
        if group is not None and not any({*group.wires} & {*other.wires} for other in found):
            found.append(group)
    return found


def _is_constraint(value: Any, shape: Shape) -> bool:
    """Return True for a schema that says which properties must be there, and nothing of their types."""
    if not isinstance(value, dict):
        return False
    stated = cast("dict[str, Any]", value)
    keys = stated.keys() - ANNOTATIONS
    if not keys & {"required", "not", "oneOf", "anyOf", "allOf"} or not keys <= _KEYS:
        return False
    properties = stated.get("properties", {})
    if not isinstance(properties, dict) or stated.get("type", "object") != "object":
        return False
    for wire, inner in cast("dict[str, Any]", properties).items():
        if wire not in shape.properties or not isinstance(inner, dict):
            return False
        if set(cast("dict[str, Any]", inner)) - ANNOTATIONS - {"not"}:
            return False
    lists = [stated[key] for key in ("oneOf", "anyOf", "allOf") if key in stated]
    return all(_is_constraint(one, shape) for each in lists for one in as_list(each))


def _group(choice: Choice, shape: Shape) -> Presence | None:
    """Return the properties of which one is there; None where it is not one property a member."""
    wires: list[str] = []
    required = True
    for member in choice.members:
        stated: dict[str, Any] = member.node.value
        if "not" in stated and "required" not in stated:
            required = False
            continue
        names = as_list(stated.get("required"))
        if len(names) != 1 or names[0] not in shape.properties:
            return None
        wires.append(names[0])
    fits = len(set(wires)) == len(wires) > 1 and not shape.required & set(wires)
    return Presence(tuple(wires), required) if fits else None
