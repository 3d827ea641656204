"""URI templates of methods: the subset of RFC 6570 that Discovery documents use, `{name}` and `{+name}`."""

from __future__ import annotations

import re
from string import ascii_letters, digits
from typing import Final

_EXPRESSION: Final = re.compile(r"\{(\+?)([A-Za-z_$][A-Za-z0-9_.$-]*)\}")
_LITERAL: Final = re.compile(r"[A-Za-z0-9_.~!$&'()+,;=:@/-]*")
_JOINING: Final = frozenset(ascii_letters + digits + "~!$&'()+;=@")
"""Characters that may not stand beside a variable: its value would run into the literal."""


def read_template(path: str) -> tuple[tuple[str, ...], str | None]:
    """The variables of a template in order, and what is wrong with it (None when nothing is)."""
    names: list[str] = []
    position = 0
    while position < len(path):
        opening = path.find("{", position)
        end = len(path) if opening < 0 else opening
        fault = _literal_fault(path, position, end)
        if fault is not None:
            return tuple(names), fault
        if opening < 0:
            break
        found = _EXPRESSION.match(path, opening)
        if found is None:
            return tuple(names), f"template syntax at column {opening + 1}"
        position = found.end()
        if position < len(path) and path[position] == "{":
            return tuple(names), f"two variables without a separator at column {position + 1}"
        if {*path[opening - 1 : opening], *path[position : position + 1]} & _JOINING:
            return tuple(names), f"a variable inside a segment at column {opening + 1}"
        names.append(found[2])
    if len(set(names)) != len(names):
        return tuple(names), "a variable is used twice"
    return tuple(names), _segment_fault(path)


def _literal_fault(path: str, start: int, end: int) -> str | None:
    found = _LITERAL.match(path, start, end)
    stop = start if found is None else found.end()
    return None if stop == end else f"template syntax at column {stop + 1}: {path[stop]!r}"


def _segment_fault(path: str) -> str | None:
    """Return the first fault of the segments; None for none."""
    segments = path.split("/")
    if any(segment in (".", "..") for segment in segments):
        return "a dot segment"
    if "" in segments[:-1]:
        return f"an empty segment at column {len('/'.join(segments[: segments.index('')])) + 2}"
    if path.endswith(":") or "/:" in f"/{path}":
        return f"a colon with nothing beside it at column {path.rindex(':') + 1}"
    return None
