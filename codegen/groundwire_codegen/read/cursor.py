"""A cursor into a parsed input: a value, its JSON pointer, and the list of problems."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias, cast

from attrs import define

from ..problem import Problem, escape


def as_list(value: Any) -> list[Any]:
    """Return a JSON value that is an array; empty for any other value."""
    return value if value.__class__ is list else []


_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def _is_text(value: str) -> bool:
    return value.isascii() or _SURROGATE.search(value) is None


Vocabulary: TypeAlias = Mapping[str, "Callable[[Cursor, str], Any]"]
"""A closed set of keys, each with the method of a cursor that reads it."""


@define(eq=False)
class Cursor:
    """One value of an input. Reading the wrong type records a problem and gives the absent value.

    Nothing changes one; it is not frozen because a large document has 200,000, and frozen ones take three times as long.
    """

    value: Any
    source: str
    pointer: str
    problems: list[Problem]
    empty_is_absent: bool = False
    """True if a key whose value is null counts as one that is not there."""

    @property
    def members(self) -> Mapping[str, Any] | None:
        """The members of an object, None for anything else."""
        value = self.value
        return cast("dict[str, Any]", value) if isinstance(value, dict) else None

    def refuse(self, message: str, hint: str = "", *, construct: str = "") -> None:
        """Record a problem here. `construct` is the word that is unknown, if that is the problem."""
        self.problems.append(Problem(self.source, self.pointer, message, hint, construct=construct))

    def at(self, key: str | int, value: Any) -> Cursor:
        """The node below, under `key`."""
        segment = escape(key) if isinstance(key, str) else key
        return Cursor(value, self.source, f"{self.pointer}/{segment}", self.problems, self.empty_is_absent)

    def has(self, key: str) -> bool:
        """Return True for an object with `key`."""
        members = self.members or {}
        return key in members and not (self.empty_is_absent and members[key] is None)

    def read(self, vocabulary: Vocabulary) -> dict[str, Any]:
        """Read every member; a key outside the vocabulary is a problem, and so is a value of another type."""
        members = self.members
        if members is None:
            self.refuse("expected an object")
            return {}
        found: dict[str, Any] = {}
        for key in members:
            reader = vocabulary.get(key)
            if reader is not None:
                found[key] = reader(self, key)
                continue
            self.at(key, None).refuse(
                f"unknown construct {key!r}",
                "the generator reads a closed set; nothing is ignored silently",
                construct=key,
            )
        return found

    def _get(self, key: str, kind: type | tuple[type, ...], what: str) -> Any:
        if not self.has(key):
            return None
        value = self.value[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind not in (bool, object)):
            self.at(key, value).refuse(f"expected {what}")
            return None
        return value

    def text(self, key: str) -> str | None:
        """The string under `key`; a lone surrogate is refused."""
        value = self._get(key, str, "a string")
        if value is not None and not _is_text(value):
            self.at(key, value).refuse("a lone surrogate is not text")
            return None
        return value  # type: ignore[no-any-return] # checked by _get

    def required(self, key: str) -> str:
        """The string under `key`, which must be there."""
        if not self.any(key):
            self.refuse(f"{key!r} is missing")
            return ""
        return self.text(key) or ""

    def flag(self, key: str) -> bool:
        """The boolean under `key`, False when absent."""
        return bool(self._get(key, bool, "true or false"))

    def number(self, key: str) -> int | float | None:
        """The number under `key`."""
        value = self._get(key, (int, float), "a number")
        if value is not None and not -sys.float_info.max <= value <= sys.float_info.max:
            self.at(key, value).refuse("expected a number that is finite")
            return None
        return value  # type: ignore[no-any-return] # checked by _get

    def any(self, key: str) -> Any:
        """Whatever stands under `key`."""
        return (self.members or {}).get(key)

    def child(self, key: str) -> Cursor | None:
        """The object under `key`."""
        value = self._get(key, dict, "an object")
        return None if value is None else self.at(key, value)

    def children(self, key: str) -> Iterator[tuple[str, Cursor]]:
        """The objects in the object under `key`, sorted by name."""
        parent = self.child(key)
        if parent is not None:
            mapping: Mapping[str, Any] = parent.value
            for name in sorted(mapping):
                node = parent.at(name, mapping[name])
                if not _is_text(name):
                    node.refuse("a lone surrogate is not text")
                elif isinstance(mapping[name], dict):
                    yield name, node
                else:
                    node.refuse("expected an object")

    def rows(self, key: str) -> Iterator[Cursor]:
        """Yield the members of the list under `key`."""
        values: list[Any] | None = self._get(key, list, "a list of tables")
        for index, value in enumerate(values or ()):
            yield self.at(key, None).at(index, value)

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of strings under `key`."""
        values = self._get(key, list, "a list of strings")
        if values is None:
            return ()
        if not all(isinstance(value, str) for value in values):
            self.at(key, values).refuse("expected a list of strings")
            return ()
        if not all(map(_is_text, values)):
            self.at(key, values).refuse("a lone surrogate is not text")
            return ()
        return tuple(values)

    def flags(self, key: str) -> tuple[bool, ...]:
        """The list of booleans under `key`."""
        values = self._get(key, list, "a list of booleans")
        if values is None:
            return ()
        if not all(isinstance(value, bool) for value in values):
            self.at(key, values).refuse("expected a list of booleans")
            return ()
        return tuple(values)


def as_object(value: Any) -> dict[str, Any]:
    """Return an object; an empty one for anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
