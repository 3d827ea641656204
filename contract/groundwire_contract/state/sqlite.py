"""State in one SQLite file: what was answered is in it, whatever becomes of the process.

All that one request changes is one transaction, committed before the answer leaves. The file has a write-ahead log
with full synchronisation: measured at twice the commits a second of a rollback journal, and safe against a loss of
power too. The file is locked for as long as it is open.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final

from attrs import evolve

from ..exchange import Recorded
from ..operations.state import Operation, ended
from .problem import StateDamagedError
from .rows import instant, operation_from, operation_text, recorded_from, recorded_text
from .sqlite_file import named, opened

MAX_RECORDED: Final = 1_000
"""Requests that a file keeps unless another number is said; the oldest are forgotten first."""
LONGEST_RECORDED: Final = 1 << 20
"""Characters of a request that a file keeps whole; the body of a longer one is not kept."""
_LAST: Final = 2**63 - 1
_SELECT: Final = "SELECT name, sequence, value FROM operations"


class Transaction:
    """Held over what must happen together; leaving the outermost commits it all, or nothing after an exception."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._mutex = threading.RLock()
        self._depth = 0

    def __enter__(self) -> None:
        self._mutex.acquire()
        self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._depth -= 1
            if not self._depth and self._connection.in_transaction:
                self._end(keep=kind is None)
        finally:
            self._mutex.release()

    def _end(self, *, keep: bool) -> None:
        with named(self._path):
            if keep:
                try:
                    self._connection.execute("COMMIT")
                    return
                except sqlite3.Error:
                    self._roll_back()
                    raise
            self._roll_back()

    def _roll_back(self) -> None:
        # SQLite may have done so by itself, as it does when the disk is full.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


class Sqlite:
    """State in one file, made when it is not there. `remembered` bounds the requests that are kept.

    Raises a StateError when the file is in use, damaged, not one of ours, or cannot be written; methods raise one
    when the disk is full.
    """

    def __init__(self, path: Path | str, *, remembered: int = MAX_RECORDED) -> None:
        self.path: Final = Path(path).absolute()
        self._remembered = remembered
        self._connection = opened(self.path)
        self.lock: Final = Transaction(self.path, self._connection)

    def close(self) -> None:
        """Let go of the file, once nobody uses the state any more."""
        with named(self.path):
            self._connection.close()

    def clear(self) -> None:
        """Forget everything."""
        with self._writing() as write:
            for table in ("operations", "used", "requests", "times", "sqlite_sequence"):
                write(f"DELETE FROM {table}")  # noqa: S608 - our own names

    @property
    def requests(self) -> tuple[Recorded, ...]:
        """The requests that are remembered, oldest first."""
        with self._reading() as read, self._readable("a request"):
            return tuple(recorded_from(text) for (text,) in read("SELECT value FROM requests ORDER BY id"))

    @property
    def answered(self) -> int:
        """How many requests were ever remembered, those that are forgotten by now included."""
        with self._reading() as read:
            # The newest is always kept, and ids have no gaps.
            (last,) = read("SELECT max(id) FROM requests").fetchone()
        return int(last or 0)

    def claim(self, caller: str, project: str, request_id: str) -> bool:
        """Use a request id; False when the caller used it before in the project."""
        with self._writing() as write:
            return (
                write("INSERT OR IGNORE INTO used VALUES (?, ?, ?)", caller, project, request_id).rowcount > 0
            )

    def add(self, operation: Operation) -> Operation:
        """Keep a new operation, and give it its place in the order of making."""
        with self._writing() as write:
            made = write(
                "INSERT INTO operations (name, project, asset, value) VALUES (?, ?, ?, ?)",
                operation.name,
                operation.project,
                operation.asset,
                operation_text(operation),
            )
        return evolve(operation, sequence=made.lastrowid or 0)

    def put(self, operation: Operation) -> None:
        """Keep a changed operation."""
        with self._writing() as write:
            write("UPDATE operations SET value = ? WHERE name = ?", operation_text(operation), operation.name)

    def get(self, name: str) -> Operation | None:
        """The operation of a name."""
        with self._reading() as read:
            row = read(f"{_SELECT} WHERE name = ? AND NOT forgotten", name).fetchone()
        return None if row is None else self._operation(row)

    def forget(self, name: str) -> None:
        """Drop an operation. It stays among the makers of its asset."""
        with self._writing() as write:
            write("DELETE FROM operations WHERE name = ? AND asset = ''", name)
            write("UPDATE operations SET forgotten = 1, unfinished = 0 WHERE name = ?", name)

    def makers(self, asset: str) -> tuple[Operation, ...]:
        """The operations that make an asset if they succeed, oldest first, those forgotten too."""
        with self._reading() as read:
            rows = read(f"{_SELECT} WHERE asset = ? AND asset <> '' ORDER BY sequence", asset).fetchall()
        return tuple(map(self._operation, rows))

    def newest(
        self, project: str | None, sequence: int | None, keep: Callable[[Operation], bool], most: int
    ) -> tuple[Operation, ...]:
        """At most so many operations that `keep` wants, newest first, made before `sequence`."""
        last = _LAST if sequence is None else min(sequence, _LAST)
        where, given = ("", ()) if project is None else ("project = ? AND ", (project,))
        found: list[Operation] = []
        with self._reading() as read:
            rows = read(
                f"{_SELECT} WHERE {where}sequence < ? AND NOT forgotten ORDER BY sequence DESC", *given, last
            )
            while len(found) < most and (row := rows.fetchone()) is not None:
                operation = self._operation(row)
                if keep(operation):
                    found.append(operation)
        return tuple(found)

    def is_full(self, project: str, limit: int, now: datetime) -> bool:
        """Whether a project has so many operations that have not ended."""
        if self._unfinished(project, limit) < limit:
            return False
        with self._reading() as read:
            rows = read(f"{_SELECT} WHERE project = ? AND unfinished", project).fetchall()
        with self._writing() as write:
            for operation in map(self._operation, rows):
                if ended(operation, now) is not None:
                    write("UPDATE operations SET unfinished = 0 WHERE sequence = ?", operation.sequence)
        return self._unfinished(project, limit) >= limit

    def record(self, recorded: Recorded) -> None:
        """Remember a request."""
        text = recorded_text(recorded)
        if len(text) > LONGEST_RECORDED:
            text = recorded_text(evolve(recorded, sent=b""))
        with self._writing() as write:
            last = write("INSERT INTO requests (value) VALUES (?)", text).lastrowid or 0
            write("DELETE FROM requests WHERE id <= ?", last - self._remembered)

    def time(self) -> datetime | None:
        """The instant that was kept last."""
        with self._reading() as read, self._readable("its time"):
            (text,) = read("SELECT max(instant) FROM times").fetchone()
            return instant(text)

    def keep_time(self, instant: datetime) -> None:
        """Keep an instant that a scripted clock was moved to."""
        with self._writing() as write:
            write("DELETE FROM times")
            write("INSERT INTO times VALUES (?)", instant.isoformat())

    def _unfinished(self, project: str, most: int) -> int:
        counted = "SELECT count(*) FROM (SELECT 1 FROM operations WHERE project = ? AND unfinished LIMIT ?)"
        with self._reading() as read:
            (found,) = read(counted, project, most).fetchone()
        return int(found)

    @contextmanager
    def _reading(self) -> Generator[Callable[..., sqlite3.Cursor]]:
        """What runs a query."""

        def read(query: str, *given: object) -> sqlite3.Cursor:
            return self._connection.execute(query, given)

        with self.lock, named(self.path):
            yield read

    @contextmanager
    def _writing(self) -> Generator[Callable[..., sqlite3.Cursor]]:
        """What runs a statement of the present transaction."""

        def write(statement: str, *given: object) -> sqlite3.Cursor:
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN IMMEDIATE")
            return self._connection.execute(statement, given)

        with self.lock, named(self.path):
            yield write

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
