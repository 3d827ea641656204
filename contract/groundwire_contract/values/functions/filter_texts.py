"""Filters that are written as texts: comparisons of properties, joined by `and` or by `or`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from ..filter import Filter
from ..problem import unsupported
from ..signature import Library
from . import filters

LIBRARY: Final = Library()
_COMPARISON: Final = re.compile(
    r"\s*([A-Za-z_][\w:]*)\s*(<=|>=|==|!=|<|>)\s*([+-]?\d{1,15}(?:\.\d{1,15})?|'[^'\\]*'|\"[^\"\\]*\")\s*"
)
_NAMES: Final = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "==": "eq", "!=": "neq"}
_JOINTS: Final = {"&&": filters.and_, "and": filters.and_, "||": filters.or_, "or": filters.or_}
_JOINT: Final = re.compile(r"&&|\|\||and\b|or\b", re.IGNORECASE)
_LONGEST: Final = 10_000


@LIBRARY.add("Filter.expression(expression: String)")
def of_text(text: str) -> Filter:
    """Return the filter of a text such as `cloud < 20 and name == 'a'`."""
    parts: list[Filter] = []
    joints: set[Callable[[tuple[Filter, ...]], Filter]] = set()
    place = 0
    while len(text) <= _LONGEST:
        comparison = _COMPARISON.match(text, place)
        if comparison is None:
            break
        parts.append(_compared(*comparison.groups()))
        if comparison.end() == len(text):
            return joints.pop()(tuple(parts)) if joints else parts[0]
        joint = _JOINT.match(text, comparison.end())
        if joint is None:
            break
        joints.add(_JOINTS[joint[0].lower()])
        if len(joints) > 1:
            break
        place = joint.end()
    raise unsupported(f"the filter {text[:100]!r}")


def _compared(name: str, sign: str, text: str) -> Filter:
    value = text[1:-1] if text[0] in "'\"" else float(text) if "." in text else int(text)
    made: Filter = filters.LIBRARY.functions[f"Filter.{_NAMES[sign]}"].compute(name, value, None, None)
    return made
