"""Parameters as the OpenAPI Specification writes them, from plain JSON and the document's own parameter objects.

Source: OpenAPI 3.1.1, 4.8.12.2 (the table of styles), 4.8.12 (`allowReserved`, `content`), RFC 6570 3.2. Written apart from
the runtime, to compare with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

DEFAULTS: Final = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}


def style_of(parameter: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the style of a parameter object, and whether it explodes."""
    style = parameter.get("style", DEFAULTS[parameter["in"]])
    return style, parameter.get("explode", style == "form")


def scalar(value: Any) -> str:
    """Return a JSON scalar as text."""
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _percent(text: str) -> str:
    return quote(text, safe="-._~")


def _reserved(text: str) -> str:
    """Percent-encode with reserved characters as they are, but those that would end the value (`&`, `#`, ...)."""
    return quote(text, safe="-._~:/?@!$'()*,;=")


def _flat(value: Mapping[str, Any]) -> list[str]:
    return [text for key, item in value.items() for text in (key, scalar(item))]


def query_pairs(parameter: Mapping[str, Any], value: Any) -> list[str]:
    """Return the `name=value` pairs of a parameter of a query, or of a cookie."""
    name = _percent(parameter["name"])
    encode = _reserved if parameter.get("allowReserved") else _percent
    if "content" in parameter:
        return [f"{name}={encode(json.dumps(value, separators=(',', ':'), ensure_ascii=False))}"]
    style, explode = style_of(parameter)
    if isinstance(value, dict):
        if style == "deepObject":
            return _deep(parameter["name"], value, encode)
        if explode:
            return [f"{encode(key)}={encode(text)}" for key, item in value.items() for text in _texts(item)]
        items = _flat(value)
    elif isinstance(value, list):
        if explode or style == "deepObject":
            return [f"{name}={encode(scalar(item))}" for item in value]
        items = [scalar(item) for item in value]
    else:
        return [f"{name}={encode(scalar(value))}"]
    separator = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(style, ",")
    return [f"{name}={separator.join(map(encode, items))}"] if items else []


def _texts(item: Any) -> list[str]:
    return [scalar(each) for each in item] if isinstance(item, list) else [scalar(item)]


def _deep(name: str, value: Any, encode: Any) -> list[str]:
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in _deep(f"{name}[{key}]", item, encode)]
    return [f"{_percent(name)}={encode(text)}" for text in _texts(value)]


def header_text(parameter: Mapping[str, Any], value: Any) -> str:
    """Return the value of a header: the style `simple`, not percent-encoded."""
    if "content" in parameter:
        return json.dumps(value, separators=(",", ":"))
    return ",".join(_simple(parameter, value, str))


def path_text(parameter: Mapping[str, Any], value: Any) -> str:
    """Return what replaces `{name}` in a path."""
    if "content" in parameter:
        return _percent(json.dumps(value, separators=(",", ":"), ensure_ascii=False))
    style, explode = style_of(parameter)
    if style == "label":
        return "." + (".".join if explode else ",".join)(_simple(parameter, value, _percent))
    if style == "matrix":
        return _matrix(_percent(parameter["name"]), value, explode)
    return ",".join(_simple(parameter, value, _percent))


def _simple(parameter: Mapping[str, Any], value: Any, encode: Any) -> Sequence[str]:
    if isinstance(value, dict):
        if style_of(parameter)[1]:
            return [f"{encode(key)}={encode(scalar(item))}" for key, item in value.items()]
        return [encode(text) for text in _flat(value)]
    return [encode(text) for text in _texts(value)]


def _matrix(name: str, value: Any, explode: bool) -> str:
    if isinstance(value, dict):
        pairs = list(value.items()) if explode else [(name, ",".join(map(_percent, _flat(value))))]
        return "".join(
            f";{_percent(key)}={_percent(scalar(item)) if explode else item}" for key, item in pairs
        )
    texts = [_percent(text) for text in _texts(value)]
    if isinstance(value, list) and not explode:
        texts = [",".join(texts)]
    return "".join(f";{name}={text}" if text else f";{name}" for text in texts)
