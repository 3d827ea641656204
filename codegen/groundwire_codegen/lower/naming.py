"""Naming: every published name comes from one allocator, and stays once published."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from typing import TYPE_CHECKING

from ..lock import FILE, is_published_name
from ..names import (
    CLASS_NAMES,
    CLIENT_NAMES,
    FIELD_NAMES,
    KEYWORDS,
    PARAMETER_NAMES,
    RESOURCE_NAMES,
    allocate,
    camel,
    snake,
)
from ..problem import Problem
from ..read.cursor import escape

if TYPE_CHECKING:
    from ..read.overlay import Overlay
    from .shapes import Shapes


def place_name(key: str) -> str:
    """A class name from a place: `Foo.bar[]` -> `FooBarItem`."""
    text = key.removeprefix("=").replace("[]", ".item").replace("{}", ".value")
    return "".join(camel(part) for part in text.split("."))


class Naming:
    """Names by what they name: `message:Foo`, `enum:Foo.bar`, `field:Foo.bar`, `method:ID` and so on."""

    def __init__(self, shapes: Shapes, published: Mapping[str, str], overlay: Overlay) -> None:
        self._problems = shapes.problems
        self._said = _said_names(overlay)
        self._before = {**published, **self._said}
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
        fit = {key: name for key, name in before.items() if name not in reserved}
        names = allocate(wanted, fit, reserved=reserved | avoided, folded=folded)
        for key, name in before.items():
            if name in reserved:
                self._refuse(key, f"generated code needs the name {name!r} itself", names[key])
            elif names[key] != name:
                self._refuse(key, f"{name!r} has to move: another has this name", names[key])
        self.published |= names
        return names

    def _refuse(self, key: str, message: str, free: str) -> None:
        """Refuse a name that cannot be kept, and show the lines of the overlay that move it."""
        source = "overlay" if key in self._said else FILE
        self._problems.append(
            Problem(
                source,
                f"/names/{escape(key)}",
                message,
                "a published name moves only when the overlay says so",
                ("[names]", f"{json.dumps(key)} = {json.dumps(free)}"),
            )
        )

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


def _said_names(overlay: Overlay) -> dict[str, str]:
    """Names that the overlay gives: they move what is published. A rule's `name` that cannot be had is a preference."""
    rules = {
        f"field:{message}.{wire}": (rule.name, FIELD_NAMES)
        for message, said in overlay.messages.items()
        for wire, rule in said.fields.items()
    }
    rules |= {
        f"parameter:{method}#{wire}": (rule.name, PARAMETER_NAMES)
        for method, said in overlay.methods.items()
        for wire, rule in said.parameters.items()
    }
    rules |= {
        f"method:{method}": (said.name, CLIENT_NAMES | RESOURCE_NAMES)
        for method, said in overlay.methods.items()
    }
    names = {
        key: snake(name)
        for key, (name, reserved) in rules.items()
        if name and snake(name) not in KEYWORDS | reserved
    }
    return {**{key: name for key, name in names.items() if is_published_name(key, name)}, **overlay.names}
