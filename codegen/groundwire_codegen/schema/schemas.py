"""Messages and enums of the IR as JSON Schema (2020-12), out of a closed list of keywords.

With `Options.as_accepted`, a message that a request reaches is closed: the server rejects unknown names, and reads null
as an absent field. A message that only answers reach is open, since answers grow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..ir import (
    AliasRef,
    Api,
    Const,
    Enum,
    EnumRef,
    Field,
    Group,
    Kind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Nullable,
    Packed,
    Rules,
    Scalar,
    TupleOf,
    TypeRef,
    UnionOf,
    closure,
)
from .options import Enums, JsonObject, JsonValue, Options
from .scalars import REF, SHARED, canonical, definition, number, scalar

MULTIPLE_OF: Final = "x-groundwire-multiple-of"
"""The sibling whose value (or default) divides every number of this object; JSON Schema has no keyword for it."""
_NULL: Final[JsonObject] = {"type": "null"}
_STRING: Final[JsonObject] = {"type": "string"}


def schemas(api: Api, options: Options) -> JsonObject:
    """Return the schema of every message, enum and shared scalar, by name, sorted."""
    requests = {method.request for method in api.methods.values() if method.request}
    closed = reached(api, requests) if options.as_accepted else set[str]()
    found: JsonObject = {
        name: message_schema(message, options, name in closed) for name, message in api.messages.items()
    }
    found |= {name: enum_schema(enum, options) for name, enum in api.enums.items()}
    found |= {
        name: _described(alias.doc, type_schema(alias.type, options))
        for name, alias in api.aliases.items()
        if alias.type is not None
    }
    if not options.types_only:
        found |= {kind.value: definition(kind) for kind in SHARED}
    return dict(sorted(found.items()))


def reached(api: Api, names: set[str]) -> set[str]:
    """Return the named messages and all that they reference, transitively."""
    return closure(api.messages, api.aliases, names)


def message_schema(message: Message, options: Options, closed: bool = False) -> JsonObject:
    """Return the schema of a message. A group is a `oneOf` over which of its members is present."""
    if message.family and closed:
        return _described(message.doc, {"oneOf": [*_variants(message, options)]})
    properties: JsonObject = {
        field.wire: field_schema(field, options, closed) for field in message.wire_fields
    }
    schema: JsonObject = {"type": "object", "properties": properties}
    required: list[JsonValue] = [field.wire for field in message.wire_fields if field.required]
    if required:
        schema["required"] = required
    choices: list[JsonValue] = [_choice(group, closed) for group in message.groups]
    if choices and not options.types_only:
        schema["allOf"] = choices
    if closed:
        schema["additionalProperties"] = False
    if message.extra is not None:
        schema["additionalProperties"] = type_schema(message.extra, options)
    return _described(message.doc, schema)


def enum_schema(enum: Enum, options: Options) -> JsonObject:
    """Return the schema of an enum: its names in their canonical spelling, and any other where it is open."""
    if enum.whole:
        numbers: JsonObject = {"type": "integer", "enum": [int(value.wire) for value in enum.values]}
        whole: JsonObject = {"type": "integer"}
        return _described(enum.doc, numbers if options.enums is Enums.CLOSED else whole)
    return _described(enum.doc, names_schema([value.wire for value in enum.values], options))


def names_schema(names: Iterable[str], options: Options) -> JsonObject:
    """Return the schema of a string that has known values."""
    closed: JsonObject = {"type": "string", "enum": [*dict.fromkeys(names)]}
    if options.enums is Enums.TEXT or not closed["enum"]:
        return _STRING
    return closed if options.enums is Enums.CLOSED else {"anyOf": [closed, _STRING]}


def field_schema(field: Field, options: Options, takes_null: bool = False) -> JsonObject:
    """Return the schema of a field.

    With `takes_null`, null is allowed as the absence of a field that is not required. With `Options.as_accepted`, a
    wrapped value is bare, or in an object under `value`.
    """
    value = _bounded(field.type, field.rules, options)
    if takes_null and not field.required:
        value = nullable(value)
    schema: JsonObject = (
        {"oneOf": [value, _wrapper(value)]} if field.wrapped and options.as_accepted else value
    )
    default = _default(field)
    if default is not None and not options.types_only:
        schema = {**schema, "default": default}
    if field.read_only:
        schema = {**schema, "readOnly": True}
    if field.deprecated:
        schema = {**schema, "deprecated": True}
    if field.evidence and options.extensions:
        schema = {**schema, "x-groundwire-evidence": field.evidence}
    return _described(field.doc, schema)


def nullable(schema: JsonObject) -> JsonObject:
    """Return a schema that also allows null."""
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


def type_schema(type_: TypeRef, options: Options) -> JsonObject:
    """Return the schema of a type."""
    match type_:
        case Scalar(kind):
            return scalar(kind, options)
        case EnumRef(name) | MessageRef(name):
            return {"$ref": REF + name}
        case ListOf(item):
            return {"type": "array", "items": type_schema(item, options)}
        case MapOf(value):
            return {"type": "object", "additionalProperties": type_schema(value, options)}
        case Packed(types):
            return {"type": "object"} if options.types_only else _packed(types)
        case AliasRef(name):
            return {"$ref": REF + name}
        case Nullable(inner):
            return nullable(type_schema(inner, options))
        case Const(values):
            return {"enum": [*values]} if len(values) != 1 else {"const": values[0]}
        case TupleOf(items, rest):
            behind: JsonValue = False if rest is None else type_schema(rest, options)
            return {
                "type": "array",
                "prefixItems": [type_schema(each, options) for each in items],
                "items": behind,
            }
        case UnionOf(members):
            return {"anyOf": [type_schema(each, options) for each in members]}


def _wrapper(value: JsonObject) -> JsonObject:
    return {"type": "object", "properties": {"value": value}, "additionalProperties": False}


def _variants(family: Message, options: Options) -> Iterator[JsonObject]:
    """Yield the forms of a family: one for each member, and one for none."""
    # A member of any type cannot be null and absent at once.
    absent: JsonObject = {field.wire: _NULL for field in family.wire_fields if not _is_any(field)}
    for field in family.wire_fields:
        yield {
            "type": "object",
            "properties": {**absent, field.wire: field_schema(field, options)},
            "required": [field.wire],
            "additionalProperties": False,
        }
    if not family.groups[0].required:
        yield {"type": "object", "properties": absent, "additionalProperties": False}


def _choice(group: Group, takes_null: bool) -> JsonObject:
    """Return the schema that allows one member of a group, or none where that is allowed."""
    members: list[JsonValue] = [
        {"required": [field.wire], "properties": {field.wire: {"not": _NULL}}}
        if takes_null and not _is_any(field)
        else {"required": [field.wire]}
        for field in (variant.field for variant in group.variants)
    ]
    return {"oneOf": members if group.required else [*members, {"not": {"anyOf": members}}]}


def _bounded(type_: TypeRef, rules: Rules, options: Options) -> JsonObject:
    """Return the schema of a type with the bounds of a field. A bounded number is finite."""
    numbers = _present(
        {
            "minimum": rules.minimum,
            "maximum": rules.maximum,
            "exclusiveMinimum": rules.exclusive_minimum,
            "exclusiveMaximum": rules.exclusive_maximum,
            "multipleOf": rules.multiple_of,
        }
    )
    others = _present(
        {
            "minLength": rules.min_length,
            "maxLength": rules.max_length,
            "minItems": rules.min_items,
            "maxItems": rules.max_items,
            "pattern": rules.pattern,
            "propertyNames": {"enum": [*rules.only]} if rules.only and not options.types_only else None,
            MULTIPLE_OF: rules.divides_into if options.extensions else None,
        }
    )
    match type_:
        case Scalar(Kind.FLOAT | Kind.DOUBLE as kind) if numbers:
            return {"type": "number", **numbers} if options.types_only else {**number(kind), **numbers}
        case _ if rules.items is None or options.types_only:
            return {**type_schema(type_, options), **numbers, **others}
        case ListOf(item):
            return {**type_schema(type_, options), **others, "items": _bounded(item, rules.items, options)}
        case MapOf(value):
            inner = _bounded(value, rules.items, options)
            return {**type_schema(type_, options), **others, "additionalProperties": inner}
        case _:
            return {**type_schema(type_, options), **numbers, **others}


def _packed(types: tuple[tuple[str, str], ...]) -> JsonObject:
    """Return the schema of an object that names its type in `@type`; a known type decides the rest."""
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
    """Return a default as it is sent; None where there is none, or where it is not valid."""
    value = field.default
    if not isinstance(value, bool | int | float | str):
        return None
    return canonical(field.type.kind, value) if isinstance(field.type, Scalar) else value


def _is_any(field: Field) -> bool:
    return field.type == Scalar(Kind.ANY)


def _present(keywords: JsonObject) -> JsonObject:
    return {name: value for name, value in keywords.items() if value is not None}


def _described(doc: str, schema: JsonObject) -> JsonObject:
    return {"description": doc, **schema} if doc else schema
