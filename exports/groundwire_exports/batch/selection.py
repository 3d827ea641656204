"""Selection of exports by patterns, and changes of those that are selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Final

from attrs import evolve
from groundwire_runtime.errors import ArgumentError, shortened

from .errors import LedgerError
from .ledger import Ledger
from .records import Change, Entry, Event, State

_TRIES: Final = 100


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
    for name, pattern in (("key", key), ("label", label)):
        if pattern is not None and not isinstance(pattern, str):  # pyright: ignore[reportUnnecessaryIsInstance] # callers are untrusted
            raise ArgumentError(f"{name}: expected a pattern such as 'ndvi-*', got {shortened(pattern)}")
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


def changed(
    ledger: Ledger,
    uid: str,
    entry: Entry,
    states: Sequence[State],
    change: Callable[[Entry], Entry],
    event: str,
) -> Entry | None:
    """Change an entry while it is in one of `states`, and return it as it is then; None if it is in none of them.

    Another process may change it at the same time: then its latest version is changed.
    """
    latest: Entry | None = entry
    for _ in range(_TRIES):
        if latest is None or latest.state not in states:
            return None
        events = (Event(key=latest.key, at=ledger.now(), event=event, detail=latest.state),)
        applied = ledger.save(uid, [Change(entry=change(latest), events=events)])
        if applied:
            return evolve(applied[0].entry, version=latest.version + 1)
        latest = next(iter(ledger.entries(uid, keys=[entry.key])), None)
    raise LedgerError(f"{entry.key!r} is changed by other processes all the time", hint="Try again.")
