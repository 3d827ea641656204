"""Drift: what the document says of a place by now, beside what it said when the overlay's rule was last looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from attrs import frozen

from ...lock import ARROW, digest
from ...problem import Problem

if TYPE_CHECKING:
    from ..discovery import Document, Method, Schema
    from . import MessageRule, Overlay

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_WORDS: Final = {"type": "its type", "values": "its values or limits", "words": "its description"}


@frozen
class Place:
    """Where a rule applies: the keys of its table in the overlay, and its pointer there."""

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
    """What the lock keeps of the places that rules are about, and what awaits a look."""

    marks: Mapping[str, str]
    drift: tuple[Problem, ...]


def review(document: Document, overlay: Overlay, before: Mapping[str, str]) -> Review:
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
            drift.append(_problem(place, moved, document.revision))
    return Review(dict(sorted(marks.items())), tuple(sorted(drift)))


def _marks(document: Document, overlay: Overlay) -> Iterator[tuple[Place, dict[str, str]]]:
    """What the document says now, at every place that a rule is about and that is there."""
    for name, rule in overlay.messages.items():
        schema = document.schemas.get(name)
        if schema is None:
            continue
        yield Place(("messages", name), rule.pointer), _of_message(schema, rule)
        for wire, field in rule.fields.items():
            if wire in schema.properties:
                place = Place(("messages", name, "fields", wire), field.pointer)
                yield place, _of_field(schema.properties[wire], field.digest)
    for name, said in overlay.methods.items():
        method = document.methods.get(name)
        if method is None:
            continue
        yield Place(("methods", name), said.pointer), _of_method(method, said.digest)
        for wire, parameter in said.parameters.items():
            if wire in method.parameters:
                place = Place(("methods", name, "parameters", wire), parameter.pointer)
                yield place, _of_field(method.parameters[wire], parameter.digest)


def _of_message(schema: Schema, rule: MessageRule) -> dict[str, str]:
    fields = ",".join(quote(wire, safe="@$.-_") for wire in sorted(schema.properties)) if rule.unions else ""
    return {"fields": fields, "words": _hash(schema.description), "rule": rule.digest}


def _of_field(schema: Schema, rule: str) -> dict[str, str]:
    inner = _inner(schema)
    limits = (schema.default, schema.pattern, schema.minimum, schema.maximum)
    values = (*(limit or "" for limit in limits), *inner.enum)
    words = (schema.description, *inner.enum_descriptions)
    return {"type": _type(schema), "values": _hash(*values), "words": _hash(*words), "rule": rule}


def _of_method(method: Method, rule: str) -> dict[str, str]:
    bodies = ("" if body is None else _type(body) for body in (method.request, method.response))
    called = f"{method.http_method}:{quote(method.path)}({','.join(bodies)})"
    return {"type": called, "words": _hash(method.description), "rule": rule}


def _inner(schema: Schema) -> Schema:
    """What a list or a map holds, all the way in."""
    while schema.items is not None or schema.additional_properties is not None:
        schema = schema.items or schema.additional_properties or schema
    return schema


def _type(schema: Schema) -> str:
    """A type in a word; an inline object by the types of its properties."""
    if schema.ref is not None:
        return f"${quote(schema.ref)}"
    if schema.items is not None:
        return f"[{_type(schema.items)}]"
    if schema.additional_properties is not None:
        return f"{{{_type(schema.additional_properties)}}}"
    if schema.properties:
        inner = (f"{wire}:{_type(each)}" for wire, each in sorted(schema.properties.items()))
        return f"object:{_hash(*inner)}"
    return "/".join(filter(None, (schema.type, schema.format)))


def _hash(*texts: str) -> str:
    """Eight digits for some texts, nothing for none."""
    return digest("\0".join(texts))[:8] if any(texts) else ""


def _text(parts: Mapping[str, str]) -> str:
    return " ".join(f"{key}:{value}" for key, value in parts.items() if value)


def _parts(text: str) -> dict[str, str]:
    return dict(part.split(":", 1) for part in text.split(" ") if ":" in part)


def _moved(
    then: Mapping[str, str], now: Mapping[str, str], overlay: Overlay, place: Place
) -> dict[str, tuple[str, str]]:
    """What differs, with what it was and is. Fields that the rule names anywhere have been looked at."""
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
