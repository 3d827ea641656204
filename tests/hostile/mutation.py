"""A value of JSON or TOML with payloads put into it: a text replaced, a key renamed, a member added."""

from __future__ import annotations

import copy
import json
import random
from typing import Any, Final

from tests.hostile.canary import CANARY, MARK
from tests.hostile.payloads import ODD, TEXTS

LITERAL: Final = frozenset(
    {
        *("title", "description", "documentationLink", "ownerName", "ownerDomain", "enumDescriptions", "doc"),
        *(
            "pattern",
            "default",
            "format",
            "rootUrl",
            "servicePath",
            "path",
            "revision",
            "httpMethod",
            "evidence",
        ),
        *("minimum", "maximum", "etag", "kind"),
    }
)
"""Keys below which texts become literals or docstrings, and never names."""
ADDED: Final = (
    *(
        "title",
        "description",
        "documentationLink",
        "enumDescriptions",
        "pattern",
        "default",
        "format",
        "type",
    ),
    *(
        "$ref",
        "enum",
        "id",
        "items",
        "properties",
        "additionalProperties",
        "minimum",
        "maximum",
        "annotations",
    ),
    *(
        "deprecated",
        "required",
        "rootUrl",
        "servicePath",
        "revision",
        "doc",
        "evidence",
        "extensions",
        "package",
    ),
)
"""Keys to add where they are not."""


def payload(source: random.Random, key: object) -> str:
    """A text for a place below a key."""
    text = source.choice(TEXTS)
    return text.replace(CANARY, MARK) if key in LITERAL else text


def mutated(base: Any, source: random.Random) -> Any:
    """A copy with one to three payloads in it: half of them where any text may stand, the others anywhere."""
    value = copy.deepcopy(base)
    for _ in range(source.choice((1, 1, 2, 3))):
        places = list(_places(value, ""))
        if not places:
            return value
        if source.random() < 0.5:
            _put_text([holder for holder, _, _ in places if isinstance(holder, dict)], source)
        else:
            _put_anywhere(*source.choice(places), source)
    return value


def _put_text(tables: list[Any], source: random.Random) -> None:
    """Put a payload where a document may have any text: prose, a property, a name of an enum."""
    documented = [table for table in tables if {"type", "$ref", "httpMethod", "rootUrl"} & table.keys()]
    named = [table for table in tables if isinstance(table.get("properties"), dict) and table["properties"]]
    listed = [table for table in tables if isinstance(table.get("enum"), list) and table["enum"]]
    ruled = [table for table in tables if {"doc", "evidence"} & table.keys()]
    kinds = [each for each in (documented, named, listed, ruled) if each]
    table = source.choice(source.choice(kinds or [tables]))
    if table in named:
        properties = table["properties"]
        properties[source.choice(TEXTS)] = copy.deepcopy(properties[source.choice(list(properties))])
    elif table in listed:
        table["enum"] = [*table["enum"], source.choice(TEXTS)]
        table["enumDescriptions"] = [payload(source, "enumDescriptions") for _ in table["enum"]]
    else:
        name = "description" if table in documented else "evidence" if "evidence" in table else "doc"
        table[name] = payload(source, name)


def _put_anywhere(holder: Any, key: Any, name: object, source: random.Random) -> None:
    """Add a member beside one, rename it, or put something in its place."""
    chance = source.random()
    if isinstance(holder, dict) and chance < 0.2:
        name = source.choice(ADDED)
        holder[name] = _replacement(name, source)
    elif isinstance(holder, dict) and chance < 0.3:
        holder[source.choice(TEXTS)] = holder.pop(key)
    elif isinstance(holder[key], str) or chance > 0.8:
        holder[key] = _replacement(name, source)


def _replacement(key: object, source: random.Random) -> Any:
    if source.random() < 0.1:
        return copy.deepcopy(source.choice(ODD))
    text = payload(source, key)
    listed = key in ("enumDescriptions", "enum") and source.random() < 0.8
    return [text, text, payload(source, key)] if listed else text


def _places(value: Any, name: object) -> list[tuple[Any, Any, object]]:
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    found: list[tuple[Any, Any, object]] = []
    for key in keys:
        inner = key if isinstance(key, str) else name
        found += [(value, key, inner), *_places(value[key], inner)]
    return found


def toml(value: Any) -> str:
    """A table as TOML, all of it inline; what TOML cannot say is left out of it."""
    return "\n".join(f"{_text(key)} = {_inline(inner)}" for key, inner in value.items())


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_text(key)} = {_inline(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    if isinstance(value, str):
        return _text(value)
    return json.dumps("" if value is None else value)


def _text(text: str) -> str:
    """A text as TOML has it, which takes no half of a surrogate pair."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def damaged(data: bytes, source: random.Random) -> bytes:
    """Bytes that are cut, doubled, re-encoded, or changed in one place."""
    at = source.randrange(len(data))
    return source.choice(
        (
            data[:at],
            data[:at] + bytes([source.randrange(256)]) + data[at + 1 :],
            b"\xef\xbb\xbf" + data,
            data.decode().encode("utf-16"),
            data[:at] + data,
            b"[" * 20_000 + data,
            data.replace(b'"', b"'", 1 + source.randrange(9)),
            b"# coding: utf-7\n" + data,
            data.replace(b": ", b": NaN, ", 1),
        )
    )
