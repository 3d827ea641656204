"""A sample of a JSON value that a schema describes, and the text that a parameter is to be sent as: of the raw document alone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from attrs import frozen

DEEPEST = 6
FORMATS = {
    "date-time": "2024-05-06T07:08:09Z",
    "date": "2024-05-06",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "byte": "YQ==",
    "uri": "https://x.example/a?b=c",
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
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
JOINERS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}
OPERATORS = {
    "simple": ("", ",", False, ""),
    "label": (".", ".", False, ""),
    "matrix": (";", ";", True, ""),
    "form": ("", "&", True, "="),
}
"""RFC 6570, appendix A: what comes first, between variables, whether names are written, and what stands for an empty value."""
STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}


class UnsampledError(Exception):
    """No sample: the schema needs a text of a pattern, or never ends."""


@frozen
class Samples:
    """Makes samples of the schemas of one document."""

    document: Mapping[str, Any]

    def resolved(self, node: Any) -> Any:
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            found: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                key = part.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
                found = found[int(key)] if isinstance(found, list) else found[key]
            node = found
        return node

    def of(self, schema: Any, depth: int = 0) -> Any:
        """Return a value that the schema describes."""
        schema = self.merged(schema)
        if depth > DEEPEST:
            raise UnsampledError
        if not schema:
            return "any value"
        if "const" in schema:
            return schema["const"]
        values = [each for each in schema.get("enum", ()) if each not in (None, "")]
        if values:
            return values[0]
        for key in ("oneOf", "anyOf"):
            members = [self.merged(each) for each in schema.get(key, ())]
            member = next((each for each in members if each.get("type") != "null"), None)
            if member is not None:
                rest = {name: value for name, value in schema.items() if name not in ("oneOf", "anyOf")}
                return self.of(_both(rest, member), depth + 1)
        return self._typed(schema, depth)

    def merged(self, schema: Any) -> dict[str, Any]:
        """Return a schema without references and `allOf`."""
        schema = self.resolved(schema)
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
            properties = schema.get("properties") or {}
            wanted = [key for key in dict.fromkeys(schema.get("required", ())) if key in properties] or list(
                properties
            )[:1]
            sent = (key for key in wanted if not self.resolved(properties[key]).get("readOnly"))
            return {key: self.of(properties[key], depth + 1) for key in sent}
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

    def _none(self) -> str:
        raise UnsampledError

    def _text(self, schema: Any) -> str:
        if schema.get("pattern"):
            sid = re.fullmatch(r"\^([A-Z]{2})\[0-9a-fA-F\]\{32\}\$", schema["pattern"])
            texts = (sid[1] + "0" * 32,) if sid else CANDIDATES
            return next(filter(re.compile(schema["pattern"]).search, texts), None) or self._none()
        is_base64 = schema.get("contentEncoding") == "base64"
        text = FORMATS.get("byte" if is_base64 else schema.get("format", ""), "a b/\u00fc&")
        low, high = schema.get("minLength", 0), schema.get("maxLength", len(text))
        return text if low <= len(text) <= high else ("x" * low)[:high] or "x"[:high]


def _both(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that says what both say; of one keyword the second's, but for properties and what is required."""
    properties = {**(first.get("properties") or {}), **(second.get("properties") or {})}
    required = [*first.get("required", ()), *second.get("required", ())]
    more = {"properties": properties} if properties else {}
    return {**first, **second, **more, **({"required": required} if required else {})}


def encoded(text: str) -> str:
    """Percent-encode everything but unreserved characters (RFC 3986 2.3)."""
    return "".join(chr(byte) if byte in UNRESERVED else f"%{byte:02X}" for byte in text.encode())


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def expanded(parameter: Mapping[str, Any], value: Any) -> str:
    """Return what a parameter is sent as: in a query and a cookie with its name."""
    name, where = parameter["name"], parameter["in"]
    encode = str if where == "header" else encoded
    if "content" in parameter:
        text = encode(json.dumps(value, separators=(",", ":"), ensure_ascii=where == "header"))
        return f"{encode(name)}={text}" if where in ("query", "cookie") else text
    style = parameter.get("style", STYLES[where])
    explode = parameter.get("explode", style == "form")
    name = encoded(name)
    if style == "deepObject" and isinstance(value, dict):
        return "&".join(f"{name}%5B{encoded(key)}%5D={encode(text_of(each))}" for key, each in value.items())
    if style in JOINERS and not explode and isinstance(value, list):
        return f"{name}={JOINERS[style].join(encode(text_of(each)) for each in value)}"
    first, separator, named, empty = OPERATORS.get(style, OPERATORS["form"])
    separator = "; " if where == "cookie" else separator

    def pair(key: str, text: str) -> str:
        return f"{key}={text}" if text else f"{key}{empty}"

    if not isinstance(value, (list, dict)):
        text = encode(text_of(value))
        return first + (pair(name, text) if named else text)
    if not explode:
        flat = value if isinstance(value, list) else [part for each in value.items() for part in each]
        text = ",".join(encode(text_of(each)) for each in flat)
        return first + (pair(name, text) if named else text)
    if isinstance(value, list):
        texts = [encode(text_of(each)) for each in value]
        return first + separator.join(pair(name, each) if named else each for each in texts)
    return first + separator.join(f"{encode(key)}={encode(text_of(each))}" for key, each in value.items())
