"""Selection of operations: by name, label, state and age."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any, Final

import click
from attrs import frozen
from groundwire import Client, Operation, OperationMetadata
from groundwire_exports.states import state_of

from .rows import label_of

STATES: Final = ("PENDING", "RUNNING", "CANCELLING", "SUCCEEDED", "FAILED", "CANCELLED")
UNFINISHED: Final = ("PENDING", "RUNNING", "CANCELLING", "UNKNOWN")
_ALIASES: Final = {"READY": "PENDING", "COMPLETED": "SUCCEEDED", "CANCEL_REQUESTED": "CANCELLING"}
"""Words of the official client."""
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_AGE: Final = re.compile(r"(\d{1,9})([smhd])", re.ASCII)


def _states(_: click.Context, __: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    """Return words of `STATES` for words in any case, and for those of the official client."""
    words = [_ALIASES.get(value.upper(), value.upper()) for value in values]
    for value, word in zip(values, words, strict=True):
        if word not in STATES:
            raise click.BadParameter(f"{value!r} is none of {', '.join(STATES)} (or READY, COMPLETED).")
    return tuple(words)


def _seconds(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """Return the seconds of a duration such as `90s`, `30m`, `1h`, `2d`."""
    if value is None:
        return None
    match = _AGE.fullmatch(value)
    if match is None:
        raise click.BadParameter(f"{value!r} is no duration such as 90s, 30m, 1h or 2d.")
    return float(int(match[1]) * _UNITS[match[2]])


@frozen(kw_only=True)
class Selection:
    """Conditions that an operation meets: all that are given."""

    names: tuple[str, ...] = ()
    label: str | None = None
    states: tuple[str, ...] = ()
    older_than: float | None = None

    @property
    def is_empty(self) -> bool:
        """Return True if nothing was selected by name, label or age."""
        return not self.names and self.label is None and self.older_than is None

    def covers(self, operation: Operation, now: float) -> bool:
        """Return True for an operation that meets the conditions. `now` is Unix time."""
        name = operation.name or ""
        if self.names and name not in self.names and name.rpartition("/")[2] not in self.names:
            return False
        if self.label is not None and not fnmatchcase(label_of(operation), self.label):
            return False
        if self.states and state_of(operation) not in self.states:
            return False
        return self.older_than is None or _age(operation, now) >= self.older_than


def _age(operation: Operation, now: float) -> float:
    metadata = operation.metadata
    created = metadata.create_time if isinstance(metadata, OperationMetadata) else None
    return -1.0 if created is None else timedelta(seconds=now - created.timestamp()).total_seconds()


def selected(client: Client, selection: Selection) -> Iterator[Operation]:
    """Iterate over the operations of the project that a selection covers, as the service lists them."""
    now = client.clock.unix()
    for operation in client.projects.operations.list(page_size=500):
        if selection.covers(operation, now):
            yield operation


def missing_names(selection: Selection, operations: list[Operation]) -> list[str]:
    """Return the names of a selection that no operation has."""
    known = {name for each in operations for name in (each.name or "", (each.name or "").rpartition("/")[2])}
    return [name for name in selection.names if name not in known]


_OPTIONS: Final = (
    click.option("--label", help="Pattern of the description, such as 'ndvi-2024*'."),
    click.option(
        "--state",
        "states",
        multiple=True,
        callback=_states,
        help="State; may be repeated. READY and COMPLETED too.",
    ),
    click.option("--older-than", callback=_seconds, help="Age since creation, such as 30m, 1h, 2d."),
)


def with_selection(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a selection to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
