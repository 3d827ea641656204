"""A schema of our own with one field of each kind, for what runs without the vectors."""

from __future__ import annotations

from typing import Any

PACKED = {"type": "any", "description": "Properties of the object. Contains field @type with type URL."}

_FIELDS: dict[str, dict[str, Any]] = {
    "smallInt": {"type": "integer", "format": "int32"},
    "smallUint": {"type": "integer", "format": "uint32"},
    "largeInt": {"type": "string", "format": "int64"},
    "largeUint": {"type": "string", "format": "uint64"},
    "single": {"type": "number", "format": "float"},
    "twice": {"type": "number", "format": "double"},
    "flag": {"type": "boolean"},
    "text": {"type": "string"},
    "bytes": {"type": "string", "format": "byte"},
    "colour": {"type": "string", "enum": ["RED", "GREEN"]},
    "instant": {"type": "string", "format": "google-datetime"},
    "span": {"type": "string", "format": "google-duration"},
    "mask": {"type": "string", "format": "google-fieldmask"},
    "free": {"type": "any"},
    "members": {"type": "object", "additionalProperties": {"type": "any"}},
    "packed": {"type": "object", "additionalProperties": PACKED},
    "inner": {"$ref": "Thing"},
    "countWrapper": {"type": "integer", "format": "int32"},
    "ints": {"type": "array", "items": {"type": "integer", "format": "int32"}},
    "things": {"type": "array", "items": {"$ref": "Thing"}},
    "allPacked": {"type": "array", "items": {"type": "object", "additionalProperties": PACKED}},
    "intMap": {"type": "object", "additionalProperties": {"type": "string", "format": "int64"}},
    "thingMap": {"type": "object", "additionalProperties": {"$ref": "Thing"}},
    "chosenText": {"type": "string", "x-oneof": "choice"},
    "chosenThing": {"$ref": "Thing", "x-oneof": "choice"},
    "chosenFree": {"type": "any", "x-oneof": "choice"},
    "pick": {"$ref": "Pick"},
    "FieldName3": {"type": "integer", "format": "int32"},
    "field4": {"type": "integer", "format": "int32"},
}

_PICK: dict[str, dict[str, Any]] = {
    "firstText": {"type": "string", "x-oneof": "which"},
    "secondText": {"type": "string", "x-oneof": "which"},
    "weight": {"type": "integer", "format": "int32"},
}

REQUIRED = ("which",)
"""Unions of which one member must be set."""

EVERYTHING: dict[str, Any] = {
    "kind": "discovery#restDescription",
    "discoveryVersion": "v1",
    "id": "everything:v1",
    "name": "everything",
    "version": "v1",
    "rootUrl": "https://conformance.invalid/",
    "servicePath": "",
    "parameters": {},
    "schemas": {
        "Thing": {"id": "Thing", "type": "object", "properties": _FIELDS},
        "Pick": {"id": "Pick", "type": "object", "properties": _PICK},
    },
    "resources": {
        "things": {
            "methods": {
                "echo": {
                    "id": "everything.things.echo",
                    "path": "v1/things:echo",
                    "httpMethod": "POST",
                    "parameters": {},
                    "request": {"$ref": "Thing"},
                    "response": {"$ref": "Thing"},
                }
            }
        }
    },
}
