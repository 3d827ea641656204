"""Naming: every published name comes from one allocator, and stays once published."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING

from ..lock import FILE
from ..names import CLASS_NAMES, allocate, camel, snake
from ..node import escape
from ..problem import Problem

if TYPE_CHECKING:
    from .shapes import Shapes


def place_name(key: str) -> str:
    """A class name from a place: `Foo.bar[]` -> `FooBarItem`."""
    text = key.removeprefix("=").replace("[]", ".item").replace("{}", ".value")
    return "".join(camel(part) for part in text.split("."))


class Naming:
    """Names by what they name: `message:Foo`, `enum:Foo.bar`, `field:Foo.bar`, `method:ID` and so on."""

    def __init__(self, shapes: Shapes, published: Mapping[str, str]) -> None:
        self._problems = shapes.problems
        self._before = published
        self.published: dict[str, str] = {}
        wanted = {f"message:{key}": place_name(key) for key in shapes.shapes}
        wanted |= {f"enum:{key}": place_name(key) for key in shapes.enums}
        # A class that is nested in a message would hide one of its name.
        nested = {name for key, name in published.items() if key.startswith("variant:")}
        classes = self.allocate(wanted, reserved=CLASS_NAMES, avoided=nested, folded=True)
        self.classes = frozenset(classes.values()) | CLASS_NAMES

    def allocate(
        self,
        wanted: Mapping[str, str],
        *,
        reserved: frozenset[str],
        avoided: Set[str] = frozenset(),
        folded: bool = False,
    ) -> dict[str, str]:
        """Allocate one scope and publish its names; those `avoided` stay where they are published already."""
        before = {key: name for key, name in self._before.items() if key in wanted}
        for key, name in before.items():
            if name in reserved:
                self._problems.append(
                    Problem(
                        FILE,
                        f"/names/{escape(key)}",
                        f"generated code needs the name {name!r} itself",
                        "take the line out; another name is found",
                    )
                )
        names = allocate(wanted, before, reserved=reserved | avoided, folded=folded)
        self.published |= names
        return names

    def settled(self, key: str, value: str) -> str:
        """A decision that is frozen like a name: what was published before, else `value`."""
        return self.published.setdefault(key, self._before.get(key, value))

    def message(self, key: str) -> str:
        """The class of a shape."""
        return self.published[f"message:{key}"]

    def enum(self, key: str) -> str:
        """The class of an enum."""
        return self.published[f"enum:{key}"]

    def fields(self, key: str, wanted: Mapping[str, str], *, reserved: frozenset[str]) -> dict[str, str]:
        """Attribute names of one message, by wire name (or, for a union, by `|group`)."""
        names = self.allocate(
            {f"field:{key}.{wire}": snake(preferred) for wire, preferred in wanted.items()}, reserved=reserved
        )
        return {wire: names[f"field:{key}.{wire}"] for wire in wanted}
