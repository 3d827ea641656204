"""Drift: find overlay rules under which the document has changed since they were reviewed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote

from attrs import frozen

from ...lock import ARROW, digest
from ...problem import Problem

if TYPE_CHECKING:
    from .rules import FieldRule, MessageRule, Overlay, ParameterRule

Json: TypeAlias = Mapping[str, Any]
"""An object of the document, which was read without a problem."""
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_WORDS: Final = {"type": "its type", "values": "its values or limits", "words": "its description"}


@frozen
class Place:
    """The place of a rule: the keys of its table in the overlay, and its pointer there."""

    keys: tuple[str, ...]
    pointer: str

    @property
    def key(self) -> str:
        """The place as the lock has it."""
        return "/".join(quote(key, safe="@$.-_") for key in self.keys)

    def table(self, *below: str) -> str:
        """The head of the place's table in TOML."""
        keys = (*self.keys, *below)
        return f"[{'.'.join(key if _BARE.fullmatch(key) else json.dumps(key) for key in keys)}]"


@frozen
class Review:
    """The state of each rule's place for the lock, and the rules that await a review."""

    marks: Mapping[str, str]
    drift: tuple[Problem, ...]


def review(document: Json, overlay: Overlay, before: Mapping[str, str]) -> Review:
    """Compare the document with what it said when each rule was last changed; a new or changed rule counts as looked at."""
    marks: dict[str, str] = {}
    drift: list[Problem] = []
    for place, now in _marks(document, overlay):
        then = _parts(before.get(place.key, "").partition(ARROW)[0])
        moved = {} if then.get("rule") != now["rule"] else _moved(then, now, overlay, place)
        marks[place.key] = _text(now)
        if moved:
            said = {key: value for key, value in now.items() if key != "rule"}
            marks[place.key] = f"{_text(then)}{ARROW}{_text(said)}"
            drift.append(_problem(place, moved, document.get("revision", "")))
    return Review(dict(sorted(marks.items())), tuple(sorted(drift)))


def _marks(document: Json, overlay: Overlay) -> Iterator[tuple[Place, dict[str, str]]]:
    """Yield each place that a rule is about and that exists, with what the document says of it."""
    schemas: Json = document.get("schemas", {})
    for name, rule in overlay.messages.items():
        schema = schemas.get(name)
        if schema is None:
            continue
        yield Place(("messages", name), rule.pointer), _of_message(schema, rule)
        yield from _fields(("messages", name, "fields"), schema.get("properties", {}), rule.fields)
    methods = dict(_methods(document))
    for name, said in overlay.methods.items():
        method = methods.get(name)
        if method is None:
            continue
        yield Place(("methods", name), said.pointer), _of_method(method, said.digest)
        yield from _fields(("methods", name, "parameters"), method.get("parameters", {}), said.parameters)


def _fields(
    keys: tuple[str, ...], stated: Json, rules: Mapping[str, FieldRule] | Mapping[str, ParameterRule]
) -> Iterator[tuple[Place, dict[str, str]]]:
    for wire, rule in rules.items():
        if wire in stated:
            yield Place((*keys, wire), rule.pointer), _of_field(stated[wire], rule.digest)


def _methods(resource: Json) -> Iterator[tuple[str, Json]]:
    yield from ((method["id"], method) for method in resource.get("methods", {}).values())
    for inner in resource.get("resources", {}).values():
        yield from _methods(inner)


def _of_message(schema: Json, rule: MessageRule) -> dict[str, str]:
    wires = sorted(schema.get("properties", {}))
    fields = ",".join(quote(wire, safe="@$.-_") for wire in wires) if rule.unions else ""
    return {"fields": fields, "words": _hash(schema.get("description", "")), "rule": rule.digest}


def _of_field(schema: Json, rule: str) -> dict[str, str]:
    inner = _inner(schema)
    limits = (schema.get(key, "") for key in ("default", "pattern", "minimum", "maximum"))
    words = (schema.get("description", ""), *inner.get("enumDescriptions", ()))
    values = _hash(*limits, *inner.get("enum", ()))
    return {"type": _type(schema), "values": values, "words": _hash(*words), "rule": rule}


def _of_method(method: Json, rule: str) -> dict[str, str]:
    bodies = (_type(method[key]) if key in method else "" for key in ("request", "response"))
    called = f"{method['httpMethod']}:{quote(method['path'])}({','.join(bodies)})"
    return {"type": called, "words": _hash(method.get("description", "")), "rule": rule}


def _inner(schema: Json) -> Json:
    """Return what a list or a map holds, all the way in."""
    while "items" in schema or "additionalProperties" in schema:
        schema = schema.get("items") or schema["additionalProperties"]
    return schema


def _type(schema: Json) -> str:
    """Return a type in a word; an inline object by the types of its properties."""
    if "$ref" in schema:
        return f"${quote(schema['$ref'])}"
    if "items" in schema:
        return f"[{_type(schema['items'])}]"
    if "additionalProperties" in schema:
        return f"{{{_type(schema['additionalProperties'])}}}"
    if schema.get("properties"):
        inner = (f"{wire}:{_type(each)}" for wire, each in sorted(schema["properties"].items()))
        return f"object:{_hash(*inner)}"
    return "/".join(filter(None, (schema.get("type"), schema.get("format"))))


def _hash(*texts: str) -> str:
    """Return eight digits for some texts, nothing for none."""
    return digest("\0".join(texts))[:8] if any(texts) else ""


def _text(parts: Mapping[str, str]) -> str:
    return " ".join(f"{key}:{value}" for key, value in parts.items() if value)


def _parts(text: str) -> dict[str, str]:
    return dict(part.split(":", 1) for part in text.split(" ") if ":" in part)


def _moved(
    then: Mapping[str, str], now: Mapping[str, str], overlay: Overlay, place: Place
) -> dict[str, tuple[str, str]]:
    """Return the parts that differ, before and now. Fields that the rule names anywhere have been reviewed."""
    moved = {key: (then.get(key, ""), now[key]) for key in now if then.get(key, "") != now[key]}
    if "fields" in moved:
        old, new = (set(text.split(",")) for text in moved.pop("fields"))
        rule = overlay.messages[place.keys[1]]
        named = {*rule.fields, *rule.order, *(wire for each in rule.unions.values() for wire in each.members)}
        gained = sorted(new - old - {quote(wire, safe="@$.-_") for wire in named} - {""})
        if gained and then.get("fields"):
            moved["fields"] = ("", ",".join(gained))
    return moved


def _problem(place: Place, moved: Mapping[str, tuple[str, str]], revision: str) -> Problem:
    gained = moved.get("fields", ("", ""))[1].split(",") if "fields" in moved else []
    words = [_WORDS[key] for key in _WORDS if key in moved]
    if "type" in moved:
        words[0] = f"its type ({moved['type'][0]} by then, {moved['type'][1]} now)"
    said = [f"the document changed {' and '.join(words)} under this rule"] if words else []
    said += [f"the message gained {wire!r}, which may belong to a union" for wire in gained]
    stub = [
        line for wire in gained for line in (place.table("fields", wire), "doc = ''  # or a union's member")
    ]
    if words:
        stub += [place.table(), f"reviewed = {json.dumps(revision or 'yes')}"]
    return Problem(
        "overlay",
        place.pointer,
        "; ".join(said),
        "change the rule, or say in it that it still holds",
        tuple(stub),
    )
