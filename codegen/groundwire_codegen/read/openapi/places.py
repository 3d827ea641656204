"""Places of types: what an inline type is named for, from where the document has it."""

from __future__ import annotations

import posixpath
from collections.abc import Container, Mapping
from typing import Final, TypeVar

from attrs import evolve

from ...ir import Alias, Enum, Message

_T = TypeVar("_T", Message, Enum, Alias)
_SEPARATE: Final = {
    "items": "[]",
    "additionalProperties": "{}",
    "additionalItems": "[]",
}
_SKIPPED: Final = frozenset({"allOf", "oneOf", "anyOf", "schema", "content", "paths", "prefixItems"})
_NAMED: Final = frozenset({"properties", "patternProperties", "$defs", "definitions"})


def place_of(source: str, pointer: str) -> str:
    """Return the place of a schema that a reference leads to: a component's name, and the way from there."""
    segments = [each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]]
    if not segments:
        return posixpath.basename(source).partition(".")[0] or source
    if segments[0] in ("components", "definitions", "$defs") and len(segments) > 1:
        segments = segments[1:]
        kind = segments.pop(0) if len(segments) > 1 else ""
        place = segments.pop(0)
        if kind not in ("", "schemas"):
            place = f"{place}.{kind.removesuffix('s')}" if kind != "requestBodies" else f"{place}.request"
    else:
        place = segments.pop(0)
    after_name = False
    for segment in segments:
        if after_name:
            place, after_name = f"{place}.{segment}", False
        elif segment in _NAMED:
            after_name = True
        elif segment in _SEPARATE:
            place += _SEPARATE[segment]
        elif segment not in _SKIPPED:
            place = f"{place}.{segment}"
    return place


def distinct_place(source: str, place: str, taken: Container[str]) -> str:
    """Return the place of a schema of another document; behind that document's path where one has this place already."""
    *_, folder, file = ("", *source.split("/"))
    longer = (f"{file.partition('.')[0]}.{place}", f"{folder}.{file}.{place}", f"{source}.{place}")
    return next((each for each in (place, *longer) if each not in taken), longer[-1])


def distinct_places(types: Mapping[str, _T], components: Container[str]) -> dict[str, _T]:
    """Return types with a place each: members of a union may have the same title, and `a.b` may be one name or two.

    Components keep theirs; of the others at one place, those after the first have a number behind it.
    """
    taken = {each.place for key, each in types.items() if key in components}
    found: dict[str, _T] = {}
    for key, each in types.items():
        place, number = each.place, 2
        while key not in components and place in taken:
            place, number = f"{each.place}{number}", number + 1
        taken.add(place)
        found[key] = each if place == each.place else evolve(each, place=place)
    return found
