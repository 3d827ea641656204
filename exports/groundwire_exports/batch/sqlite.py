"""A ledger in an SQLite file: write-ahead log, and every commit on disk before it returns."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, TypeVar

from groundwire_runtime.clock import Clock

from .errors import LedgerError
from .schema import APPLICATION_ID, VERSION, tables
from .sql import SqlLedger
from .statements import Cursor

T = TypeVar("T")
_PATIENCE: Final = 60.0
"""Seconds to wait for other processes that write."""
_ATTEMPTS: Final = 5
_MOVE: Final = "Move it away, or give the ledger another path."


class SqliteLedger(SqlLedger):
    """A ledger in a file on a local disk. Several processes of one machine may use it; threads take turns."""

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(clock)
        self._path, self._absolute = path, path.absolute()
        self._lock = threading.Lock()
        self._connection = self._connect()
        self._file = self._identity()

    def __repr__(self) -> str:
        return f"SqliteLedger({str(self._path)!r})"

    def close(self) -> None:
        """Close the file; in a child process, leave it to the parent."""
        if self._process.is_current:
            with self._lock:
                self._connection.close()

    def _identity(self) -> tuple[int, int] | None:
        """Return what tells the file from another one at its path; None if there is none."""
        try:
            found = self._absolute.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _connect(self) -> sqlite3.Connection:
        """Open the file, create it if it is missing, and check that it is a ledger before anything is written."""
        try:
            connection = sqlite3.connect(
                self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise self._error(error) from error
        try:
            self._prepare(connection)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            connection.close()
            raise self._error(error) from error
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        self._check(connection)
        for attempt in range(_ATTEMPTS):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                break
            except sqlite3.OperationalError as error:
                # Another process may be creating the same file.
                if "locked" not in str(error) or attempt == _ATTEMPTS - 1:
                    raise
                self._clock.sleep(0.2)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        self._check(connection)
        for statement in tables("INTEGER PRIMARY KEY AUTOINCREMENT", "BINARY"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")

    def _check(self, connection: sqlite3.Connection) -> None:
        """Raise LedgerError for a database that is not a ledger, or one of a newer version."""
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application != APPLICATION_ID and (tables or application or version):
            raise LedgerError(f"{self._path} is a database of another program, not a ledger", hint=_MOVE)
        if version > VERSION:
            raise LedgerError(
                f"{self._path} is a ledger of version {version}; this Groundwire knows versions up to {VERSION}",
                hint="Update Groundwire where this runs.",
            )

    def _run(self, work: Callable[[Cursor], T]) -> T:
        """Run work in one transaction. Raises LedgerError."""
        self._process.check()
        with self._lock:
            try:
                with closing(self._connection.cursor()) as cursor:
                    cursor.execute("BEGIN IMMEDIATE")
                    if self._identity() != self._file:
                        raise LedgerError(
                            f"{self._path} was deleted, or replaced by another file, while a batch used it",
                            hint="Open the batch again: it finds what was started.",
                        )
                    result = work(cursor)
                    cursor.execute("COMMIT")
                    return result
            except (sqlite3.Error, UnicodeDecodeError) as error:
                self._rollback()
                raise self._error(error) from error
            except BaseException:
                self._rollback()
                raise

    def _rollback(self) -> None:
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _error(self, error: Exception) -> LedgerError:
        """Return the error of the ledger for one of SQLite."""
        said = str(error)
        return LedgerError(
            f"{self._path}: {said}", hint=next((hint for words, hint in _HINTS if words in said), "")
        )


_HINTS: Final = (
    ("not a database", f"The file is not an SQLite database. {_MOVE}"),
    ("decode", f"The file is damaged. {_MOVE} A batch of the same name finds its exports again."),
    ("malformed", f"The file is damaged. {_MOVE} A batch of the same name finds its exports again."),
    ("readonly", "The file, or its folder, may not be written to. Change its permissions."),
    ("unable to open", "The folder must exist, and allow that files are created."),
    ("full", "The disk is full. Free some space and run the batch again: nothing was sent without a record."),
    ("disk I/O", "The disk cannot be written to. Run the batch again when it can."),
    ("locked", "Another process holds the ledger. On a network disk, use PostgreSQL instead."),
)
