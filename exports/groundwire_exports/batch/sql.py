"""A ledger over SQL: what SQLite and PostgreSQL share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import attrs
from attrs import evolve
from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import ArgumentError

from .errors import lost
from .ledger import Revise
from .process import Process
from .records import PROBE, BatchRecord, Change, Entry, Event, State
from .requests import check_apart, check_digest, checked_text
from .statements import (
    AFTER,
    BATCH,
    BEFORE,
    BEGIN_LOOK,
    BUSY,
    COUNT,
    DIGESTS,
    EVENT,
    INSERT_BATCH,
    INSERT_ENTRY,
    INSERT_EVENT,
    INSERT_REQUEST,
    NEXT,
    NEXT_SEQ,
    OVERDUE,
    SELECT_BATCH,
    SELECT_ENTRY,
    SELECT_EVENTS,
    SELECT_REQUEST,
    UPDATE_BATCH,
    UPDATE_ENTRY,
    Cursor,
    chunks,
    entry_of_row,
    marks,
    values_of,
)
from .transitions import claimed

T = TypeVar("T")


class SqlLedger:
    """A ledger in two tables and a log. Subclasses bring connections, transactions and locks."""

    for_update: str = ""
    """The end of a SELECT whose rows are to be changed."""
    skip_locked: str = ""
    """The same, passing over rows that another process changes now."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._process = clock, Process()
        self._new: dict[str, BatchRecord] = {}
        """Batches that the ledger has not, to be inserted with their first write."""

    @abstractmethod
    def _run(self, work: Callable[[Cursor], T]) -> T:
        """Run work in one transaction, again if the database asks for that. Raises LedgerError."""

    def _sql(self, text: str) -> str:
        """Return a statement in the database's spelling of parameters."""
        return text

    def now(self) -> float:
        """Return Unix time, by the one clock that all processes of the ledger use."""
        return self._clock.unix()

    def open_batch(self, record: BatchRecord) -> BatchRecord:
        """Return the record with this uid, or this one: it is inserted with the first write."""
        self._new[record.uid] = record
        return self.batch(record.uid)

    def batch(self, uid: str) -> BatchRecord:
        """Return a batch's record."""
        return self._run(lambda cursor: self._batch(cursor, uid))

    def revise(self, uid: str, change: Revise, events: Sequence[Event] = ()) -> BatchRecord:
        """Change a batch's record, log events, and return the new record."""

        def work(cursor: Cursor) -> BatchRecord:
            record = change(self._batch(cursor, uid, lock=True))
            self._write_batch(cursor, record)
            self._log(cursor, uid, events)
            return record

        return self._run(work)

    def add(self, uid: str, entries: Sequence[Entry]) -> dict[str, str]:
        """Insert entries whose keys are new; return the digest that each key has in the ledger."""

        def work(cursor: Cursor) -> dict[str, str]:
            self._batch(cursor, uid, lock=True)
            known = self._digests(cursor, uid, [entry.key for entry in entries])
            new = [entry for entry in entries if entry.key not in known]
            cursor.execute(self._sql(NEXT_SEQ), (uid,))
            for seq, entry in enumerate(new, cursor.fetchall()[0][0] + 1):
                self._check_output(cursor, uid, entry)
                self._insert(cursor, uid, [evolve(entry, seq=seq)])
            return known | {entry.key: entry.digest for entry in new}

        return self._run(work)

    def request(self, uid: str, key: str) -> str:
        """Return the JSON of an entry's request."""
        return self._run(lambda cursor: self._request(cursor, uid, key))

    def entries(
        self, uid: str, states: Collection[State] = (), keys: Collection[str] | None = None
    ) -> list[Entry]:
        """Return entries in these states, or all, of these keys, or all, in the order in which they were added."""

        def work(cursor: Cursor) -> list[Entry]:
            query = f"{SELECT_ENTRY} AND state IN ({marks(len(states))})" if states else SELECT_ENTRY
            found: list[Entry] = []
            for chunk in [None] if keys is None else chunks(list(keys)):
                some = "" if chunk is None else f" AND key IN ({marks(len(chunk))})"
                cursor.execute(self._sql(query + some), [uid, *map(str, states), *(chunk or ())])
                found += [entry_of_row(row) for row in cursor.fetchall()]
            return sorted(found, key=lambda entry: (entry.seq, entry.key))

        return self._run(work)

    def counts(self, uid: str) -> dict[State, int]:
        """Return the number of entries in each state."""

        def work(cursor: Cursor) -> dict[State, int]:
            cursor.execute(self._sql(COUNT), (uid,))
            return {State(state): count for state, count in cursor.fetchall()}

        return self._run(work)

    def claim(self, uid: str, count: int, limit: int) -> list[tuple[Entry, Entry]]:
        """Mark the next entries as being sent; return each before and after, with its request."""

        def work(cursor: Cursor) -> list[tuple[Entry, Entry]]:
            # The lock on the batch makes the count of room and the claim one step for all processes.
            batch, now = self._batch(cursor, uid, lock=True), self.now()
            if batch.paused or not batch.looks:
                return []
            found = self._select(cursor, OVERDUE, uid, now, count)
            if batch.full_until <= now:
                found += self._next(cursor, batch, now, count - len(found), limit)
            texts = [checked_text(entry, self._request(cursor, uid, entry.key)) for entry in found]
            found = [evolve(entry, request=text) for entry, text in zip(found, texts, strict=True)]
            pairs = [(entry, claimed(entry, now)) for entry in found]
            pairs = [pair for pair in pairs if self._update(cursor, uid, pair[1])]
            self._log(cursor, uid, [Event(key=after.key, at=now, event="send") for _, after in pairs])
            return [(before, evolve(after, version=after.version + 1)) for before, after in pairs]

        return self._run(work)

    def _next(self, cursor: Cursor, batch: BatchRecord, now: float, count: int, limit: int) -> list[Entry]:
        """Select waiting entries that there is room for, or one after a long time without room."""
        cursor.execute(self._sql(BUSY), (batch.uid,))
        room = batch.room(cursor.fetchall()[0][0], limit)
        probing = room <= 0 and batch.probe_at <= now
        count = min(count, 1 if probing else room)
        found = self._select(cursor, NEXT, batch.uid, now, count) if count > 0 else []
        if found:
            self._write_batch(cursor, evolve(batch, probe_at=now + PROBE, probing=int(probing)))
        return found

    def save(
        self,
        uid: str,
        changes: Sequence[Change],
        revise: Callable[[BatchRecord, list[Change]], BatchRecord] | None = None,
    ) -> list[Change]:
        """Apply the changes whose entries have not changed meanwhile; return those, and revise the batch with them."""

        def work(cursor: Cursor) -> list[Change]:
            # In one order for all processes, the batch first, so that no two wait for each other.
            batch = self._batch(cursor, uid, lock=True) if revise is not None else None
            applied = [
                self._with_parts(cursor, uid, change)
                for change in sorted(changes, key=lambda change: change.entry.key)
                if self._update(cursor, uid, change.entry)
            ]
            self._log(cursor, uid, [event for change in applied for event in change.events])
            if revise is not None and batch is not None:
                self._write_batch(cursor, revise(batch, applied))
            return applied

        return self._run(work)

    def _with_parts(self, cursor: Cursor, uid: str, change: Change) -> Change:
        """Insert the parts of an export that was split; return what was applied.

        If one of them would be another export's, none is inserted, and the export is written as not split.
        """
        try:
            known = self._digests(cursor, uid, [part.key for part in change.parts])
            for part in change.parts:
                check_digest(part, known.get(part.key, part.digest))
            new = [part for part in change.parts if part.key not in known]
            for part in new:
                self._check_output(cursor, uid, part)
        except ArgumentError as error:
            if change.unsplit is None:
                raise
            entry = evolve(change.unsplit, version=change.entry.version + 1)
            self._update(cursor, uid, entry)
            events = (*change.events[:-1], evolve(change.events[-1], event="not split", detail=str(error)))
            return Change(entry=entry, events=events)
        self._insert(cursor, uid, new)
        return change

    def begin_look(self, uid: str, until: float) -> bool:
        """Return True, and set the next look to `until`, if a look is due: for one process alone."""

        def work(cursor: Cursor) -> bool:
            if uid in self._new:
                self._batch(cursor, uid, lock=True)
            cursor.execute(self._sql(BEGIN_LOOK), (until, uid, self.now(), until))
            return cursor.rowcount == 1

        return self._run(work)

    def events(self, uid: str, key: str | None = None) -> list[Event]:
        """Return the log of a batch, or of one key, oldest first."""
        values = [uid] if key is None else [uid, key]
        query = SELECT_EVENTS if key is None else f"{SELECT_EVENTS} AND key = ?"

        def work(cursor: Cursor) -> list[Event]:
            cursor.execute(self._sql(f"{query} ORDER BY id"), values)
            return [Event(**dict(zip(EVENT, row, strict=True))) for row in cursor.fetchall()]

        return self._run(work)

    def _batch(self, cursor: Cursor, uid: str, *, lock: bool = False) -> BatchRecord:
        new = self._new.get(uid)
        if lock and new is not None:
            cursor.execute(self._sql(INSERT_BATCH), attrs.astuple(new))
        cursor.execute(self._sql(SELECT_BATCH + (self.for_update if lock else "")), (uid,))
        rows = cursor.fetchall()
        if rows:
            if not lock:
                self._new.pop(uid, None)
            return BatchRecord(**dict(zip(BATCH, rows[0], strict=True)))
        if new is None:
            raise lost("the batch")
        return new

    def _write_batch(self, cursor: Cursor, record: BatchRecord) -> None:
        cursor.execute(self._sql(UPDATE_BATCH), (*attrs.astuple(record)[1:], record.uid))

    def _select(self, cursor: Cursor, query: str, uid: str, now: float, count: int) -> list[Entry]:
        cursor.execute(self._sql(query + self.skip_locked), (uid, now, count))
        return [entry_of_row(row) for row in cursor.fetchall()]

    def _update(self, cursor: Cursor, uid: str, entry: Entry) -> bool:
        """Write an entry if its version is still the one that it was read with."""
        values = values_of(evolve(entry, version=entry.version + 1))
        cursor.execute(self._sql(UPDATE_ENTRY), (*values, uid, entry.key, entry.version))
        return cursor.rowcount == 1

    def _insert(self, cursor: Cursor, uid: str, entries: Sequence[Entry]) -> None:
        if entries:
            cursor.executemany(self._sql(INSERT_ENTRY), [(uid, *values_of(entry)) for entry in entries])
            requests = [(uid, entry.key, entry.request) for entry in entries]
            cursor.executemany(self._sql(INSERT_REQUEST), requests)

    def _request(self, cursor: Cursor, uid: str, key: str) -> str:
        cursor.execute(self._sql(SELECT_REQUEST), (uid, key))
        rows = cursor.fetchall()
        if not rows:
            raise lost(f"the request of {key!r}")
        return str(rows[0][0])

    def _check_output(self, cursor: Cursor, uid: str, entry: Entry) -> None:
        """Raise ArgumentError if an entry of the batch writes to the same place.

        No output in the ledger begins with another one, so only the neighbours in the order of bytes can.
        """
        for query in (BEFORE, AFTER) if entry.output else ():
            cursor.execute(self._sql(query), (uid, entry.output))
            for key, output in cursor.fetchall():
                check_apart(entry.key, entry.output, key, output)

    def _log(self, cursor: Cursor, uid: str, events: Sequence[Event]) -> None:
        if events:
            rows = [(uid, event.key, event.at, event.event, event.detail) for event in events]
            cursor.executemany(self._sql(INSERT_EVENT), rows)

    def _digests(self, cursor: Cursor, uid: str, keys: list[str]) -> dict[str, str]:
        known: dict[str, str] = {}
        for chunk in chunks(keys):
            cursor.execute(self._sql(f"{DIGESTS}({marks(len(chunk))})"), [uid, *chunk])
            known |= dict(cursor.fetchall())
        return known
