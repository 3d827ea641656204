"""A sample of a JSON value that a schema describes, made from the raw document alone: a valid value that a type must take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from .documents import resolved

DEEPEST = 6
FULL = 3
"""Levels of objects that have all their properties."""
FORMATS = {
    "date-time": "2024-05-06T07:08:09Z",
    "dateTime": "2024-05-06T07:08:09Z",  # misspelt, and read all the same
    "date": "2024-05-06",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "byte": "YQ==",
    "binary": "YQ==",
    "uri": "https://x.example/a?b=c",
    "int64": "12",
    "uint64": "12",
}
CANDIDATES = (
    "a",
    "a1",
    "abc-def",
    "1",
    "1.0.0",
    "12345",
    "A1B2C3",
    "user@x.example",
    "2024-05-06",
    "#aabbcc",
    "abcdefgh",
    "P1D",
    "https://x.example/a",
)
"""Texts that may match a pattern."""


class UnsampledError(Exception):
    """No sample: the schema needs a text of a pattern, or never ends."""


@frozen
class Samples:
    """Makes samples of the schemas of one document: of what is sent, or of what is received."""

    document: Mapping[str, Any]
    sent: bool

    def of(self, schema: Any, depth: int = 0) -> Any:
        """Return a value that the schema describes."""
        schema = self.merged(schema)
        if depth > DEEPEST:
            raise UnsampledError
        if not schema:
            return "any value"
        if "discriminator" in schema and not {"oneOf", "anyOf"} & schema.keys():
            raise UnsampledError  # it stands for what extends it, which JSON Schema does not know
        if "const" in schema:
            return schema["const"]
        values = [each for each in schema.get("enum", ()) if each not in (None, "")]
        if values:
            return values[0]
        for key in ("oneOf", "anyOf"):
            members = [self.merged(each) for each in schema.get(key, ())]
            member = next((each for each in members if each.get("type") != "null"), None)
            if member is not None:
                unions = ("oneOf", "anyOf", "discriminator")
                rest = {name: value for name, value in schema.items() if name not in unions}
                value = self.of(_both(rest, member), depth + 1)
                tag = (schema.get("discriminator") or {}).get("propertyName")
                if tag is not None and isinstance(value, dict) and tag not in value:
                    raise UnsampledError  # a member may leave out the property that a discriminator needs
                return value
        return self._typed(schema, depth)

    def merged(self, schema: Any) -> dict[str, Any]:
        """Return a schema without references and `allOf`."""
        schema = resolved(self.document, schema)
        if not isinstance(schema, dict):
            return {}
        made: dict[str, Any] = {}
        for part in schema.get("allOf", ()):
            made = _both(made, self.merged(part))
        return _both(made, {name: value for name, value in schema.items() if name != "allOf"})

    def _typed(self, schema: Any, depth: int) -> Any:
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((each for each in kind if each != "null"), None)
        if kind is None:
            kind = "object" if "properties" in schema else "array" if "items" in schema else "string"
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            count = max(1, schema.get("minItems", 1))
            tuple_ = schema.get("prefixItems")
            return (
                [self.of(each, depth + 1) for each in tuple_]
                if tuple_
                else [self.of(schema.get("items", {}), depth + 1)] * count
            )
        if kind in ("integer", "number"):
            low = schema.get("minimum", schema.get("exclusiveMinimum"))
            lowest = low + 1 if isinstance(low, (int, float)) and not isinstance(low, bool) else 1
            return (
                min(lowest, schema["maximum"]) if isinstance(schema.get("maximum"), (int, float)) else lowest
            )
        return True if kind == "boolean" else None if kind == "null" else self._text(schema)

    def _object(self, schema: Any, depth: int) -> dict[str, Any]:
        """Return an object with all properties; below some depth, with those that it requires, or its first."""
        properties = schema.get("properties") or {}
        required = [key for key in dict.fromkeys(schema.get("required", ())) if key in properties]
        wanted = list(properties) if depth < FULL else required or list(properties)[:1]
        made: dict[str, Any] = {}
        for key in wanted:
            if self.merged(properties[key]).get("readOnly" if self.sent else "writeOnly"):
                continue
            try:
                made[key] = self.of(properties[key], depth + 1)
            except UnsampledError:
                if key in required:
                    raise
        return made

    def _none(self) -> str:
        raise UnsampledError

    def _text(self, schema: Any) -> str:
        if schema.get("pattern"):
            sid = re.fullmatch(r"\^([A-Z]{2})\[0-9a-fA-F\]\{32\}\$", schema["pattern"])
            texts = (sid[1] + "0" * 32,) if sid else CANDIDATES
            try:
                return next(filter(re.compile(schema["pattern"]).search, texts), None) or self._none()
            except re.error:
                return self._none()
        is_base64 = schema.get("contentEncoding") == "base64"
        text = FORMATS.get("byte" if is_base64 else schema.get("format", ""), "a b/\u00fc&")
        low, high = schema.get("minLength", 0), schema.get("maxLength", len(text))
        return text if low <= len(text) <= high else ("x" * low)[:high] or "x"[:high]


def _both(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that says what both say; of one keyword the second's, but for properties and what is required."""
    properties = {**(first.get("properties") or {}), **(second.get("properties") or {})}
    stated = [each.get("required", ()) for each in (first, second)]
    required = [key for keys in stated if isinstance(keys, (list, tuple)) for key in keys]
    more = {"properties": properties} if properties else {}
    return {**first, **second, **more, **({"required": required} if required else {})}
