"""Values out of the texts of a request: what a text may stand for is decided by the schema."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from groundwire_codegen.read.cursor import Cursor

from .schemas import flaws
from .views import View

_INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]{0,300})", re.ASCII)
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,300})(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,3})?", re.ASCII)

Texts: TypeAlias = "Mapping[str, list[str] | Texts]"
"""Texts by name; those of an object inside another by name too."""


def scalars(text: str, kinds: frozenset[str]) -> Iterator[Any]:
    """Yield the scalars that a text may be, a number before a string."""
    if "boolean" in kinds and text in ("true", "false"):
        yield text == "true"
    if kinds & {"integer", "number"} and _INTEGER.fullmatch(text):
        yield int(text)
    elif kinds & {"integer", "number"} and _NUMBER.fullmatch(text):
        yield float(text)
    if "null" in kinds and text in ("", "null"):
        yield None
    yield text


def scalar(text: str, view: View) -> Any:
    """Return the first value of a text that its schemas take; where none does, the first of the right type."""
    found = list(scalars(text, view.kinds))
    return fitting(found, view, found[0])


def fitting(values: Sequence[Any], view: View, default: Any) -> Any:
    """Return the first value that one of the outermost schemas takes."""
    if len(values) < 2 or not view.nodes:
        return values[0] if values else default
    first = view.nodes[0]
    return next((each for each in values if not flaws(view.documents, first, each, sent=True)), default)


def listed(texts: Sequence[str], view: View) -> list[Any]:
    """Return a list of texts as values."""
    first = [view.item(index) for index in range(min(view.prefix, len(texts)))]
    rest = view.item(view.prefix)
    values: dict[str, Any] = {}
    for text in texts[view.prefix :]:
        if text not in values:
            values[text] = scalar(text, rest)
    return [*map(scalar, texts, first), *(values[text] for text in texts[view.prefix :])]


def mapped(texts: Texts, view: View) -> dict[str, Any]:
    """Return texts by name as the members of an object; a name that is given several times is a list."""
    found: dict[str, Any] = {}
    for name, each in texts.items():
        inner = view.member(name) or view.below([])
        if not isinstance(each, list):
            found[name] = mapped(each, inner)
            continue
        is_list = len(each) > 1 or ("array" in inner.kinds and not inner.is_free)
        found[name] = listed(each, inner) if is_list else scalar(each[0], inner)
    return found


def paired(texts: Sequence[str]) -> Texts:
    """Return `a,1,b,2` as members."""
    found: dict[str, list[str]] = {}
    for name, text in zip(texts[::2], texts[1::2], strict=False):
        found.setdefault(name, []).append(text)
    return found


def parsed_json(text: str | bytes) -> Any:
    """Parse strict JSON. Raises ValueError, also for what is nested too deeply."""
    try:
        return json.loads(text, parse_constant=_constant)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def best(candidates: Sequence[Any], view: View, schema: Cursor | None) -> tuple[Any, tuple[Any, ...]]:
    """Return the first candidate that a schema takes and no flaws; else the first one and its flaws."""
    judged = [(each, flaws(view.documents, schema, each, sent=True)) for each in candidates]
    return next((pair for pair in judged if not pair[1]), judged[0])
