"""A straight structural comparison of two documents, which shares no code with the generator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Facts = dict[tuple[str, str], str]
"""What stands at each place: by subject and path, everything said there but the texts."""
_TEXT = ("description", "enumDescriptions")
_METHOD = ("httpMethod", "path", "parameterOrder", "request", "response", "scopes", "deprecated")


def facts(document: dict[str, Any]) -> Facts:
    """Every method, parameter, schema, field, enum and enum value that a method reaches."""
    found: Facts = {}
    waiting: list[str] = []
    for method in _methods(document):
        said = {key: method[key] for key in _METHOD if key in method}
        found["method", method["id"]] = json.dumps(said, sort_keys=True)
        for name, parameter in method.get("parameters", {}).items():
            found["parameter", f"{method['id']}.{name}"] = _said(parameter)
        for body in (method.get("request"), method.get("response")):
            waiting += [body["$ref"]] if body is not None else []
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            _object(name, document["schemas"][name], found, waiting)
    return found


def _methods(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from node.get("methods", {}).values()
    for inner in node.get("resources", {}).values():
        yield from _methods(inner)


def _object(place: str, schema: dict[str, Any], found: Facts, waiting: list[str]) -> None:
    found["message", place] = ""
    for wire, inner in schema.get("properties", {}).items():
        found["field", f"{place}.{wire}"] = _said(inner)
        _inside(f"{place}.{wire}", inner, found, waiting)


def _inside(place: str, schema: dict[str, Any], found: Facts, waiting: list[str]) -> None:
    if "$ref" in schema:
        waiting.append(schema["$ref"])
    if "enum" in schema:
        name = "".join(part[:1].upper() + part[1:] for part in place.replace("[]", ".item").split("."))
        found["enum", name] = ""
        found.update({("value", f"{name}.{value}"): "" for value in schema["enum"]})
    if "items" in schema:
        _inside(f"{place}[]", schema["items"], found, waiting)
    if "additionalProperties" in schema:
        _inside(f"{place}{{}}", schema["additionalProperties"], found, waiting)
    if schema.get("properties"):
        _object(place, schema, found, waiting)


def _said(schema: dict[str, Any]) -> str:
    """What is said of a field besides texts and the names of its enum."""
    return json.dumps(_plain(schema), sort_keys=True)


def _plain(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    plain = {key: _plain(inner) for key, inner in value.items() if key not in (*_TEXT, "enum", "properties")}
    return plain | {"enum": True} if "enum" in value else plain
