"""Compiling: datamodel-code-generator resolves the types of all fields at once.

It is given a schema that we build node by node (names from the allocator, whitelisted keywords, no reference
out of it) and is asked only what it resolved: its own rendering, which loses int64, unions, open enums and
unknown fields, never runs. The only module that imports it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from datamodel_code_generator.model.dataclass import DataClass, DataModelField, DataTypeManager
from datamodel_code_generator.parser.jsonschema import JsonSchemaParser

from .ir import Api, EnumRef, Kind, ListOf, MapOf, MessageRef, Packed, Scalar, TypeRef
from .problem import Problem, SpecError

Types = Mapping[tuple[str, str], str]
"""The annotation of a present value, by message name and wire name."""

SCHEMAS: Final[Mapping[Kind, Mapping[str, object]]] = {
    Kind.STRING: {"type": "string"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.INT32: {"type": "integer"},
    Kind.UINT32: {"type": "integer"},
    Kind.INT64: {"type": "integer"},
    Kind.UINT64: {"type": "integer"},
    Kind.FLOAT: {"type": "number"},
    Kind.DOUBLE: {"type": "number"},
    Kind.BYTES: {"type": "string", "format": "binary"},
    Kind.TIMESTAMP: {"$ref": "#/$defs/GroundwireTimestamp"},
    Kind.DURATION: {"$ref": "#/$defs/GroundwireDuration"},
    Kind.FIELD_MASK: {"type": "string"},
    Kind.DATE: {"type": "string"},
    Kind.DATE_TIME: {"type": "string"},
    Kind.ANY: {},
    Kind.STRUCT: {"type": "object", "additionalProperties": True},
}
TIMES: Final = {"GroundwireTimestamp": "datetime", "GroundwireDuration": "timedelta"}
"""Stand-ins for classes that the compiler would choose by its own settings; the allocator reserves their names."""
_CONTAINERS: Final = (("list[", "Sequence["), ("dict[", "Mapping["))


def compile_types(api: Api) -> Types:
    """Resolve the type of every field. Raises SpecError when a name did not come out as it went in."""
    found = _resolve({"$defs": {**_messages(api), **_enums(api)}})
    types: dict[tuple[str, str], str] = {}
    problems: list[Problem] = []
    for message in api.messages.values():
        resolved = found.get(message.name, {})
        for number, field in enumerate(message.wire_fields):
            text = resolved.get(f"f{number}")
            if text is None:
                problems.append(
                    Problem("document", field.pointer, f"{message.name}.{field.wire} was not compiled")
                )
            else:
                types[message.name, field.wire] = _annotation(text, field.type, api)
    if problems:
        raise SpecError(problems)
    return types


def _messages(api: Api) -> dict[str, Any]:
    """One object a message; a property of its own keeps each from being merged with one of the same shape.

    It comes first: the compiler drops an object whose first property refers to the object itself.
    """
    return {
        name: {
            "type": "object",
            "properties": {
                f"own_{name}": {"type": "string"},
                **{f"f{number}": _schema(field.type) for number, field in enumerate(message.wire_fields)},
            },
        }
        for name, message in api.messages.items()
    }


def _enums(api: Api) -> dict[str, Any]:
    """Enums and times as objects: only their names matter here."""
    return {
        name: {"type": "object", "properties": {f"own_{name}": {"type": "string"}}}
        for name in (*api.enums, *TIMES)
    }


def _schema(type_: TypeRef) -> Mapping[str, object]:
    if isinstance(type_, Scalar):
        return SCHEMAS[type_.kind]
    if isinstance(type_, (EnumRef, MessageRef)):
        return {"$ref": f"#/$defs/{type_.name}"}
    if isinstance(type_, ListOf):
        return {"type": "array", "items": _schema(type_.item)}
    if isinstance(type_, MapOf):
        return {"type": "object", "additionalProperties": _schema(type_.value)}
    return SCHEMAS[Kind.STRUCT]


def _resolve(schema: Mapping[str, object]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}

    class Recorded(DataClass):
        """A model that writes nothing and remembers what was resolved."""

        def render(self, *, class_name: str | None = None) -> str:
            name = class_name or self.class_name
            found[name] = {field.name or "": field.type_hint for field in self.fields}
            return ""

    parser = JsonSchemaParser(
        json.dumps(schema),
        data_model_type=Recorded,
        data_model_root_type=Recorded,
        data_type_manager_type=DataTypeManager,
        data_model_field_type=DataModelField,
        formatters=[],
        allow_remote_refs=False,
        skip_root_model=True,
        treat_dot_as_module=False,
        use_standard_collections=True,
        use_union_operator=True,
    )
    parser.parse()
    return found


def _annotation(text: str, type_: TypeRef, api: Api) -> str:
    """A resolved hint in the words of generated code."""
    text = text.removesuffix(" | None")
    for theirs, ours in _CONTAINERS:
        text = text.replace(theirs, ours)
    text = re.sub(r"\bAny\b", "JsonValue", text)
    for theirs, ours in TIMES.items():
        text = text.replace(theirs, ours)
    for name in _enum_names(type_):
        text = re.sub(rf"\b{re.escape(name)}\b", f"{name} | Unlisted", text)
    if isinstance(type_, Packed):
        names = dict.fromkeys(name for _, name in type_.types if name in api.messages)
        text = " | ".join([*names, text])
    return text


def _enum_names(type_: TypeRef) -> set[str]:
    if isinstance(type_, ListOf):
        return _enum_names(type_.item)
    if isinstance(type_, MapOf):
        return _enum_names(type_.value)
    return {type_.name} if isinstance(type_, EnumRef) else set()
