"""Base schemas: those with a discriminator that others extend with `allOf`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from ..cursor import Cursor
from .all_of import Flattener
from .references import Documents
from .shape import Schema, Shape, Site
from .unions import read_mapping

OWN: Final = "#own"
"""Ends the key of a base where it stands for itself alone, not for those that extend it."""


@frozen(eq=False)
class Bases:
    """Which schemas extend which. `components` are the document's own schemas, sorted by name."""

    documents: Documents
    flattener: Flattener
    components: Mapping[str, Cursor]
    _targets: dict[str, frozenset[str]] = field(factory=dict[str, "frozenset[str]"])
    _by_base: dict[str, list[str]] = field(factory=dict[str, "list[str]"])

    def extended(self, key: str) -> frozenset[str]:
        """Return the keys of the schemas that a component is, or extends, directly."""
        if key not in self._targets:
            node = self.components.get(key)
            found: frozenset[str] = frozenset()
            if node is not None and isinstance(node.value, dict):
                problems = len(node.problems)
                shape = self.flattener.gather(Schema((Site(node, key),), key, key))
                del node.problems[problems:]
                found = frozenset(self.documents.key(each.node) for each in shape.targets)
            self._targets[key] = found
        return self._targets[key]

    def extends(self, key: str, base: str) -> bool:
        """Return True if a component extends another, however far."""
        seen, waiting = {key}, [key]
        while waiting:
            for each in self.extended(waiting.pop()):
                if each == base:
                    return True
                if each not in seen:
                    seen.add(each)
                    waiting.append(each)
        return False

    def children(self, shape: Shape, key: str) -> dict[str, Schema]:
        """Return the schemas that a base stands for, by name: those of its mapping, and those that extend it.

        The base itself is one of them where the mapping names it, where there is no mapping and it extends another base,
        or where it has only one child.
        """
        if shape.discriminator is None or shape.choices or key.endswith(OWN):
            return {}
        mapped = dict.fromkeys(read_mapping(shape.discriminator).values())
        names = mapped | dict.fromkeys(self._descendants(key))
        found = {
            name: Schema((Site(self.components[name], name),), name, name)
            for name in names
            if name in self.components and name != key
        }
        is_member = key in mapped or len(found) == 1 or (not mapped and self.extended(key))
        if found and key in self.components and is_member:
            place = f"{key}.Base"
            found[key] = Schema((Site(self.components[key], place),), f"{key}{OWN}", place)
        return found

    def _descendants(self, key: str) -> list[str]:
        if not self._by_base:
            for name in self.components:
                for base in self.extended(name):
                    self._by_base.setdefault(base, []).append(name)
        found: dict[str, None] = {}
        waiting = [key]
        while waiting:
            for name in self._by_base.get(waiting.pop(), ()):
                if name not in found and self._is_extension(name):
                    found[name] = None
                    waiting.append(name)
        return sorted(found)

    def _is_extension(self, name: str) -> bool:
        """Return True if a component extends its base, where others only name it, or are null besides."""
        value = self.components[name].value
        return isinstance(value, dict) and "allOf" in value
