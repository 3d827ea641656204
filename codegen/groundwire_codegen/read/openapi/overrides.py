"""Contradictions of `allOf`: where no value fits two schemas, the nearer one holds.

A published document that states a property twice means the nearer statement: a base says that `result` is a list, and what
extends it that it is an object. JSON Schema has no value for both, and a client without the method helps nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from attrs import field, frozen

from ...problem import Problem
from ..cursor import Cursor
from .references import Documents
from .shape import CONTRADICTION, Site

_T = TypeVar("_T")


@frozen(eq=False)
class Overrides:
    """The places of contradictions that were found, where the nearer schema holds.

    A first reading keeps to JSON Schema, since a member of a union that no value fits is left out of the union. What it
    refuses is read again with its place in here.
    """

    documents: Documents
    _places: set[tuple[str, str]] = field(factory=set[tuple[str, str]])

    def settled(self, read: Callable[[], _T], forget: Callable[[], None]) -> _T:
        """Return what is read, without the contradictions that a nearer schema ends. `forget` drops what failed."""
        problems = self.documents.root.problems
        start = len(problems)
        found = read()
        while self._add(problems[start:]):
            del problems[start:]
            forget()
            found = read()
        return found

    def _add(self, problems: Sequence[Problem]) -> bool:
        """Add the places of contradictions. Returns False where there is no new one."""
        new = {(each.source, each.pointer) for each in problems if each.hint == CONTRADICTION} - self._places
        self._places.update(new)
        return bool(new)

    def has(self, node: Cursor) -> bool:
        """Return True for the place of a contradiction that was found."""
        return (node.source, node.pointer) in self._places

    def consistent(self, sites: Sequence[Site], fits: Callable[[Sequence[Site]], bool]) -> Sequence[Site]:
        """Return the schemas of one place, in their own order, without those that contradict a nearer one."""
        ranked = sorted(enumerate(sites), key=lambda row: _distance(row[0], row[1], sites[0]))
        kept: list[int] = []
        for index, site in ranked:
            if not kept or fits([sites[each] for each in sorted((*kept, index))]):
                kept.append(index)
            else:
                nearest = sites[kept[0]].node
                self.documents.warn(
                    site.node, f"left out: no value fits this and {nearest.pointer}, which is nearer"
                )
        return [sites[index] for index in sorted(kept)]


def _distance(index: int, site: Site, first: Site) -> tuple[bool, int, int]:
    """Return how far a statement is: a schema's own is nearest, then those in its `allOf`, the last first, then its references."""
    is_referred = _home(site.node) != _home(first.node)
    return is_referred, site.node.pointer.count("/allOf/"), index if is_referred else -index


def _home(node: Cursor) -> tuple[str, str]:
    """Return the component that a schema is in, or the place of a schema in an operation."""
    pointer = node.pointer
    if pointer.startswith("/components/schemas/"):
        return node.source, "/".join(pointer.split("/")[:4])
    before, found, _ = pointer.partition("/schema/")
    return node.source, before if found else pointer
