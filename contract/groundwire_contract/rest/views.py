"""What a value may be by a schema and those that it is made of: JSON types, items and properties."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen
from groundwire_codegen.read.cursor import Cursor, as_list
from groundwire_codegen.read.openapi.references import Documents

from .values import TYPES, is_number

_MOST: Final = 500
"""Schemas that are looked at for one value."""
_HINTS: Final = {
    "object": ("properties", "additionalProperties", "required", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems"),
    "string": ("pattern", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "multipleOf"),
}


@frozen(eq=False)
class View:
    """A value by all schemas that may hold of it."""

    documents: Documents
    nodes: tuple[Cursor, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """The JSON types that the value may have; all where none is stated."""
        stated = [kinds for node in self.nodes if (kinds := set(_kinds(node.value)))]
        nullable = any(node.value.get("nullable") is True for node in self.nodes)
        found = frozenset[str]().union(*stated) if stated else frozenset(TYPES)
        return found | {"null"} if nullable else found

    @property
    def is_free(self) -> bool:
        """Return True where nothing is said of the value."""
        return not any(True for node in self.nodes for _ in _kinds(node.value))

    @property
    def properties(self) -> dict[str, list[Cursor]]:
        """The schemas of each named property."""
        found: dict[str, list[Cursor]] = {}
        for node in self.nodes:
            stated = node.value.get("properties")
            for name, schema in stated.items() if isinstance(stated, dict) else ():
                found.setdefault(name, []).append(node.at("properties", stated).at(name, schema))
        return found

    @property
    def more(self) -> list[Cursor] | None:
        """The schemas of members without a name of their own; None where the schema says that there are none."""
        stated = [
            (node.at("additionalProperties", value), value)
            for node in self.nodes
            if (value := node.value.get("additionalProperties")) is not None
        ]
        if any(value is False for _, value in stated):
            return None
        return [place for place, value in stated if isinstance(value, dict)]

    @property
    def is_open(self) -> bool:
        """Return True where a schema states that other members may be there."""
        return any(node.value.get("additionalProperties") not in (None, False) for node in self.nodes)

    @property
    def formats(self) -> frozenset[str]:
        """The formats that the schemas state."""
        return frozenset(str(node.value["format"]) for node in self.nodes if "format" in node.value)

    def flag(self, name: str) -> bool:
        """Return True if a schema has a flag, such as `writeOnly`."""
        return any(node.value.get(name) is True for node in self.nodes)

    def below(self, nodes: list[Cursor]) -> View:
        """Return the view of a part of the value."""
        return View(self.documents, tuple(_gathered(self.documents, nodes)))

    def member(self, name: str) -> View | None:
        """Return the view of a member; None for one that no schema speaks of."""
        nodes = self.properties.get(name) or self.more
        return self.below(nodes) if nodes else None

    @property
    def prefix(self) -> int:
        """The items that may have schemas of their own; all behind them share theirs."""
        return max((len(as_list(node.value.get("prefixItems"))) for node in self.nodes), default=0)

    def item(self, index: int) -> View:
        """Return the view of an item."""
        nodes: list[Cursor] = []
        for node in self.nodes:
            prefix = as_list(node.value.get("prefixItems"))
            if index < len(prefix):
                nodes.append(node.at("prefixItems", prefix).at(index, prefix[index]))
            elif "items" in node.value:
                nodes.append(node.at("items", node.value["items"]))
        return self.below(nodes)


def view(documents: Documents, node: Cursor | None) -> View:
    """Return the view of a value under one schema."""
    return View(documents, tuple(_gathered(documents, [] if node is None else [node])))


def _gathered(documents: Documents, nodes: list[Cursor]) -> Iterator[Cursor]:
    """Yield schemas and those that they refer to or are made of, as far as they speak of the same value."""
    waiting = list(reversed(nodes))
    seen: set[tuple[str, str]] = set()
    while waiting and len(seen) < _MOST:
        node = waiting.pop()
        if not isinstance(node.value, dict) or (node.source, node.pointer) in seen:
            continue
        seen.add((node.source, node.pointer))
        yield node
        ref = node.value.get("$ref")
        target = documents.target(node, ref) if isinstance(ref, str) else None
        inner = [] if target is None else [target]
        for keyword in ("allOf", "anyOf", "oneOf"):
            place = node.at(keyword, None)
            inner += [place.at(index, each) for index, each in enumerate(as_list(node.value.get(keyword)))]
        inner += [node.at(key, node.value[key]) for key in ("then", "else") if key in node.value]
        waiting += reversed(inner)


def _kinds(schema: Any) -> Iterator[str]:
    """Yield the types that one schema states, or gives away by its other keywords."""
    stated = schema.get("type")
    if stated is not None:
        yield from (str(each) for each in (stated if isinstance(stated, list) else [stated]))
        return
    values = [*as_list(schema.get("enum")), *([schema["const"]] if "const" in schema else [])]
    if values:
        yield from {_kind(each) for each in values}
        return
    yield from (kind for kind, keywords in _HINTS.items() if any(each in schema for each in keywords))


def _kind(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if is_number(value):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"
