"""Find the line of each JSON pointer in a JSON text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import define

from ...problem import escape

_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],]|[^\s{}\[\],:"]+')
"""A string, a mark of structure, or another value. Colons say nothing that the order does not."""


@define
class _Level:
    """An object or an array that is being read. Its pointer is None where nothing below is asked for."""

    pointer: str | None
    array: bool
    count: int = 0
    key: bool = True
    """True if a member with its key comes next, False for an item."""


def lines(text: str, pointers: Iterable[str]) -> Mapping[str, int]:
    """The line, from 1, where each place begins in a valid JSON text; of one that is not there, its nearest parent's."""
    asked = [*pointers]
    wanted = {parent for pointer in asked for parent in _upwards(pointer)}
    found = _found(text, wanted)
    return {pointer: next(found[each] for each in _upwards(pointer) if each in found) for pointer in asked}


def _upwards(pointer: str) -> Iterator[str]:
    """A pointer and all of its parents, up to the root."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]
    yield ""


def _found(text: str, wanted: set[str]) -> dict[str, int]:
    """One walk over the text: a member begins at its key."""
    found: dict[str, int] = {}
    levels: list[_Level] = []
    line, counted = 1, 0
    here: str | None = ""
    for match in _TOKEN.finditer(text):
        part = match.group()
        if part in ("}", "]"):
            levels.pop()
            continue
        level = levels[-1] if levels else None
        if part == ",":
            if level is not None:
                level.key = True
            continue
        if level is None or level.key:
            here = "" if level is None else _inside(level, part, wanted)
            if here is not None:
                line += text.count("\n", counted, match.start())
                counted = match.start()
                found[here] = line
            if level is not None:
                level.key = False
                if not level.array:
                    continue
        if part in ("{", "["):
            levels.append(_Level(here, part == "["))
    return found


def _inside(level: _Level, part: str, wanted: set[str]) -> str | None:
    """The pointer of what a part of the text begins, when it is asked for."""
    if level.pointer is None:
        return None
    name = str(level.count) if level.array else json.loads(part)
    level.count += 1
    pointer = f"{level.pointer}/{escape(name)}"
    return pointer if pointer in wanted else None
