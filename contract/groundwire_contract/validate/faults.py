"""The text of a refused body, in the front end's words, with the proto path of each fault.

Each fault also has a JSON pointer made from the names that were sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final, TypeAlias

from ..exchange import JsonValue
from ..rules.error_bodies import Fault
from ..suggestion import suggestion

PREFIX: Final = "Invalid JSON payload received. "
VALUE: Final = ".value"
"""The step of a trail from a map's entry to its value."""

Step: TypeAlias = "tuple[str | int, str | None]"
"""One step to a value: its proto name or index, and the key or index as sent, or None."""


MOST: Final = 1000
"""Maximum number of faults; the rest of the body is not checked."""
MOST_SUGGESTED: Final = 10
"""Faults with a suggestion: finding one takes time."""


class EnoughError(Exception):
    """The maximum number of faults was reached."""


class Faults:
    """The faults so far; `trail` holds the steps to the current value.

    Methods that add a fault return None, in place of the value that could not be read.
    """

    def __init__(self) -> None:
        self.found: list[Fault] = []
        self.trail: list[Step] = []

    def path(self, leave_out: int = 0) -> str:
        """Return the proto path of the current value, without the last `leave_out` steps."""
        return "".join(
            f"[{step}]" if isinstance(step, int) else step if step is VALUE else f".{step}"
            for step, _ in self.trail[: len(self.trail) - leave_out]
        ).removeprefix(".")

    def pointer(self, name: str | None = None) -> str:
        """Return the JSON pointer of the current value, or of its member `name`."""
        steps = [sent for _, sent in self.trail if sent is not None]
        return pointer([*steps, name] if name is not None else steps)

    def parent(self) -> str:
        """Return the path of the message that contains the current field."""
        count = 1
        while count < len(self.trail) and not isinstance(self.trail[-count][0], str):
            count += 1
        return self.path(count)

    def too_deep(self) -> JsonValue:
        """Report messages nested too deeply."""
        name = next((step for step, _ in reversed(self.trail) if isinstance(step, str)), "")
        return self._add(
            "message-too-deep",
            f"{PREFIX}Message too deep. Max recursion depth reached for key {_quoted(name)}.",
            self.path(),
        )

    def unknown_name(self, name: str, known: Iterable[str] = ()) -> JsonValue:
        """Report an unknown field of the current message, whose fields are `known`."""
        meant = suggestion(name, known) if len(self.found) < MOST_SUGGESTED else ""
        at = self.pointer(name)
        return self._name("unknown-field", name, "Cannot find field.", self.path(), at, meant)

    def given_twice(self, name: str) -> JsonValue:
        """Report a field that was given before in its other spelling."""
        what = "The field was given before."
        return self._name("duplicate-key", name, what, self.path(), self.pointer(name))

    def already_set(self, union: str, name: str) -> JsonValue:
        """Report a second member of a union."""
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
        """Report a value of the wrong type; `note` replaces the quoted value."""
        path = self.path()
        detail = json.dumps(value, ensure_ascii=False) if note is None else note
        return self._add(rule, f"Invalid value{_at(path)} ({type_name}), {detail}", path)

    def object_on_scalar(self, name: str) -> JsonValue:
        """Report an object in place of a scalar: the service names the parent's path, and the key as type."""
        path = self.parent()
        return self._add(
            "object-on-scalar",
            f"Invalid value{_at(path)} ({name}), Starting an object on a scalar field",
            path,
        )

    def not_single(self, name: str, value: JsonValue, type_name: str) -> JsonValue:
        """Report a list in place of a single value, or a scalar in place of a message."""
        if isinstance(value, list):
            what = "Proto field is not repeating, cannot start list."
            return self._name("list-on-singular", name, what, self.parent())
        return self.value(type_name, value)

    def not_a_map(self, name: str, value: JsonValue) -> JsonValue:
        """Report a list or a scalar in place of a map."""
        path = self.parent()
        what, rule = ("list", "list-on-map") if isinstance(value, list) else ("value", "invalid-value")
        return self._add(
            rule, f"Invalid value{_at(path)} (Map), Cannot bind a {what} to map for field '{name}'.", path
        )

    def _name(
        self, rule: str, name: str, what: str, path: str, at: str | None = None, meant: str = ""
    ) -> JsonValue:
        return self._add(rule, f"{PREFIX}Unknown name {_quoted(name)}{_at(path)}: {what}", path, at, meant)

    def _add(self, rule: str, message: str, path: str, at: str | None = None, meant: str = "") -> JsonValue:
        sent = self.pointer() if at is None else at
        self.found.append(Fault(rule=rule, message=message, path=path, pointer=sent, meant=meant))
        if len(self.found) == MOST:
            raise EnoughError
        return None


def pointer(steps: Iterable[str]) -> str:
    """Return the JSON pointer of keys and indices."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def _at(path: str) -> str:
    return f" at '{path}'" if path else ""


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
