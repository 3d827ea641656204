"""Validation of a JSON object against its shape: all faults in body order, with proto paths.

Valid values are normalized: wire names, bare wrappers, integers as int, enums by wire name.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from ..exchange import JsonObject, JsonValue
from ..rules.error_bodies import Fault
from .bounds import breaches
from .faults import VALUE, EnoughError, Faults
from .scalars import UnreadableError
from .shapes import (
    AnyShape,
    EnumShape,
    FieldShape,
    ListShape,
    MapShape,
    MessageShape,
    ScalarShape,
    Shape,
    fold,
)

MAX_NESTED: Final = 100
"""Maximum depth of nested messages."""


@frozen(kw_only=True)
class Validated:
    """A validated body: its normalized value, its faults, and its broken bounds."""

    value: JsonObject
    faults: tuple[Fault, ...] = ()
    breaches: tuple[Fault, ...] = ()


def validate(record: MessageShape, body: JsonObject, *, keep: bool = True, nulls: bool = False) -> Validated:
    """Validate `body` as the message of `record`. Without `keep`, it is emptied on the way, to save memory.

    `nulls`: a value of a map may be null.
    """
    walk = _Walk(keep, nulls)
    try:
        value = walk.record(record, body)
    except EnoughError:
        value = {}
    return Validated(value=value, faults=tuple(walk.faults.found), breaches=tuple(walk.breaches))


class _Walk:
    """One walk over one body; `trail` holds the steps to the current value."""

    def __init__(self, keep: bool, nulls: bool) -> None:
        self.keep = keep
        self.nulls = nulls
        self.faults = Faults()
        self.trail = self.faults.trail
        self.breaches: list[Fault] = []
        self.depth = 0

    def record(self, record: MessageShape, body: JsonObject) -> JsonObject:
        self.depth += 1
        if self.depth > MAX_NESTED:
            self.depth -= 1
            self.faults.too_deep()
            return {}
        out: JsonObject = {}
        taken: set[str] = set()
        slots, trail = record.slots, self.trail
        for name, value in body.items():
            slot = slots.get(name)
            if slot is None:
                self.faults.unknown_name(name, (each.wire for each in slots.values()))
                continue
            if value is None and not slot.nullable:
                continue
            if slot.wire in out:
                self.faults.given_twice(name)
                continue
            if slot.union is not None:
                if slot.union in taken:
                    self.faults.already_set(slot.union, name)
                    continue
                taken.add(slot.union)
            plain = slot.plain
            if plain is object or (
                value.__class__ is plain and (not isinstance(value, str) or value.isascii())
            ):
                # Most values are read as they are, and need no place: they have no faults.
                out[slot.wire] = value
                continue
            trail.append((slot.proto, name))
            read: JsonValue = (
                self.record(slot.message, value)
                if slot.message is not None and isinstance(value, dict)
                else self.slot(slot, name, value)
            )
            # One that could not be read is left out: its rule may be relaxed.
            if read is not None or value is None:
                out[slot.wire] = read
            trail.pop()
        if record.bounded or record.required_unions:
            self.breaches.extend(breaches(record, out, body, self.faults))
        if not self.keep:
            body.clear()
        self.depth -= 1
        return out

    def slot(self, slot: FieldShape, name: str, value: JsonValue) -> JsonValue:
        if slot.field.wrapped:
            return self.wrapper(slot.shape, value)
        return self.value(slot.shape, name, value)

    def wrapper(self, shape: Shape, value: JsonValue) -> JsonValue:
        """Validate a wrapped value, bare or in its object; the path names the object's field either way."""
        inner = value
        if isinstance(value, dict):
            for name in value:
                if name != "value":
                    self.faults.unknown_name(name)
            inner = value.get("value")
        if inner is None:
            return None
        self.trail.append(("value", "value" if isinstance(value, dict) else None))
        validated = self.value(shape, "value", inner)
        self.trail.pop()
        return validated

    def value(self, shape: Shape, name: str, value: JsonValue) -> JsonValue:
        """Validate one value; `name` is the key under which it was sent."""
        if isinstance(shape, MessageShape):
            if isinstance(value, dict):
                return self.record(shape, value)
            return self.faults.not_single(name, value, shape.type_name)
        if isinstance(shape, ScalarShape):
            return self.leaf(shape, name, value)
        if isinstance(shape, EnumShape):
            return self.enum(shape, name, value)
        if isinstance(shape, MapShape):
            return self.table(shape, name, value)
        if isinstance(shape, AnyShape):
            return self.typed(shape, name, value)
        return self.many(shape, name, value)

    def typed(self, typed: AnyShape, name: str, value: JsonValue) -> JsonValue:
        """Validate an object with its own type; one of an unknown type is accepted."""
        if not isinstance(value, dict):
            return self.faults.not_single(name, value, typed.type_name)
        url = value.get("@type")
        record = typed.known.get(url) if isinstance(url, str) else None
        if record is None:
            return value
        validated = self.record(record, {key: item for key, item in value.items() if key != "@type"})
        return {"@type": url, **validated}

    def leaf(self, leaf: ScalarShape, name: str, value: JsonValue) -> JsonValue:
        if leaf.takes_anything:
            return value
        if isinstance(value, dict) and not leaf.takes_objects:
            return self.faults.object_on_scalar(name)
        if isinstance(value, list):
            return self.faults.not_single(name, value, leaf.type_name)
        try:
            return leaf.read(value)
        except UnreadableError as error:
            note = None if error.note is None else f"Field '{name}', {error.note}"
            return self.faults.value(leaf.type_name, value, note)

    def enum(self, names: EnumShape, name: str, value: JsonValue) -> JsonValue:
        if isinstance(value, dict):
            return self.faults.object_on_scalar(name)
        if isinstance(value, list):
            return self.faults.not_single(name, value, names.type_name)
        if isinstance(value, str):
            known = names.known.get(fold(value))
            if known is not None:
                return known
        elif isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31:
            return value  # proto3 enums are open, and the document does not number the values.
        return self.faults.value(names.type_name, value, rule="enum-unknown")

    def table(self, table: MapShape, name: str, value: JsonValue) -> JsonValue:
        if not isinstance(value, dict):
            return self.faults.not_a_map(name, value)
        out: JsonObject = {}
        shape, trail = table.value, self.trail
        takes_null = isinstance(shape, ScalarShape) and shape.takes_anything
        message = shape if isinstance(shape, MessageShape) else None
        for index, (key, item) in enumerate(value.items()):
            trail += ((index, None), (VALUE, key))
            if message is not None and isinstance(item, dict):
                out[key] = self.record(message, item)
            elif item is None and self.nulls:
                out[key] = None
            elif item is None and not takes_null:
                self.faults.value(_type_name(shape), item, rule="null-element")
            else:
                read = self.value(shape, key, item)
                if read is not None or item is None:
                    out[key] = read
            del trail[-2:]
        if not self.keep:
            value.clear()
        return out

    def many(self, many: ListShape, name: str, value: JsonValue) -> JsonValue:
        # A single object or scalar counts as a list of one.
        listed = isinstance(value, list)
        items = value if isinstance(value, list) else [value]
        out: list[JsonValue] = []
        shape, trail = many.item, self.trail
        takes_null = isinstance(shape, ScalarShape) and shape.takes_anything
        for index, item in enumerate(items):
            trail.append((index, str(index) if listed else None))
            if item is None and not takes_null:
                self.faults.value(_type_name(shape), item, rule="null-element")
            else:
                read = self.value(shape, name, item)
                if read is not None or item is None:
                    out.append(read)
            trail.pop()
        return out


def _type_name(shape: Shape) -> str:
    if isinstance(shape, ListShape):
        return _type_name(shape.item)
    if isinstance(shape, MapShape):
        return "Map"
    return shape.type_name
