"""The objects of a document that may be schemas, or refer to some: all but those that are data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from ...problem import escape

_NAMED: Final = frozenset(
    {"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"}
    | {"callbacks", "headers", "links", "parameters", "pathItems", "paths"}
    | {"requestBodies", "responses", "schemas", "webhooks"}
)
"""Keywords whose members have names of the document's own."""
_LITERAL: Final = frozenset({"const", "default", "enum", "example", "examples"})
"""Keywords whose values are data: a `$ref` there refers to nothing."""


def objects_of(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the place (a JSON pointer) of each object and its members, in the document's order."""
    waiting: list[tuple[Any, str, bool]] = [(value, "", True)]
    while waiting:
        node, pointer, has_names = waiting.pop()
        if isinstance(node, dict):
            members = cast("dict[str, Any]", node)
            yield pointer, members
            below = [
                (inner, f"{pointer}/{escape(key)}", key in _NAMED and (not pointer or not has_names))
                for key, inner in members.items()
                if inner.__class__ in (dict, list) and (has_names or not _is_literal(key))
            ]
            waiting += reversed(below)
        elif node.__class__ is list:
            items: list[Any] = node
            waiting += [
                (items[at], f"{pointer}/{at}", False)
                for at in reversed(range(len(items)))
                if items[at].__class__ in (dict, list)
            ]


def _is_literal(key: str) -> bool:
    return key in _LITERAL or key.startswith("x-")
