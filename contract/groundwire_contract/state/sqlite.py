"""State in one SQLite file, durable across crashes.

All changes of one request are one transaction, which is committed before the answer is sent; requests that arrive together share one. The file uses a
write-ahead log with full synchronization: measured, it commits twice as fast as a rollback journal, and it
survives a loss of power. The file is locked while it is open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from attrs import evolve

from ..exchange import Recorded
from ..operations.state import Operation
from .asset_table import AssetTable
from .problem import StateDamagedError
from .rows import instant, operation_from, operation_text, recorded_from, recorded_text
from .sqlite_file import StateErrors, open_state_file
from .transaction import Section, Transaction
from .unfinished import Unfinished

MAX_RECORDED: Final = 1_000
"""Requests that a file keeps by default; the oldest are dropped first."""
LONGEST_RECORDED: Final = 1 << 20
"""Maximum characters of a recorded request; the body of a longer one is dropped."""
_DROPPED: Final = 32
"""Old requests that are dropped at once: a file may hold as many more."""
_LAST: Final = 2**63 - 1
_SELECT: Final = "SELECT name, sequence, value FROM operations"


class Sqlite:
    """State in one file, created if missing. `remembered` limits the recorded requests.

    Raises a StateError if the file is in use, damaged, foreign, or not writable. Methods raise one if the
    disk is full.
    """

    def __init__(self, path: Path | str, *, remembered: int = MAX_RECORDED) -> None:
        self.path: Final = Path(path).absolute()
        self._remembered = remembered
        self._connection = open_state_file(self.path)
        self._unfinished = Unfinished(self._note_ended)
        self._most_unfinished: dict[str, int] = {}
        """At most as many operations of a project are unfinished; they are read when it matters."""
        self.lock: Final = Transaction(self.path, self._connection, self._recount)
        self._reading = Section(self.lock, self.path, self._read)
        self._writing = Section(self.lock, self.path, self._write)
        self.gathering, self.commit = self.lock.gathering, self.lock.commit
        table = AssetTable(self._reading, self._writing, self._readable)
        self.asset, self.is_removed, self.assets_in = table.get, table.is_removed, table.below
        self.all_assets = table.everything
        self.setting, self.put_setting = table.setting, table.put_setting
        self.put_asset, self.remove_asset = table.put, table.remove

    def close(self) -> None:
        """Close the file. No other call may be in progress."""
        with StateErrors(self.path):
            self._connection.close()

    @property
    def waits(self) -> bool:
        """True if gathered changes wait for `commit`."""
        return self.lock.waits

    def clear(self) -> None:
        """Delete everything."""
        with self._writing as write:
            for table in (
                "operations",
                "making",
                "assets",
                "settings",
                "used",
                "requests",
                "times",
                "sqlite_sequence",
            ):
                write(f"DELETE FROM {table}")  # noqa: S608 - our own names
            self._recount()

    @property
    def requests(self) -> tuple[Recorded, ...]:
        """The recorded requests, oldest first."""
        with self._reading as read, self._readable("a request"):
            newest = read("SELECT value FROM requests ORDER BY id DESC LIMIT ?", self._remembered).fetchall()
            return tuple(recorded_from(text) for (text,) in reversed(newest))

    @property
    def answered(self) -> int:
        """The number of requests ever recorded, including those dropped since."""
        with self._reading as read:
            # The newest row is never dropped, and ids have no gaps.
            (last,) = read("SELECT max(id) FROM requests").fetchone()
        return int(last or 0)

    def claim(self, caller: str, project: str, request_id: str) -> bool:
        """Use a request id; return False if the caller used it before in the project."""
        with self._writing as write:
            return (
                write("INSERT OR IGNORE INTO used VALUES (?, ?, ?)", caller, project, request_id).rowcount > 0
            )

    def add(self, operation: Operation) -> Operation:
        """Add an operation and return it with its sequence number."""
        with self._writing as write:
            cursor = write(
                "INSERT INTO operations (name, project, asset, value) VALUES (?, ?, ?, ?)",
                operation.name,
                operation.project,
                operation.asset,
                operation_text(operation),
            )
            if operation.asset:
                write("INSERT INTO making VALUES (?)", cursor.lastrowid)
        placed = evolve(operation, sequence=cursor.lastrowid or 0)
        self._unfinished.add(placed)
        if operation.project in self._most_unfinished:
            self._most_unfinished[operation.project] += 1
        return placed

    def put(self, operation: Operation) -> None:
        """Replace an operation."""
        with self._writing as write:
            write("UPDATE operations SET value = ? WHERE name = ?", operation_text(operation), operation.name)
        self._unfinished.put(operation)

    def get(self, name: str) -> Operation | None:
        """Return the operation of a name."""
        with self._reading as read:
            row = read(f"{_SELECT} WHERE name = ? AND NOT forgotten", name).fetchone()
        return None if row is None else self._operation(row)

    def forget(self, name: str) -> None:
        """Delete an operation. `makers` still returns it."""
        with self._writing as write:
            write("DELETE FROM operations WHERE name = ? AND asset = ''", name)
            write("UPDATE operations SET forgotten = 1, unfinished = 0 WHERE name = ?", name)
        self._unfinished.remove(name)

    def makers(self, asset: str | None) -> tuple[Operation, ...]:
        """Return the unsettled operations that create an asset, or any, oldest first, including deleted ones."""
        unsettled = f"{_SELECT} WHERE sequence IN (SELECT sequence FROM making)"  # noqa: S608 - our own names
        with self._reading as read:
            if asset is None:
                rows = read(f"{unsettled} ORDER BY sequence").fetchall()
            else:
                rows = read(f"{unsettled} AND asset = ? AND asset <> '' ORDER BY sequence", asset).fetchall()
        return tuple(map(self._operation, rows))

    def settle(self, operation: Operation) -> None:
        """Note that an operation that creates an asset has ended."""
        with self._writing as write:
            write("DELETE FROM making WHERE sequence = ?", operation.sequence)

    def newest(
        self, project: str | None, sequence: int | None, keep: Callable[[Operation], bool], most: int
    ) -> tuple[Operation, ...]:
        """Return up to `most` operations that `keep` accepts, newest first, before `sequence`."""
        last = _LAST if sequence is None else min(sequence, _LAST)
        where, project_values = ("", ()) if project is None else ("project = ? AND ", (project,))
        operations: list[Operation] = []
        with self._reading as read:
            rows = read(
                f"{_SELECT} WHERE {where}sequence < ? AND NOT forgotten ORDER BY sequence DESC",
                *project_values,
                last,
            )
            while len(operations) < most and (row := rows.fetchone()) is not None:
                operation = self._operation(row)
                if keep(operation):
                    operations.append(operation)
        return tuple(operations)

    def is_full(self, project: str, limit: int, now: datetime) -> bool:
        """Return True if a project has `limit` unfinished operations."""
        if not self._unfinished.knows(project):
            if self._most_unfinished.get(project) is None:
                self._most_unfinished[project] = self._count(project)
            if self._most_unfinished[project] < limit:
                return False
            with self._reading as read:
                rows = read(f"{_SELECT} WHERE project = ? AND unfinished", project).fetchall()
            self._unfinished.learn(project, map(self._operation, rows))
        return self._unfinished.is_full(project, limit, now)

    def _count(self, project: str) -> int:
        query = "SELECT count(*) FROM operations WHERE project = ? AND unfinished"
        with self._reading as read:
            (count,) = read(query, project).fetchone()
        return int(count)

    def _recount(self) -> None:
        """Forget which operations are unfinished: changes that were counted may be undone."""
        self._most_unfinished.clear()
        self._unfinished.clear()

    def _note_ended(self, operations: Iterable[Operation]) -> None:
        """Note which operations have ended, so that a later server need not read them to count."""
        with self._writing as write:
            for operation in operations:
                write("UPDATE operations SET unfinished = 0 WHERE sequence = ?", operation.sequence)

    def record(self, recorded: Recorded) -> None:
        """Record a request."""
        text = recorded_text(recorded)
        if len(text) > LONGEST_RECORDED:
            text = recorded_text(evolve(recorded, sent=b""))
        with self._writing as write:
            last = write("INSERT INTO requests (value) VALUES (?)", text).lastrowid or 0
            if last % _DROPPED == 0:
                write("DELETE FROM requests WHERE id <= ?", last - self._remembered)

    def time(self) -> datetime | None:
        """Return the stored instant."""
        with self._reading as read, self._readable("its time"):
            (text,) = read("SELECT max(instant) FROM times").fetchone()
            return instant(text)

    def keep_time(self, instant: datetime) -> None:
        """Store the instant of a stepped clock."""
        with self._writing as write:
            write("DELETE FROM times")
            write("INSERT INTO times VALUES (?)", instant.isoformat())

    def _read(self, query: str, *values: object) -> sqlite3.Cursor:
        return self._connection.execute(query, values)

    def _write(self, statement: str, *values: object) -> sqlite3.Cursor:
        """Run a statement in the current transaction."""
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")
        return self._connection.execute(statement, values)

    def _operation(self, row: tuple[str, int, str]) -> Operation:
        name, sequence, text = row
        with self._readable(f"operation {name}"):
            return operation_from(text, name, sequence)

    @contextmanager
    def _readable(self, what: str) -> Generator[None]:
        try:
            yield
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            raise StateDamagedError(self.path, f"{what} cannot be read from it") from error
