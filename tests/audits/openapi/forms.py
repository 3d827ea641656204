"""Forms as the OpenAPI Specification writes them, from plain JSON and the document's own `encoding` objects.

Source: OpenAPI 3.1.1, 4.8.14.4, 4.8.14.5 and 4.8.15. Written apart from the runtime, to compare with it; the bodies are read by the
parsers of `tests.forms`. Parts are compared name by name: files may come behind all others.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from attrs import frozen

from tests.forms import pairs, parts

from . import styles
from .documents import resolved
from .values import File, has_form

FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/"
OCTETS: Final = "application/octet-stream"


@frozen
class Form:
    """A form: the document's media type object, and the properties that it is to have."""

    document: Any
    media_type: str
    stated: Mapping[str, Any]
    properties: Mapping[str, Any]

    def differences(self, content_type: str, body: bytes) -> list[str]:
        """Return how a body differs from what the document says."""
        found = [f"{name}: {fault}" for name, fault in self._wrong_kinds()]
        if self.media_type == FORM:
            return found + self._differences_of_pairs(body)
        have, want = defaultdict[str, list[Any]](list), defaultdict[str, list[Any]](list)
        for name, filename, kind, content in parts(content_type, body):
            kind = kind or "text/plain"
            have[name].append((filename, kind, _content(kind, content)))
        for name, filename, kind, content in self._parts():
            want[_escaped(name)].append((filename and _escaped(filename), kind, content))
        return found + _unlike(have, want)

    @property
    def is_defined(self) -> bool:
        """Return True where the specification says how each property with a style is written."""
        styled = [(*self._encoding(name), item) for name, item in self.properties.items() if item is not None]
        return all(
            has_form(item, stated.get("style", "form"), "query")
            for stated, is_styled, item in styled
            if is_styled
        )

    def _wrong_kinds(self) -> Iterator[tuple[str, str]]:
        """Yield the properties that the client has as text and the document as files, or the other way round."""
        schema = resolved(self.document, self.stated.get("schema") or {})
        for name, item in self.properties.items():
            is_file = _is_file(self.document, (schema.get("properties") or {}).get(name))
            for each in item if isinstance(item, list) else [item]:
                if is_file is not None and each is not None and is_file != isinstance(each, File):
                    yield name, f"{'a file' if is_file else 'no file'} by the document"

    def _encoding(self, name: str) -> tuple[Mapping[str, Any], bool]:
        """Return the encoding of a property, and whether a style is stated."""
        stated = (self.stated.get("encoding") or {}).get(name) or {}
        return stated, not {"style", "explode", "allowReserved"}.isdisjoint(stated)

    def _styled(self, name: str, item: Any, **more: Any) -> list[str]:
        stated, _ = self._encoding(name)
        keys = ("style", "explode", "allowReserved")
        parameter = {"in": "query", "name": name, **{key: stated[key] for key in keys if key in stated}}
        return styles.query_pairs({**parameter, **more}, item)

    def _differences_of_pairs(self, body: bytes) -> list[str]:
        """Return what is wrong in an urlencoded body: styled pairs byte by byte, any other as a parser reads it."""
        raw = body.decode("ascii").split("&") if body else []
        want = defaultdict[str, list[Any]](list)
        for name, item in self.properties.items():
            stated, is_styled = self._encoding(name)
            for pair in self._styled(name, item) if is_styled and item is not None else ():
                if pair not in raw:
                    return [f"no {pair} in {raw!r:.500}"]
                raw.remove(pair)
            for each in () if is_styled else _items(item):
                is_json = _is_json(stated.get("contentType", "")) or isinstance(each, (dict, list))
                want[name].append(_Json(each) if is_json else styles.scalar(each))
        have = defaultdict[str, list[Any]](list)
        for name, text in pairs("&".join(raw).encode()):
            is_json = isinstance(next(iter(want[name][len(have[name]) :]), None), _Json)
            have[name].append(_Json(json.loads(text)) if is_json else text)
        return _unlike(have, want)

    def _parts(self) -> Iterator[tuple[str, str | None, str, Any]]:
        """Yield the name, the file's name, the type and the content of each part."""
        for name, item in self.properties.items():
            stated, is_styled = self._encoding(name)
            if is_styled and item is not None:
                for pair in self._styled(name, item, allowReserved=False):
                    key, _, text = pair.partition("=")
                    yield unquote(key), None, "text/plain", unquote(text).encode()
                continue
            only = stated.get("contentType", "")
            only = "" if "," in only or "*" in only else only
            for each in _items(item):
                if isinstance(each, File):
                    kind = each.content_type or only or OCTETS
                    yield name, each.filename or name, kind, _content(kind, each.data)
                elif isinstance(each, (dict, list)) or _is_json(only):
                    kind = only or "application/json"
                    yield name, None, kind, _content(kind, json.dumps(each).encode())
                else:
                    yield name, None, only or "text/plain", styles.scalar(each).encode()


@frozen
class _Json:
    value: Any


def _escaped(name: str) -> str:
    """Return a name as HTML writes it into a header (4.10.22.8, multipart/form-data)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _items(item: Any) -> list[Any]:
    """Return the values of a property: one for each item of a list; null is left out."""
    return [each for each in (item if isinstance(item, list) else [item]) if each is not None]


def _is_json(kind: str) -> bool:
    essence = kind.partition(";")[0].strip().lower()
    return essence == "application/json" or essence.endswith("+json")


def _content(kind: str, content: bytes) -> Any:
    return _Json(json.loads(content)) if _is_json(kind) else content


def _is_file(document: Any, schema: Any) -> bool | None:
    """Return whether a property, or each item of a list, is binary; None where the schema is a union or tells no type."""
    node = resolved(document, schema)
    if isinstance(node, dict) and node.get("type") == "array":
        node = resolved(document, node.get("items"))
    if (
        not isinstance(node, dict)
        or node.get("type") != "string"
        or {"allOf", "oneOf", "anyOf"} & node.keys()
    ):
        return None
    if "contentMediaType" in node:
        return None
    return bool(node.get("format") == "binary")


def _unlike(have: Mapping[str, list[Any]], want: Mapping[str, list[Any]]) -> list[str]:
    return [
        f"{name}: sent {have.get(name)!r:.300}, by the document {want.get(name)!r:.300}"
        for name in sorted({*have, *want})
        if have.get(name, []) != want.get(name, [])
    ]
