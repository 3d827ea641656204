"""Validation of JSON values by the schemas of a document: OpenAPI 3.1 (JSON Schema 2020-12) and 3.0.

The document's own schemas decide, not the types that the generator makes of them. `format` is an annotation, as JSON Schema
2020-12 has it. What a document of 3.0 cannot say and says all the same, such as `const`, counts.
"""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, cast

from attrs import evolve, field, frozen
from groundwire_codegen.problem import escape
from groundwire_codegen.read.cursor import Cursor
from groundwire_codegen.read.openapi.references import Documents

from .found import Flaw, Found
from .keywords import KEYWORDS
from .values import quoted

NAME_UNKNOWN: Final = "unknown"
"""In place of the keyword: a member that may not be there, whatever its value."""
MAX_DEPTH: Final = 200
"""Schemas inside one another, references included; a deeper one is refused."""


_RIGHT: Final = Found()


@frozen(eq=False)
class Check:
    """One check of one value. `sent` says that it is part of a request, which leaves out what is read-only."""

    documents: Documents
    sent: bool
    depth: int = 0
    known: dict[tuple[str, str, str], Found] = field(factory=dict[tuple[str, str, str], Found])
    """Verdicts by schema and place of the value: branches of a union share what they lead to."""

    def found(self, node: Cursor, value: Any, pointer: str) -> Found:
        """Return what a schema says of a value at a pointer."""
        schema = node.value
        if not isinstance(schema, dict):
            return Found((Flaw(pointer, "false", "Nothing may stand here."),)) if schema is False else _RIGHT
        key = (node.source, node.pointer, pointer)
        found = self.known.get(key)
        if found is None:
            # A schema that leads to itself before it looks into the value says nothing that could be held.
            self.known[key] = Found((Flaw(pointer, "$ref", "The schema leads to itself."),))
            deep = Found((Flaw(pointer, "depth", f"More than {MAX_DEPTH} schemas inside one another."),))
            inner = evolve(self, depth=self.depth + 1)
            found = deep if self.depth > MAX_DEPTH else inner.judged(node, schema, value, pointer)
            self.known[key] = found
        return found

    def judged(self, node: Cursor, schema: Any, value: Any, pointer: str) -> Found:
        """Return what all keywords of a schema say."""
        if value is None and schema.get("nullable") is True:
            return _RIGHT
        flaws: list[Flaw] = []
        names: set[str] = set()
        items = 0
        for keyword, check in KEYWORDS.items():
            if keyword not in schema:
                continue
            found = check(self, node, schema, value, pointer)
            flaws += found.flaws
            names |= found.names
            items = max(items, found.items)
        found = self._unevaluated(node, schema, value, pointer, Found((), frozenset(names), items))
        # Schemas that are reached in several ways find the same each time: it is told once.
        return evolve(found, flaws=tuple(dict.fromkeys((*flaws, *found.flaws))))

    def _unevaluated(self, node: Cursor, schema: Any, value: Any, pointer: str, seen: Found) -> Found:
        """Hold what no other keyword has looked at to `unevaluatedProperties` and `unevaluatedItems`."""
        flaws: list[Flaw] = []
        if "unevaluatedProperties" in schema and isinstance(value, dict):
            members = cast("dict[str, Any]", value)
            left = [name for name in members if name not in seen.names]
            flaws += self.members(node, "unevaluatedProperties", members, left, pointer)
            seen = evolve(seen, names=frozenset(members))
        if "unevaluatedItems" in schema and isinstance(value, list):
            items: list[Any] = value
            inner = node.at("unevaluatedItems", schema["unevaluatedItems"])
            for index in range(seen.items, len(items)):
                flaws += self.found(inner, items[index], f"{pointer}/{index}").flaws
            seen = evolve(seen, items=len(items))
        return evolve(seen, flaws=tuple(flaws))

    def members(
        self, node: Cursor, keyword: str, value: dict[str, Any], names: Iterable[str], pointer: str
    ) -> Iterator[Flaw]:
        """Yield the flaws of members under the one schema of a keyword; false is: the name is not known."""
        inner = node.at(keyword, node.value[keyword])
        for name in names:
            if inner.value is False:
                yield Flaw(
                    f"{pointer}/{escape(name)}", NAME_UNKNOWN, f"The name {quoted(name)} is not known here."
                )
            else:
                yield from self.found(inner, value[name], f"{pointer}/{escape(name)}").flaws

    def is_old(self, node: Cursor) -> bool:
        """Return True for a schema that is written in OpenAPI 3.0."""
        return self.documents.version(node).startswith("3.0")


def flaws(documents: Documents, node: Cursor | None, value: Any, *, sent: bool) -> tuple[Flaw, ...]:
    """Return all flaws of a value; none where there is no schema. A value that is nested too deeply has one."""
    if node is None:
        return ()
    try:
        return Check(documents, sent).found(node, value, "").flaws
    except RecursionError:
        return (Flaw("", "depth", "The value is nested too deeply."),)
