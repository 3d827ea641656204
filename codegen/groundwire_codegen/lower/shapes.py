"""Shapes: the objects that the wanted methods reach, inline ones given a key of their own.

A shape's key is its place: `Foo` for a schema, `Foo.bar` for an inline object, `[]` and `{}` for the item of
a list or the value of a map. Types refer to shapes and enums by key; naming them comes later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from ..ir import EnumRef, Kind, ListOf, MapOf, MessageRef, Packed, Scalar, TypeRef
from ..problem import Problem
from ..read.discovery import Document, Method, Schema
from ..read.overlay import FieldRule, MessageRule, Overlay

KINDS: Final[Mapping[tuple[str, str | None], Kind]] = {
    ("string", None): Kind.STRING,
    ("string", "byte"): Kind.BYTES,
    ("string", "date"): Kind.DATE,
    ("string", "date-time"): Kind.DATE_TIME,
    ("string", "google-datetime"): Kind.TIMESTAMP,
    ("string", "google-duration"): Kind.DURATION,
    ("string", "google-fieldmask"): Kind.FIELD_MASK,
    ("string", "int64"): Kind.INT64,
    ("string", "uint64"): Kind.UINT64,
    ("integer", None): Kind.INT32,
    ("integer", "int32"): Kind.INT32,
    ("integer", "uint32"): Kind.UINT32,
    ("number", None): Kind.DOUBLE,
    ("number", "double"): Kind.DOUBLE,
    ("number", "float"): Kind.FLOAT,
    ("boolean", None): Kind.BOOLEAN,
    ("any", None): Kind.ANY,
    ("any", "google.protobuf.Value"): Kind.ANY,
    ("object", "google.protobuf.Any"): Kind.STRUCT,
}
NO_MESSAGE: Final = MessageRule(pointer="")
NO_FIELD: Final = FieldRule(pointer="")
MAX_NESTING: Final = 64
"""Lists, maps and aliases inside one another in one field's type."""


@frozen(kw_only=True)
class Property:
    """One property of a shape."""

    schema: Schema
    type: TypeRef
    rule: FieldRule
    extension: bool = False


@frozen(kw_only=True)
class Shape:
    """An object with properties: one message to be."""

    key: str
    schema: Schema
    rule: MessageRule
    properties: dict[str, Property]


class Shapes:
    """The shapes and enums reached so far. `reach_method` adds what one method needs."""

    def __init__(self, document: Document, overlay: Overlay, problems: list[Problem]) -> None:
        self.document = document
        self.overlay = overlay
        self.problems = problems
        self.shapes: dict[str, Shape] = {}
        self.enums: dict[str, list[tuple[Schema, FieldRule]]] = {}
        """Enum key -> every place that uses it: named by the overlay (`=Name`), or its own place."""
        self._waiting: list[Shape] = []
        """Shapes whose properties are not read yet: references chain further than Python's stack."""

    def refuse(self, pointer: str, message: str, hint: str = "") -> None:
        """Record a problem at a place of the document, or of the overlay that adds to it."""
        source = "overlay" if pointer.startswith(("/messages/", "/enums/")) else "document"
        self.problems.append(Problem(source, pointer, message, hint))

    def reach_method(self, method: Method) -> None:
        """Reach the body and the answer of a method, and the metadata of its operation."""
        self.body(method, "Request", method.request)
        self.body(method, "Response", method.response)
        rule = self.overlay.methods.get(method.id)
        if rule is not None and rule.operation_metadata is not None:
            self.reach(rule.operation_metadata)
        while self._waiting:
            self._fill(self._waiting.pop())

    def body(self, method: Method, role: str, schema: Schema | None) -> str | None:
        """The key of the shape that a method sends or answers with."""
        if schema is None:
            return None
        # A map, or a body without a schema of its own: whatever it holds are its unknown fields.
        if schema.ref is None:
            return self._add(f"{method.id}.{role}", schema, NO_MESSAGE)
        found = self.resolve(schema, schema.ref)
        if isinstance(found, MessageRef):
            return found.name
        if isinstance(found, MapOf) or found == Scalar(Kind.STRUCT):
            return self._add(schema.ref, self.document.schemas[schema.ref], NO_MESSAGE)
        if found is not None:
            self.refuse(schema.pointer, "a body that is not an object")
        return None

    def reach(self, name: str) -> None:
        """Reach a schema by name."""
        schema = self.document.schemas.get(name)
        if schema is not None and self._alias(schema) is None:
            self._add(name, schema, self.overlay.messages.get(name, NO_MESSAGE))

    def _add(self, key: str, schema: Schema, rule: MessageRule) -> str:
        known = self.shapes.get(key)
        if known is None:
            self.shapes[key] = Shape(key=key, schema=schema, rule=rule, properties={})
            self._waiting.append(self.shapes[key])
        elif known.schema is not schema:
            self.refuse(schema.pointer, f"its place {key!r} is that of {known.schema.pointer} too")
        return key

    def _fill(self, shape: Shape) -> None:
        key, schema, rule, properties = shape.key, shape.schema, shape.rule, shape.properties
        for wire, inner in schema.properties.items():
            said = rule.fields.get(wire, NO_FIELD)
            type_ = self._packed(rule, wire) or self.resolve(inner, f"{key}.{wire}", said)
            if type_ is not None:
                properties[wire] = Property(schema=inner, type=type_, rule=said)
        for wire, extension in rule.extensions.items():
            type_ = self.resolve(extension.schema, f"{key}.{wire}", extension.rule)
            if type_ is not None and wire not in properties:
                properties[wire] = Property(
                    schema=extension.schema, type=type_, rule=extension.rule, extension=True
                )

    def _packed(self, rule: MessageRule, wire: str) -> Packed | None:
        pairs = rule.packed.get(wire)
        if pairs is None:
            return None
        for _, schema in pairs:
            self.reach(schema)
        return Packed(tuple((url, schema) for url, schema in pairs if schema in self.shapes))

    def resolve(
        self, schema: Schema, place: str, rule: FieldRule = NO_FIELD, nesting: int = 0
    ) -> TypeRef | None:
        """The type of a schema that stands at `place`; None after a problem."""
        if nesting > MAX_NESTING:
            self.refuse(schema.pointer, f"a type nested deeper than {MAX_NESTING}, or an alias of itself")
            return None
        if schema.ref is not None:
            return self._reference(schema, schema.ref, nesting)
        if schema.enum:
            key = f"={rule.enum}" if rule.enum else place
            self.enums.setdefault(key, []).append((schema, rule))
            return EnumRef(key)
        if schema.type == "array" and schema.items is not None:
            item = self.resolve(schema.items, f"{place}[]", rule, nesting + 1)
            return None if item is None else ListOf(item)
        if schema.type == "object":
            return self._object(schema, place, rule, nesting)
        kind = KINDS.get((schema.type or "", schema.format))
        return None if kind is None else Scalar(kind)

    def _reference(self, schema: Schema, ref: str, nesting: int) -> TypeRef | None:
        target = self.document.schemas.get(ref)
        if target is None:
            self.refuse(schema.pointer, f"unresolved $ref {ref!r}", "no schema has this id")
            return None
        if self._alias(target) is not None:
            return self.resolve(target, ref, NO_FIELD, nesting + 1)
        self.reach(ref)
        return MessageRef(ref)

    @staticmethod
    def _alias(schema: Schema) -> Schema | None:
        """The schema itself when it names a list, a map or a scalar instead of a message."""
        if schema.type != "object" or (schema.additional_properties is not None and not schema.properties):
            return schema
        return None

    def _object(self, schema: Schema, place: str, rule: FieldRule, nesting: int) -> TypeRef | None:
        if schema.properties:
            self._add(place, schema, NO_MESSAGE)
            return MessageRef(place)
        extra = schema.additional_properties
        if extra is not None and "@type" in extra.description:
            return Packed(())
        if schema.format is not None or extra is None or extra.type == "any":
            return Scalar(Kind.STRUCT)
        value = self.resolve(extra, f"{place}{{}}", rule, nesting + 1)
        return None if value is None else MapOf(value)
