"""The protocol of ledgers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol, TypeAlias

from .records import BatchRecord, Change, Entry, Event, State

Revise: TypeAlias = Callable[[BatchRecord], BatchRecord]
"""A pure function of a batch's record, run in the transaction."""


class Ledger(Protocol):
    """The memory of batches. Each method is one transaction: it has happened when it returns, or not at all.

    Several processes may use one ledger. Methods raise LedgerError.
    """

    def now(self) -> float:
        """Return Unix time, by the one clock that all processes of the ledger use."""
        ...

    def open_batch(self, record: BatchRecord) -> BatchRecord:
        """Return the record with this uid, or this one: it is inserted with the first write."""
        ...

    def batch(self, uid: str) -> BatchRecord:
        """Return a batch's record."""
        ...

    def revise(self, uid: str, change: Revise, events: Sequence[Event] = ()) -> BatchRecord:
        """Change a batch's record, log events, and return the new record."""
        ...

    def add(self, uid: str, entries: Sequence[Entry]) -> Mapping[str, str]:
        """Insert entries whose keys are new; return the digest that each key has in the ledger.

        Raises ArgumentError for a new entry whose output begins with that of another one, or the other way round.
        """
        ...

    def entries(
        self, uid: str, states: Collection[State] = (), keys: Collection[str] | None = None
    ) -> list[Entry]:
        """Return entries in these states, or all, of these keys, or all, in the order in which they were added.

        Without their requests, which may be large.
        """
        ...

    def counts(self, uid: str) -> dict[State, int]:
        """Return the number of entries in each state."""
        ...

    def request(self, uid: str, key: str) -> str:
        """Return the JSON of an entry's request."""
        ...

    def claim(self, uid: str, count: int, limit: int) -> list[tuple[Entry, Entry]]:
        """Mark the next entries as being sent; return each before and after, with its request.

        At most `count`, at most as many as a queue of `limit` has room for, and none while the batch is paused or its
        queue full.
        An entry whose lease has ended comes first, and needs no room.
        """
        ...

    def save(
        self,
        uid: str,
        changes: Sequence[Change],
        revise: Callable[[BatchRecord, list[Change]], BatchRecord] | None = None,
    ) -> list[Change]:
        """Apply the changes whose entries have not changed meanwhile; return those, and revise the batch with them.

        The parts of a change are new entries. If the ledger has another export under a part's key, or with its files, the
        entry is written as `unsplit`.
        """
        ...

    def begin_look(self, uid: str, until: float) -> bool:
        """Return True, and set the next look to `until`, if a look is due: for one process alone."""
        ...

    def events(self, uid: str, key: str | None = None) -> list[Event]:
        """Return the log of a batch, or of one key, oldest first."""
        ...

    def close(self) -> None:
        """Close files and connections."""
        ...
