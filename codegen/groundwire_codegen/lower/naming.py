"""Naming: every published name comes from one allocator, and stays once published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..names import CLASS_NAMES, allocate, camel, snake

if TYPE_CHECKING:
    from ..overlay import Overlay
    from .shapes import Shapes


def place_name(key: str) -> str:
    """A class name from a place: `Foo.bar[]` -> `FooBarItem`."""
    text = key.removeprefix("=").replace("[]", ".item").replace("{}", ".value")
    return "".join(camel(part) for part in text.split("."))


class Naming:
    """Names by what they name: `message:Foo`, `enum:Foo.bar`, `field:Foo.bar`, `method:ID` and so on."""

    def __init__(self, shapes: Shapes, overlay: Overlay, published: Mapping[str, str]) -> None:
        self.overlay = overlay
        self._before = published
        self.published: dict[str, str] = {}
        wanted = {f"message:{key}": place_name(key) for key in shapes.shapes}
        wanted |= {f"enum:{key}": place_name(key) for key in shapes.enums}
        classes = self.allocate(wanted, reserved=CLASS_NAMES, folded=True)
        self.classes = frozenset(classes.values()) | CLASS_NAMES

    def allocate(
        self, wanted: Mapping[str, str], *, reserved: frozenset[str], folded: bool = False
    ) -> dict[str, str]:
        """Allocate one scope and publish its names."""
        before = {key: name for key, name in self._before.items() if key in wanted}
        names = allocate(wanted, before, reserved=reserved, folded=folded)
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
