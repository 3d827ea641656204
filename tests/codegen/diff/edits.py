"""Edits of a document that nobody chose: what to change, and to what, comes from a source of chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

Document = dict[str, Any]
_NAMES = (
    "class", "int", "str", "value", "self", "items", "list", "type", "request_id", "payment", "delivery", "OrderKind",
    "messages", "datetime", "options", "request", "timeout", "shop", "wait", "get", "orders", "create", "unknownFields",
    "name", "done", "error", "response", "metadata", "nextPageToken", "pageToken", "requestId", "Client", "Constant",
)  # fmt: skip
"""Names that something has already, in Python or in the shop."""
_TYPES: tuple[Document, ...] = (
    {"type": "string"},
    {"type": "string", "format": "int64"},
    {"type": "string", "format": "uint64"},
    {"type": "string", "format": "date"},
    {"type": "string", "format": "google-fieldmask"},
    {"type": "string", "format": "google-datetime"},
    {"type": "string", "enum": ["SMALL", "LARGE"]},
    {"type": "integer", "format": "int32"},
    {"type": "integer", "format": "uint32"},
    {"type": "number", "format": "float"},
    {"type": "number", "format": "double"},
    {"type": "boolean"},
    {"type": "any"},
    {"type": "array", "items": {"$ref": "Receipt"}},
    {"type": "array", "items": {"type": "string"}},
    {"type": "object", "additionalProperties": {"type": "integer", "format": "int32"}},
    {"$ref": "Order"},
    {"$ref": "Receipt"},
    {"$ref": "Ping"},
)
_SCALARS = tuple(each for each in _TYPES if each.get("type") in ("string", "integer", "number", "boolean"))


def edit(document: Document, chance: Random) -> None:
    """Change one thing; some edits find nothing to change."""
    chance.choice(_EDITS)(document, chance)


def _methods(document: Document) -> Iterator[Document]:
    for resource in document["resources"].values():
        yield from resource["methods"].values()


def _method(document: Document, chance: Random) -> Document:
    return chance.choice(list(_methods(document)))


def _properties(document: Document, chance: Random) -> Document:
    return chance.choice(list(document["schemas"].values()))["properties"]


def _add_field(document: Document, chance: Random) -> None:
    _properties(document, chance).setdefault(chance.choice(_NAMES), dict(chance.choice(_TYPES)))


def _change_field(document: Document, chance: Random) -> None:
    properties = _properties(document, chance)
    if properties:
        properties[chance.choice(list(properties))] = dict(chance.choice(_TYPES))


def _say_of_field(document: Document, chance: Random) -> None:
    properties = _properties(document, chance)
    if properties:
        _say(properties[chance.choice(list(properties))], chance)


def _say(schema: Document, chance: Random) -> None:
    key, value = chance.choice([("description", "Said."), ("deprecated", True), ("readOnly", True)])
    if "$ref" not in schema:
        schema[key] = value


def _add_message(document: Document, chance: Random) -> None:
    name = chance.choice(_NAMES)
    document["schemas"].setdefault(
        name, {"id": name, "type": "object", "properties": {"text": dict(chance.choice(_TYPES))}}
    )
    _properties(document, chance).setdefault(chance.choice(_NAMES), {"$ref": name})


def _add_method(document: Document, chance: Random) -> None:
    resource, name = chance.choice(["orders", "jobs", "archive"]), chance.choice(_NAMES)
    methods = document["resources"].setdefault(resource, {"methods": {}})["methods"]
    body = chance.choice(list(document["schemas"]))
    known: Document = dict(chance.choice(list(_methods(document))))
    made = {**known, "id": f"shop.{resource}.{name}", "response": {"$ref": body}}
    methods.setdefault(name, made)


def _add_parameter(document: Document, chance: Random) -> None:
    parameters = _method(document, chance).setdefault("parameters", {})
    parameters.setdefault(chance.choice(_NAMES), {**chance.choice(_SCALARS), "location": "query"})


def _change_parameter(document: Document, chance: Random) -> None:
    parameters = _method(document, chance).get("parameters", {})
    if not parameters:
        return
    parameter = parameters[chance.choice(list(parameters))]
    key, value = chance.choice(
        [
            ("description", "Said."),
            ("deprecated", True),
            ("pattern", "^[a-z/0-9]+$"),
            ("maximum", "9007199254740993"),
            ("maximum", "9007199254740992"),
            ("minimum", "2"),
            ("default", "3"),
            ("repeated", True),
            ("required", True),
            ("format", chance.choice(["int64", "date", "google-fieldmask"])),
            ("enum", ["FULL", "BRIEF", "MORE"]),
        ]
    )
    if key == "pattern" and chance.random() < 0.5:
        parameter.pop(key, None)
    else:
        parameter[key] = value


def _add_value(document: Document, chance: Random) -> None:
    for field in _properties(document, chance).values():
        if "enum" in field:
            field["enum"] = [*field["enum"], chance.choice(_NAMES)]


def _say_of_method(document: Document, chance: Random) -> None:
    key, value = chance.choice(
        [("description", "Said."), ("deprecated", True), ("supportsMediaUpload", True), ("apiVersion", "v9")]
    )
    _method(document, chance)[key] = value


_EDITS: tuple[Callable[[Document, Random], None], ...] = (
    _add_field,
    _add_field,
    _change_field,
    _say_of_field,
    _add_message,
    _add_method,
    _add_parameter,
    _change_parameter,
    _change_parameter,
    _add_value,
    _say_of_method,
)
