"""The faults of one body, worded as the front end words them, with the proto path of the value they are at.

A JSON pointer leads to the same value by the names that were sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final, TypeAlias

from ..exchange import JsonValue
from ..rules.error_bodies import Fault

PREFIX: Final = "Invalid JSON payload received. "
VALUE: Final = ".value"
"""The step of a trail from a map's entry to the value in it."""

Step: TypeAlias = "tuple[str | int, str | None]"
"""One step to a value: its proto name or index, and the key or index that was sent, None where none was."""


MOST: Final = 1000
"""Faults that are listed; the rest of a body that has more is not looked at."""


class EnoughError(Exception):
    """There are as many faults as are listed."""


class Faults:
    """The faults found so far; `trail` holds the steps that lead to the present value.

    A method that notes a fault returns None, which stands for the value that could not be read.
    """

    def __init__(self) -> None:
        self.found: list[Fault] = []
        self.trail: list[Step] = []

    def path(self, leave_out: int = 0) -> str:
        """The proto path of the present value, without the last steps when some are to be left out."""
        return "".join(
            f"[{step}]" if isinstance(step, int) else step if step is VALUE else f".{step}"
            for step, _ in self.trail[: len(self.trail) - leave_out]
        ).removeprefix(".")

    def pointer(self, name: str | None = None) -> str:
        """The JSON pointer of the present value, or of a member of it."""
        steps = [sent for _, sent in self.trail if sent is not None]
        return pointer([*steps, name] if name is not None else steps)

    def parent(self) -> str:
        """The path of the message that the present field belongs to."""
        count = 1
        while count < len(self.trail) and not isinstance(self.trail[-count][0], str):
            count += 1
        return self.path(count)

    def too_deep(self) -> JsonValue:
        """One message more within each other than the service takes."""
        name = next((step for step, _ in reversed(self.trail) if isinstance(step, str)), "")
        return self._add(
            "message-too-deep",
            f"{PREFIX}Message too deep. Max recursion depth reached for key {_quoted(name)}.",
            self.path(),
        )

    def unknown_name(self, name: str) -> JsonValue:
        """A name that the present message does not have."""
        return self._name("unknown-field", name, "Cannot find field.", self.path(), self.pointer(name))

    def given_twice(self, name: str) -> JsonValue:
        """A field of the present message that was given before, in its other spelling."""
        what = "The field was given before."
        return self._name("duplicate-key", name, what, self.path(), self.pointer(name))

    def already_set(self, union: str, name: str) -> JsonValue:
        """A second member of a union of the present message."""
        path = self.path()
        return self._add(
            "oneof-conflict",
            f"Invalid value{_at(path)} (oneof), oneof field '{union}' is already set. Cannot set '{name}'",
            path,
            self.pointer(name),
        )

    def value(
        self, type_name: str, value: JsonValue, note: str | None = None, rule: str = "invalid-value"
    ) -> JsonValue:
        """A value that is not of its type; a note may say why in its place."""
        path = self.path()
        said = json.dumps(value, ensure_ascii=False) if note is None else note
        return self._add(rule, f"Invalid value{_at(path)} ({type_name}), {said}", path)

    def object_on_scalar(self, name: str) -> JsonValue:
        """An object where a scalar belongs: named by its parent's path, and by its own key where a type would be."""
        path = self.parent()
        return self._add(
            "object-on-scalar",
            f"Invalid value{_at(path)} ({name}), Starting an object on a scalar field",
            path,
        )

    def not_single(self, name: str, value: JsonValue, type_name: str) -> JsonValue:
        """A list where one value belongs, or a scalar where a message does."""
        if isinstance(value, list):
            what = "Proto field is not repeating, cannot start list."
            return self._name("list-on-singular", name, what, self.parent())
        return self.value(type_name, value)

    def not_a_map(self, name: str, value: JsonValue) -> JsonValue:
        """A list or a scalar where a map belongs."""
        path = self.parent()
        what, rule = ("list", "list-on-map") if isinstance(value, list) else ("value", "invalid-value")
        return self._add(
            rule, f"Invalid value{_at(path)} (Map), Cannot bind a {what} to map for field '{name}'.", path
        )

    def _name(self, rule: str, name: str, what: str, path: str, at: str | None = None) -> JsonValue:
        return self._add(rule, f"{PREFIX}Unknown name {_quoted(name)}{_at(path)}: {what}", path, at)

    def _add(self, rule: str, message: str, path: str, at: str | None = None) -> JsonValue:
        sent = self.pointer() if at is None else at
        self.found.append(Fault(rule=rule, message=message, path=path, pointer=sent))
        if len(self.found) == MOST:
            raise EnoughError
        return None


def pointer(steps: Iterable[str]) -> str:
    """The JSON pointer of the keys and indices that lead to a value."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def _at(path: str) -> str:
    return f" at '{path}'" if path else ""


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
