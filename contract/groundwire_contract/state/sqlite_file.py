"""A SQLite file that is ours alone: opened, checked, locked, and given its tables when it is new."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from .problem import (
    StateDamagedError,
    StateError,
    StateForeignError,
    StateInUseError,
    StateUnwritableError,
    StateVersionError,
)

OURS: Final = 0x47575354
"""The application id in the header of every state file."""
VERSION: Final = 1
"""The version of the tables."""
_TABLES: Final = (
    """CREATE TABLE operations (sequence INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
        project TEXT NOT NULL, asset TEXT NOT NULL, unfinished INTEGER NOT NULL DEFAULT 1,
        forgotten INTEGER NOT NULL DEFAULT 0, value TEXT NOT NULL)""",
    "CREATE INDEX by_project ON operations (project)",
    "CREATE INDEX by_asset ON operations (asset) WHERE asset <> ''",
    "CREATE INDEX unfinished ON operations (project) WHERE unfinished",
    """CREATE TABLE used (caller TEXT, project TEXT, request_id TEXT,
        PRIMARY KEY (caller, project, request_id)) WITHOUT ROWID""",
    "CREATE TABLE requests (id INTEGER PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE times (instant TEXT NOT NULL)",
)
Schema: TypeAlias = "frozenset[tuple[str, ...]]"
_PROBLEMS: Final[dict[int, type[StateError]]] = {
    sqlite3.SQLITE_BUSY: StateInUseError,
    sqlite3.SQLITE_LOCKED: StateInUseError,
    sqlite3.SQLITE_NOTADB: StateForeignError,
    sqlite3.SQLITE_CORRUPT: StateDamagedError,
}
"""What a primary result code of SQLite means; any other is a file that cannot be written."""
_SAID: Final[dict[type[StateError], str]] = {
    StateInUseError: "another server has it open",
    StateForeignError: "not a state file of this server",
    StateDamagedError: "the file is damaged",
}


def opened(path: Path) -> sqlite3.Connection:
    """The only connection to a state file, which is made when it is not there. Raises a StateError."""
    if path.is_dir():
        raise StateUnwritableError(path, "it is a folder")
    if path.exists() and not path.is_file():
        raise StateForeignError(path, "it is no regular file")
    if not path.parent.is_dir():
        raise StateUnwritableError(path, f"there is no folder {path.parent}")
    with named(path):
        connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            _distrust(connection)
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            if _is_new(path, connection):
                _make(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # The lock of the first write is held until the connection is closed.
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def named(path: Path) -> Generator[None]:
    """Give what SQLite says of a file the name that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        # The high bytes of an extended code tell more than is needed.
        problem = _PROBLEMS.get(getattr(error, "sqlite_errorcode", -1) & 0xFF, StateUnwritableError)
        raise problem(path, _SAID.get(problem, str(error))) from error


def _make(connection: sqlite3.Connection) -> None:
    """Make the tables, all or none of them."""
    connection.execute("BEGIN EXCLUSIVE")
    for statement in (*_TABLES, f"PRAGMA application_id = {OURS}", f"PRAGMA user_version = {VERSION}"):
        connection.execute(statement)
    connection.execute("COMMIT")


def _is_new(path: Path, connection: sqlite3.Connection) -> bool:
    """Whether nothing was made in the file yet. Raises StateError when it is not one of ours, or damaged."""
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if application == 0:
        if version or connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise StateForeignError(path, "a database of something else")
        return True
    if application != OURS:
        raise StateForeignError(path, "a database of something else")
    if version != VERSION:
        raise StateVersionError(path, f"its tables have version {version}, and {VERSION} is known")
    # Before any query: what stands in for a table (a view, a virtual table, a trigger) could run what it likes.
    if _schema(connection) != _expected():
        raise StateForeignError(path, "its tables are not those of this server")
    (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise StateDamagedError(path, f"the file is damaged ({said.splitlines()[-1]})")
    return False


def _distrust(connection: sqlite3.Connection) -> None:
    """Let nothing in the file's schema call functions with effects, or change the schema by hand."""
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "writable_schema = OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _schema(connection: sqlite3.Connection) -> Schema:
    """The type, name and text of everything in a schema, whatever the layout of the text."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    return frozenset((*row[:3], " ".join(str(row[3]).split())) for row in rows)


@cache
def _expected() -> Schema:
    """The schema of a file that is made here."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for statement in _TABLES:
            connection.execute(statement)
        return _schema(connection)
    finally:
        connection.close()
