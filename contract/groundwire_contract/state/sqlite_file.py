"""A SQLite file for exclusive use: opened, checked, locked, and initialized if new."""

from __future__ import annotations

import os
import sqlite3
from functools import cache
from pathlib import Path
from types import TracebackType
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
VERSION: Final = 2
"""The version of the tables."""
_FIRST: Final = (
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
"""The tables of version 1."""
_SECOND: Final = (
    "CREATE TABLE making (sequence INTEGER PRIMARY KEY)",
    """CREATE TABLE assets (name TEXT PRIMARY KEY, parent TEXT NOT NULL,
        value TEXT NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX by_parent ON assets (parent) WHERE value <> ''",
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)
_TABLES: Final = (*_FIRST, *_SECOND)
_STEPS: Final = (*_SECOND, "INSERT INTO making SELECT sequence FROM operations WHERE asset <> ''")
"""Makes version 2 of version 1."""
Schema: TypeAlias = "frozenset[tuple[str, ...]]"
_PROBLEMS: Final[dict[int, type[StateError]]] = {
    sqlite3.SQLITE_BUSY: StateInUseError,
    sqlite3.SQLITE_LOCKED: StateInUseError,
    sqlite3.SQLITE_NOTADB: StateForeignError,
    sqlite3.SQLITE_CORRUPT: StateDamagedError,
}
"""The errors for SQLite's primary result codes; any other code means that the file cannot be written."""
_SAID: Final[dict[type[StateError], str]] = {
    StateInUseError: "another server has it open",
    StateForeignError: "not a state file of this server",
    StateDamagedError: "the file is damaged",
}


def open_state_file(path: Path) -> sqlite3.Connection:
    """Open the only connection to a state file, created if missing. Raises a StateError."""
    if path.is_dir():
        raise StateUnwritableError(path, "it is a folder")
    if path.exists() and not path.is_file():
        raise StateForeignError(path, "it is no regular file")
    if not path.parent.is_dir():
        raise StateUnwritableError(path, f"there is no folder {path.parent}")
    _create_private(path)
    with StateErrors(path):
        connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            _distrust(connection)
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            if _is_new(path, connection):
                _make(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # What undoes the changes of one request of many is no matter for a file.
            connection.execute("PRAGMA temp_store = MEMORY")
            # The lock of the first write lasts until the connection is closed.
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
    return connection


def _create_private(path: Path) -> None:
    """Create a missing file with permissions for its owner only: it keeps request bodies. SQLite's logs beside it get the same."""
    try:
        os.close(os.open(path.resolve(), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise StateUnwritableError(path, str(error.strerror)) from error


class StateErrors:
    """A context that converts SQLite errors to the StateError that says what to do. It may be entered any number of times."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, sqlite3.Error):
            # The low byte is the primary code.
            problem = _PROBLEMS.get(getattr(error, "sqlite_errorcode", -1) & 0xFF, StateUnwritableError)
            raise problem(self._path, _SAID.get(problem, str(error))) from error


def _make(connection: sqlite3.Connection) -> None:
    """Create all tables in one transaction."""
    _run(connection, *_TABLES, f"PRAGMA application_id = {OURS}", f"PRAGMA user_version = {VERSION}")


def _run(connection: sqlite3.Connection, *statements: str) -> None:
    """Run statements in one transaction."""
    connection.execute("BEGIN EXCLUSIVE")
    for statement in statements:
        connection.execute(statement)
    connection.execute("COMMIT")


def _is_new(path: Path, connection: sqlite3.Connection) -> bool:
    """Return True if the file is new. Raises a StateError if it is foreign or damaged."""
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if application == 0:
        if version or connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise StateForeignError(path, "a database of something else")
        return True
    if application != OURS:
        raise StateForeignError(path, "a database of something else")
    if version == 1 and _schema(connection) == _expected(_FIRST):
        _run(connection, *_STEPS, f"PRAGMA user_version = {VERSION}")
    elif version != VERSION:
        raise StateVersionError(path, f"its tables have version {version}, and {VERSION} is known")
    # Check before any query: a view, virtual table or trigger in place of a table could run code.
    if _schema(connection) != _expected(_TABLES):
        raise StateForeignError(path, "its tables are not those of this server")
    (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        raise StateDamagedError(path, f"the file is damaged ({result.splitlines()[-1]})")
    return False


def _distrust(connection: sqlite3.Connection) -> None:
    """Forbid the file's schema to call functions with side effects, and changes of the schema."""
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "writable_schema = OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _schema(connection: sqlite3.Connection) -> Schema:
    """Return the type, name and SQL of everything in a schema, with whitespace normalized."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    return frozenset((*row[:3], " ".join(str(row[3]).split())) for row in rows)


@cache
def _expected(tables: tuple[str, ...]) -> Schema:
    """Return the schema of a new file."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for statement in tables:
            connection.execute(statement)
        return _schema(connection)
    finally:
        connection.close()
