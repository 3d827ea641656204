"""Where the nodes of a YAML document are: the lines of JSON pointers, looked up for problems alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import yaml
from attrs import define, evolve

from ..problem import Problem, escape
from .yaml import events


@define
class _Open:
    """A mapping or a sequence around the node that is read."""

    pointer: str
    count: int = 0
    """Items of a sequence so far."""
    key: str | None = None
    is_mapping: bool = False


def with_lines(problems: Iterable[Problem], data: bytes, source: str) -> tuple[Problem, ...]:
    """Return problems of a YAML document that was read, each with the line of its node, or of the nearest above."""
    stated = tuple(problems)
    if not any(problem.source == source and problem.pointer for problem in stated):
        return stated
    lines = dict(_lines(data))
    return tuple(
        evolve(problem, message=f"{problem.message} (line {_line(lines, problem.pointer)})")
        if problem.source == source and problem.pointer
        else problem
        for problem in stated
    )


def _line(lines: dict[str, int], pointer: str) -> int:
    while pointer not in lines and pointer:
        pointer = pointer.rpartition("/")[0]
    return lines.get(pointer, 1)


def _lines(data: bytes) -> Iterator[tuple[str, int]]:
    """Yield each node's pointer and the line where it starts; a member of a mapping starts at its key."""
    around: list[_Open] = []
    for event in events(data.decode("utf-8-sig")):
        line: int = event.start_mark.line + 1
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            around.pop()
        elif isinstance(event, yaml.NodeEvent):
            pointer = _enter(around[-1], event) if around else ""
            if pointer is None:
                yield f"{around[-1].pointer}/{escape(around[-1].key or '')}", line
            elif not around or not around[-1].is_mapping:
                yield pointer, line
            if pointer is not None and isinstance(event, yaml.CollectionStartEvent):
                around.append(_Open(pointer, is_mapping=isinstance(event, yaml.MappingStartEvent)))


def _enter(parent: _Open, event: Any) -> str | None:
    """Return the pointer of the next node inside a parent; None for a key, which is kept for its value."""
    if not parent.is_mapping:
        parent.count += 1
        return f"{parent.pointer}/{parent.count - 1}"
    if parent.key is None:
        parent.key = getattr(event, "value", "")
        return None
    pointer, parent.key = f"{parent.pointer}/{escape(parent.key)}", None
    return pointer
