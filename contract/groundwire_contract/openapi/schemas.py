"""Messages and enums of the IR as JSON Schema (2020-12).

A message that some request reaches is closed: the service refuses a name that it does not know, and takes null for a
field as its absence. One that only answers reach is open, since answers grow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwire_codegen.ir import (
    Api,
    Enum,
    EnumRef,
    Field,
    Group,
    Kind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Packed,
    Rules,
    Scalar,
    TypeRef,
)

from ..exchange import JsonObject, JsonValue
from ..validate.scalars import READERS, UnreadableError
from .scalars import REF, SHARED, definition, number, scalar

MULTIPLE_OF: Final = "x-groundwire-multiple-of"
"""What JSON Schema cannot say: the sibling whose value (or default) divides every number of this one."""
_NULL: Final[JsonObject] = {"type": "null"}


def schemas(api: Api) -> JsonObject:
    """The schema of every message, enum and shared scalar, by name, sorted."""
    closed = reached(api, {method.request for method in api.methods.values() if method.request})
    found: JsonObject = {
        name: message_schema(message, name in closed) for name, message in api.messages.items()
    }
    found |= {name: enum_schema(enum) for name, enum in api.enums.items()}
    found |= {kind.value: definition(kind) for kind in SHARED}
    return dict(sorted(found.items()))


def reached(api: Api, names: set[str]) -> set[str]:
    """The messages that some messages hold, however deep, and these themselves."""
    found: set[str] = set()
    waiting = sorted(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [held for field in api.messages[name].wire_fields for held in _messages(field.type)]
    return found


def message_schema(message: Message, closed: bool) -> JsonObject:
    """The schema of a message. A union is a `oneOf` over which of its members is there."""
    if message.family and closed:
        return _said(message.doc, {"oneOf": [*_variants(message)]})
    properties: JsonObject = {field.wire: field_schema(field, closed) for field in message.wire_fields}
    schema: JsonObject = {"type": "object", "properties": properties}
    required: list[JsonValue] = [field.wire for field in message.wire_fields if field.required]
    if required:
        schema["required"] = required
    choices: list[JsonValue] = [_choice(union, closed) for union in message.groups]
    if choices:
        schema["allOf"] = choices
    if closed:
        schema["additionalProperties"] = False
    return _said(message.doc, schema)


def enum_schema(enum: Enum) -> JsonObject:
    """The schema of an enum: its names in their one spelling."""
    return _said(enum.doc, {"type": "string", "enum": [value.wire for value in enum.values]})


def field_schema(field: Field, takes_null: bool = False) -> JsonObject:
    """The schema of a field. A wrapper stands bare, or in an object of its own under `value`.

    With `takes_null`, null is allowed as the absence of a field that is not required.
    """
    value = _bounded(field.type, field.rules)
    if takes_null and not field.required:
        value = nullable(value)
    schema: JsonObject = {"oneOf": [value, _wrapper(value)]} if field.wrapped else value
    default = _default(field)
    if default is not None:
        schema["default"] = default
    if field.read_only:
        schema["readOnly"] = True
    if field.deprecated:
        schema["deprecated"] = True
    if field.evidence:
        schema["x-groundwire-evidence"] = field.evidence
    return _said(field.doc, schema)


def nullable(schema: JsonObject) -> JsonObject:
    """A schema that allows null besides."""
    kind = schema.get("type")
    if isinstance(kind, str) and "enum" not in schema:
        return {**schema, "type": [kind, "null"]}
    if not schema:
        return schema
    rest = {name: value for name, value in schema.items() if name != "$ref"}
    return (
        {"anyOf": [{"$ref": schema["$ref"]}, _NULL], **rest}
        if "$ref" in schema
        else {"anyOf": [schema, _NULL]}
    )


def type_schema(type_: TypeRef) -> JsonObject:
    """The schema of a type."""
    match type_:
        case Scalar(kind):
            return scalar(kind)
        case EnumRef(name) | MessageRef(name):
            return {"$ref": REF + name}
        case ListOf(item):
            return {"type": "array", "items": type_schema(item)}
        case MapOf(value):
            return {"type": "object", "additionalProperties": type_schema(value)}
        case Packed(types):
            return _packed(types)


def _wrapper(value: JsonObject) -> JsonObject:
    return {"type": "object", "properties": {"value": value}, "additionalProperties": False}


def _variants(family: Message) -> Iterator[JsonObject]:
    """The forms of a message that is nothing but one union: one for each member, and one for none."""
    # A member of any type cannot be null and absent at once.
    absent: JsonObject = {field.wire: _NULL for field in family.wire_fields if not _is_any(field)}
    for field in family.wire_fields:
        yield {
            "type": "object",
            "properties": {**absent, field.wire: field_schema(field)},
            "required": [field.wire],
            "additionalProperties": False,
        }
    if not family.groups[0].required:
        yield {"type": "object", "properties": absent, "additionalProperties": False}


def _choice(union: Group, takes_null: bool) -> JsonObject:
    """One member of a union, or none where that is allowed."""
    members: list[JsonValue] = [
        {"required": [field.wire], "properties": {field.wire: {"not": _NULL}}}
        if takes_null and not _is_any(field)
        else {"required": [field.wire]}
        for field in (variant.field for variant in union.variants)
    ]
    return {"oneOf": members if union.required else [*members, {"not": {"anyOf": members}}]}


def _bounded(type_: TypeRef, rules: Rules) -> JsonObject:
    """The schema of a type with the bounds of a field. A bounded number is finite."""
    numbers = _present(
        {
            "minimum": rules.minimum,
            "maximum": rules.maximum,
            "exclusiveMinimum": rules.exclusive_minimum,
        }
    )
    others = _present(
        {
            "minLength": rules.min_length,
            "maxLength": rules.max_length,
            "maxItems": rules.max_items,
            "pattern": rules.pattern,
            "propertyNames": {"enum": [*rules.only]} if rules.only else None,
            MULTIPLE_OF: rules.divides_into,
        }
    )
    match type_:
        case Scalar(Kind.FLOAT | Kind.DOUBLE as kind) if numbers:
            return {**number(kind), **numbers}
        case _:
            return {**type_schema(type_), **numbers, **others}


def _packed(types: tuple[tuple[str, str], ...]) -> JsonObject:
    """An object that names its own type: held to the message that it names, when that is known."""
    schema: JsonObject = {"type": "object", "properties": {"@type": {"type": "string"}}}
    known: list[JsonValue] = [
        {
            "if": {"properties": {"@type": {"const": url}}, "required": ["@type"]},
            "then": {"$ref": REF + message},
        }
        for url, message in types
    ]
    return {**schema, "allOf": known} if known else schema


def _default(field: Field) -> JsonValue:
    """A default as it would be sent, which a document may have as text; None where it is none that would be taken."""
    value = field.default
    if not isinstance(value, bool | int | float | str):
        return None
    if not isinstance(field.type, Scalar):
        return value
    try:
        read = READERS[field.type.kind](value)
    except UnreadableError:
        return None
    return str(read) if field.type.kind in (Kind.INT64, Kind.UINT64) else read


def _is_any(field: Field) -> bool:
    return field.type == Scalar(Kind.ANY)


def _messages(type_: TypeRef) -> Iterator[str]:
    match type_:
        case MessageRef(name):
            yield name
        case ListOf(inner) | MapOf(inner):
            yield from _messages(inner)
        case Packed(types):
            yield from (message for _, message in types)
        case _:
            pass


def _present(keywords: JsonObject) -> JsonObject:
    return {name: value for name, value in keywords.items() if value is not None}


def _said(doc: str, schema: JsonObject) -> JsonObject:
    return {"description": doc, **schema} if doc else schema
