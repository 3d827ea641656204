"""Tables of a ledger. The text is the same for SQLite and PostgreSQL, but for the key of the event log and a collation."""

from __future__ import annotations

from typing import Final

VERSION: Final = 1
"""Version of these tables. A ledger of a newer one is refused."""
APPLICATION_ID: Final = 0x67774C47
"""SQLite's application id of a ledger: "gwLG"."""
_COLUMNS_OF_BATCH: Final = """
    uid TEXT PRIMARY KEY, name TEXT NOT NULL, rerun TEXT NOT NULL, account TEXT NOT NULL, project TEXT NOT NULL,
    stand_in BIGINT NOT NULL,     queue_limit BIGINT NOT NULL, others BIGINT NOT NULL, count_others BIGINT NOT NULL,
    probe_at DOUBLE PRECISION NOT NULL, probing BIGINT NOT NULL, fulls BIGINT NOT NULL,
    full_until DOUBLE PRECISION NOT NULL, paused TEXT NOT NULL, same_failures BIGINT NOT NULL,
    last_failure TEXT NOT NULL, look_until DOUBLE PRECISION NOT NULL, looks BIGINT NOT NULL,
    created DOUBLE PRECISION NOT NULL"""
_COLUMNS_OF_ENTRY: Final = """
    uid TEXT NOT NULL, key TEXT NOT NULL, seq BIGINT NOT NULL, digest TEXT NOT NULL, description TEXT NOT NULL,
    output TEXT COLLATE {binary} NOT NULL, priority BIGINT NOT NULL, parent TEXT NOT NULL, state TEXT NOT NULL,
    cancelling BIGINT NOT NULL, attempt BIGINT NOT NULL, failures BIGINT NOT NULL, burns BIGINT NOT NULL,
    sends BIGINT NOT NULL, doubtful BIGINT NOT NULL, last TEXT NOT NULL, answered DOUBLE PRECISION NOT NULL,
    looks BIGINT NOT NULL, sent BIGINT NOT NULL, sent_at DOUBLE PRECISION NOT NULL,
    lease_until DOUBLE PRECISION NOT NULL, not_before DOUBLE PRECISION NOT NULL, operation TEXT NOT NULL,
    operation_state TEXT NOT NULL, operation_attempt BIGINT NOT NULL, progress DOUBLE PRECISION NOT NULL,
    code BIGINT NOT NULL, error TEXT NOT NULL, uris TEXT NOT NULL, eecu_seconds DOUBLE PRECISION NOT NULL,
    created DOUBLE PRECISION NOT NULL, started DOUBLE PRECISION NOT NULL, ended DOUBLE PRECISION NOT NULL,
    version BIGINT NOT NULL, PRIMARY KEY (uid, key)"""


def tables(event_key: str, binary: str) -> tuple[str, ...]:
    """Return the statements that create missing tables.

    `event_key`: the type of a key that counts up. `binary`: the collation that compares bytes.
    """
    return (
        f"CREATE TABLE IF NOT EXISTS gw_batch ({_COLUMNS_OF_BATCH})",
        f"CREATE TABLE IF NOT EXISTS gw_export ({_COLUMNS_OF_ENTRY.format(binary=binary)})",
        (
            "CREATE TABLE IF NOT EXISTS gw_request (uid TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, "
            "PRIMARY KEY (uid, key))"
        ),
        (
            f"CREATE TABLE IF NOT EXISTS gw_event (id {event_key}, uid TEXT NOT NULL, key TEXT NOT NULL, "
            "at DOUBLE PRECISION NOT NULL, event TEXT NOT NULL, detail TEXT NOT NULL)"
        ),
        "CREATE INDEX IF NOT EXISTS gw_export_next ON gw_export (uid, state, priority DESC, seq)",
        "CREATE INDEX IF NOT EXISTS gw_export_output ON gw_export (uid, output)",
        "CREATE INDEX IF NOT EXISTS gw_event_of ON gw_event (uid, key, id)",
    )
