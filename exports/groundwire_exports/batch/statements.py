"""The statements of a ledger, the same for SQLite and PostgreSQL. Values are parameters, never text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, Protocol

import attrs

from .errors import lost
from .records import BatchRecord, Entry, State

ENTRY: Final = tuple(each.name for each in attrs.fields(Entry) if each.name != "request")
BATCH: Final = tuple(each.name for each in attrs.fields(BatchRecord))
EVENT: Final = ("key", "at", "event", "detail")


def _columns(names: Iterable[str]) -> str:
    return ", ".join(names)


def marks(count: int) -> str:
    """Return the places of so many parameters."""
    return ", ".join("?" * count)


SELECT_BATCH: Final = f"SELECT {_columns(BATCH)} FROM gw_batch WHERE uid = ?"  # noqa: S608 - our own names
INSERT_BATCH: Final = (
    f"INSERT INTO gw_batch ({_columns(BATCH)}) VALUES ({marks(len(BATCH))}) ON CONFLICT DO NOTHING"  # noqa: S608 - as above
)
UPDATE_BATCH: Final = f"UPDATE gw_batch SET {', '.join(f'{name} = ?' for name in BATCH[1:])} WHERE uid = ?"  # noqa: S608 - as above
# One that is later than the next one would be comes from a clock that was set back, or from a process that looks less often.
BEGIN_LOOK: Final = "UPDATE gw_batch SET look_until = ? WHERE uid = ? AND (look_until <= ? OR look_until > ?)"
SELECT_ENTRY: Final = f"SELECT {_columns(ENTRY)} FROM gw_export WHERE uid = ?"  # noqa: S608 - as above
INSERT_ENTRY: Final = (
    f"INSERT INTO gw_export (uid, {_columns(ENTRY)}) VALUES ({marks(len(ENTRY) + 1)}) ON CONFLICT DO NOTHING"  # noqa: S608 - as above
)
UPDATE_ENTRY: Final = f"UPDATE gw_export SET {', '.join(f'{name} = ?' for name in ENTRY)} WHERE uid = ? AND key = ? AND version = ?"  # noqa: S608 - as above
OVERDUE: Final = (
    f"{SELECT_ENTRY} AND state = 'STARTING' AND cancelling = 0 AND lease_until <= ? ORDER BY seq, key LIMIT ?"
)
NEXT: Final = (
    f"{SELECT_ENTRY} AND state = 'WAITING' AND cancelling = 0 AND not_before <= ? "
    "ORDER BY priority DESC, seq, key LIMIT ?"
)
COUNT: Final = "SELECT state, count(*) FROM gw_export WHERE uid = ? GROUP BY state"
# One that settles after a listing without it was probably used up by a full queue.
BUSY: Final = (
    "SELECT count(*) FROM gw_export WHERE uid = ? "
    "AND (state IN ('STARTING', 'ACTIVE') OR (state = 'SETTLING' AND looks = 0))"
)
NEXT_SEQ: Final = "SELECT coalesce(max(seq), 0) FROM gw_export WHERE uid = ?"
BEFORE: Final = "SELECT key, output FROM gw_export WHERE uid = ? AND output <= ? AND output <> '' ORDER BY output DESC LIMIT 1"
AFTER: Final = "SELECT key, output FROM gw_export WHERE uid = ? AND output >= ? ORDER BY output LIMIT 1"
INSERT_REQUEST: Final = "INSERT INTO gw_request (uid, key, request) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
SELECT_REQUEST: Final = "SELECT request FROM gw_request WHERE uid = ? AND key = ?"
DIGESTS: Final = "SELECT key, digest FROM gw_export WHERE uid = ? AND key IN "
INSERT_EVENT: Final = "INSERT INTO gw_event (uid, key, at, event, detail) VALUES (?, ?, ?, ?, ?)"
SELECT_EVENTS: Final = "SELECT key, at, event, detail FROM gw_event WHERE uid = ?"


_STATES: Final = frozenset(map(str, State))
_CHUNK: Final = 500
"""Keys of one IN list."""


def chunks(keys: list[str]) -> Iterable[list[str]]:
    """Iterate over keys in lists that are short enough for one statement."""
    return (keys[place : place + _CHUNK] for place in range(0, len(keys), _CHUNK))


class Cursor(Protocol):
    """A cursor of a database, as far as a ledger needs it."""

    @property
    def rowcount(self) -> int:
        """Return the number of rows that the last statement changed."""
        ...

    def execute(self, query: Any, parameters: Any = ..., /) -> object:
        """Run one statement."""
        ...

    def executemany(self, query: Any, parameters: Any, /) -> object:
        """Run one statement for each row of parameters."""
        ...

    def fetchall(self) -> list[Any]:
        """Return all rows."""
        ...


def values_of(entry: Entry) -> tuple[Any, ...]:
    """Return the values of an entry, in the order of `ENTRY`."""
    values = (getattr(entry, name) for name in ENTRY)
    return tuple(str(value) if isinstance(value, State) else value for value in values)


def entry_of_row(row: Sequence[Any]) -> Entry:
    """Return the entry of a row."""
    values: dict[str, Any] = dict(zip(ENTRY, row, strict=True))
    if values["state"] not in _STATES:
        raise lost(f"the state of {values['key']!r}")
    values["state"] = State(values["state"])
    return Entry(**values)
