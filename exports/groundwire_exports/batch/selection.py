"""Selection of exports by patterns."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from groundwire_runtime.errors import ArgumentError, shortened

from .ledger import Ledger
from .records import Entry, State


def matching(
    ledger: Ledger,
    uid: str,
    states: Sequence[State],
    *,
    key: str | None,
    label: str | None,
    state: State | str | None,
) -> list[Entry]:
    """Return the exports in one of `states` whose key, description and state match. Raises ArgumentError."""
    if key is None and label is None and state is None:
        raise ArgumentError("expected key=, label= or state=", hint='key="*" means all.')
    if state is not None:
        if str(state) not in {str(each) for each in states}:
            names = ", ".join(map(str, states))
            raise ArgumentError(f"state: expected one of {names}, got {shortened(state)}")
        states = [State(str(state))]
    return [
        entry
        for entry in ledger.entries(uid, states)
        if fnmatchcase(entry.key, key or "*") and fnmatchcase(entry.description, label or "*")
    ]
