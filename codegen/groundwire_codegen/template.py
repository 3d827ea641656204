"""URI templates of methods: the subset of RFC 6570 that Discovery documents use, `{name}` and `{+name}`."""

from __future__ import annotations

import re
from typing import Final

_EXPRESSION: Final = re.compile(r"\{(\+?)([A-Za-z_$][A-Za-z0-9_.$-]*)\}")
_LITERAL: Final = re.compile(r"[A-Za-z0-9_.~!$&'()+,;=:@/-]*")


def read_template(path: str) -> tuple[tuple[str, ...], str | None]:
    """The variables of a template in order, and what is wrong with it (None when nothing is)."""
    names: list[str] = []
    position = 0
    while position < len(path):
        opening = path.find("{", position)
        literal = path[position:] if opening < 0 else path[position:opening]
        fault = _literal_fault(literal, position)
        if fault is not None:
            return tuple(names), fault
        if opening < 0:
            break
        found = _EXPRESSION.match(path, opening)
        if found is None:
            return tuple(names), f"template syntax at column {opening + 1}"
        position = found.end()
        if path[position : position + 1] == "{":
            return tuple(names), f"two variables without a separator at column {position + 1}"
        if path[position : position + 1].isalnum():
            return tuple(names), f"a variable inside a segment at column {opening + 1}"
        if opening and path[opening - 1] not in "/:-_.," and path[opening - 1].isalnum():
            return tuple(names), f"a variable inside a segment at column {opening + 1}"
        names.append(found[2])
    if len(set(names)) != len(names):
        return tuple(names), "a variable is used twice"
    return tuple(names), _segment_fault(path)


def _segment_fault(path: str) -> str | None:
    """What is wrong with the segments of a path, whatever its variables hold."""
    if any(segment in (".", "..") for segment in path.split("/")):
        return "a dot segment"
    if "//" in path:
        return f"an empty segment at column {path.index('//') + 2}"
    if path.endswith(":") or "/:" in f"/{path}":
        return f"a colon with nothing beside it at column {path.rindex(':') + 1}"
    return None


def _literal_fault(literal: str, position: int) -> str | None:
    found = _LITERAL.match(literal)
    end = found.end() if found is not None else 0
    if end != len(literal):
        return f"template syntax at column {position + end + 1}: {literal[end]!r}"
    return None
