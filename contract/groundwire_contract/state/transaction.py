"""Transactions of a state file: one for each request, or one for all requests that arrive together."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final

from .problem import StateUnwritableError
from .sqlite_file import StateErrors

_UNDONE: Final = "a change that was gathered with this one could not be written"


class Transaction:
    """A reentrant lock: releasing the outermost commits all changes, or undoes its holder's after an exception.

    Within `gathering`, a release keeps the transaction open for others; `commit` ends it for all of them.
    `on_undo` is called when changes are undone, under the lock.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, on_undo: Callable[[], None] = lambda: None
    ) -> None:
        self._path = path
        self._errors = StateErrors(path)
        self._connection = connection
        self._on_undo = on_undo
        self._mutex = threading.RLock()
        self._depth = 0
        self._gathers = False
        self._is_lost = False
        """True if SQLite has undone gathered changes, as when the disk is full."""
        self.waits = False
        """True if gathered changes wait for `commit`."""

    def __enter__(self) -> None:
        self._mutex.acquire()
        if not self._depth and self._connection.in_transaction:
            try:
                with self._errors:
                    self._connection.execute("SAVEPOINT holder")
            except BaseException:
                self._mutex.release()
                raise
        self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._depth -= 1
            if not self._depth:
                self._release(keep=kind is None)
        finally:
            self._mutex.release()

    @contextmanager
    def gathering(self) -> Generator[None]:
        """Keep what is changed in this block for `commit`. No other thread changes anything meanwhile."""
        with self._mutex:
            self._gathers = True
            try:
                yield
            finally:
                self._gathers = False

    def commit(self) -> None:
        """Make all gathered changes durable. Raises a StateError if they cannot be; all of them are undone then."""
        with self._mutex, self._errors:
            self.waits, lost, self._is_lost = False, self._is_lost, False
            if lost:
                self._roll_back()
                raise StateUnwritableError(self._path, _UNDONE)
            if self._connection.in_transaction:
                try:
                    self._connection.execute("COMMIT")
                except sqlite3.Error:
                    self._roll_back()
                    raise

    def _release(self, *, keep: bool) -> None:
        has_gathered = self.waits
        self._is_lost = self._is_lost or (has_gathered and not self._connection.in_transaction)
        with self._errors:
            if self._is_lost or not (keep or has_gathered):
                self._roll_back()
            elif has_gathered:
                if not keep:
                    self._on_undo()
                    self._connection.execute("ROLLBACK TO holder")
                self._connection.execute("RELEASE holder")
        if keep and self._connection.in_transaction:
            self.waits = True
        if self.waits and not self._gathers:
            try:
                self.commit()
            except BaseException:
                # Whoever gathered has yet to ask, and must not be told that all is durable.
                self.waits = self._is_lost = has_gathered
                raise

    def _roll_back(self) -> None:
        self._on_undo()
        # SQLite rolls back by itself in some cases, such as a full disk.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


class Section:
    """A context that holds the lock of a state file and provides a function that runs a statement; SQLite errors become
    StateErrors. It may be entered any number of times."""

    def __init__(self, lock: Transaction, path: Path, run: Callable[..., sqlite3.Cursor]) -> None:
        self._lock, self._errors, self._run = lock, StateErrors(path), run

    def __enter__(self) -> Callable[..., sqlite3.Cursor]:
        self._lock.__enter__()
        return self._run

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._errors.__exit__(kind, error, trace)
        except BaseException as problem:
            self._lock.__exit__(type(problem), problem, trace)
            raise
        self._lock.__exit__(kind, error, trace)
