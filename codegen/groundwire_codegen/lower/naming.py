"""Names: from wire names to Python's, unique in their scope, safe, and frozen once published.

Every Python name of generated code is allocated here. `groups` says which members of a oneof get a class.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import lru_cache
from typing import Final

from ..ir import Alias, Enum, Message
from ..lock import FILE, is_published_name
from ..problem import Problem, escape
from ..read.overlay import Overlay
from .reserved import CLASS_NAMES, CLIENT_NAMES, FIELD_NAMES, KEYWORDS, PARAMETER_NAMES, RESOURCE_NAMES

_BOUNDARY: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", re.ASCII)
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9]+", re.ASCII)


@lru_cache(maxsize=50_000)  # The fields and parameters of an API share most of their names.
def snake(wire: str) -> str:
    """A wire name as lower_snake_case ASCII: `maxPixels` -> `max_pixels`, `HTTPHealthCheck` -> `http_health_check`."""
    text = _UNSAFE.sub("_", _BOUNDARY.sub("_", wire)).strip("_").lower()
    text = re.sub("_+", "_", text)
    return f"n{text}" if text[:1].isdigit() else text


def camel(wire: str) -> str:
    """A wire name as a class name: `floatValue` -> `FloatValue`. Inner capitals stay."""
    text = "".join(part[:1].upper() + part[1:] for part in _UNSAFE.split(wire) if part)
    return f"N{text}" if text[:1].isdigit() or not text else text


def constant(wire: str) -> str:
    """A wire name as an enum member: `us-central1` -> `US_CENTRAL1`."""
    text = _UNSAFE.sub("_", wire).strip("_").upper()
    text = re.sub("_+", "_", text)
    return f"N{text}" if text[:1].isdigit() or not text else text


def fold(name: str) -> str:
    """Return a name without case and underscores: two of a scope must differ in it, also on case-insensitive file systems."""
    return name.replace("_", "").lower()


def allocate(
    wanted: Mapping[str, str],
    published: Mapping[str, str],
    *,
    reserved: Iterable[str] = (),
    folded: bool = False,
) -> dict[str, str]:
    """Give every key of `wanted` a name of its own, close to the one preferred.

    A key that `published` names keeps that name. Others come in order of how well the preferred name fits
    (an unchanged wire name first) and then by key, so that the outcome does not depend on the input's order;
    a name that is taken or reserved gets `_`, or a number.
    """
    refused = reserved if isinstance(reserved, Set) else set(reserved)
    same = fold if folded else str
    names: dict[str, str] = {}
    taken: set[str] = set()
    numbers: dict[str, Iterator[int]] = {}
    for key in sorted(wanted.keys() & published.keys()):
        if same(published[key]) not in taken:
            names[key] = published[key]
            taken.add(same(names[key]))
    for key in sorted(
        wanted.keys() - names.keys(), key=lambda key: (key.rpartition(".")[2] != wanted[key], key)
    ):
        preferred = wanted[key] or "n"
        if preferred not in refused and preferred not in KEYWORDS and same(preferred) not in taken:
            names[key] = preferred
            taken.add(same(preferred))
            continue
        names[key] = next(
            name
            for name in _candidates(
                preferred, folded, numbers.setdefault(same(preferred), itertools.count(2))
            )
            if name not in refused and name not in KEYWORDS and same(name) not in taken
        )
        taken.add(same(names[key]))
    return names


def _candidates(preferred: str, folded: bool, numbers: Iterator[int]) -> Iterator[str]:
    """The preferred name, then near ones without end: classes get a number, other names `_` first.

    `numbers` goes on where the last name of the same kind stopped: a thousand names that are alike take a thousand
    steps, not a million.
    """
    yield preferred
    if not folded:
        yield f"{preferred}_"
    for number in numbers:
        yield f"{preferred}{number}" if folded else f"{preferred}_{number}"


def place_name(place: str) -> str:
    """A class name from a place: `Foo.bar[]` -> `FooBarItem`."""
    text = place.removeprefix("=").replace("[]", ".item").replace("{}", ".value")
    return "".join(camel(part) for part in text.split("."))


class Naming:
    """Names by what they name: `message:Foo`, `enum:Foo.bar`, `field:Foo.bar`, `method:ID` and so on.

    `published` and `decisions` collect what the lock is to keep; what it has from before stays.
    """

    def __init__(
        self,
        published: Mapping[str, str],
        decisions: Mapping[str, str],
        overlay: Overlay,
        problems: list[Problem],
    ) -> None:
        self._problems = problems
        self._said = _said_names(overlay)
        self._before = {**published, **self._said}
        self._decided = decisions
        self._nested = {name for key, name in published.items() if key.startswith("variant:")}
        self.published: dict[str, str] = {}
        self.decisions: dict[str, str] = {}
        self.classes: frozenset[str] = CLASS_NAMES

    def name_classes(
        self,
        messages: Mapping[str, Message],
        enums: Mapping[str, Enum],
        aliases: Mapping[str, Alias],
        reserved: frozenset[str] = CLASS_NAMES,
    ) -> None:
        """Name every message, enum and alias; a class that is nested in a message would hide one of its name."""
        wanted = {f"message:{each.place}": place_name(each.place) for each in messages.values()}
        wanted |= {f"enum:{each.place}": place_name(each.place) for each in enums.values()}
        wanted |= {f"alias:{each.place}": place_name(each.place) for each in aliases.values()}
        names = self.allocate(wanted, reserved=reserved, avoided=self._nested, folded=True)
        self.classes = frozenset(names.values()) | reserved

    def allocate(
        self,
        wanted: Mapping[str, str],
        *,
        reserved: frozenset[str],
        avoided: Set[str] = frozenset(),
        folded: bool = False,
    ) -> dict[str, str]:
        """Allocate one scope and publish its names; those `avoided` stay where they are published already."""
        before = {key: self._before[key] for key in wanted if key in self._before}
        fit = {key: name for key, name in before.items() if name not in reserved}
        names = allocate(wanted, fit, reserved=reserved | avoided if avoided else reserved, folded=folded)
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
        """Return a decision that is frozen like a name: what was published before, else `value`."""
        return self.published.setdefault(key, self._before.get(key, value))

    def before(self, key: str) -> str | None:
        """Return a decision as it was taken when the client was first generated; None if it was not."""
        return self._decided.get(key)

    def decide(self, key: str, value: str) -> str:
        """Note a decision for the lock."""
        self.decisions[key] = value
        return value


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
