"""Locations of ledgers: a path, or the URL of a database."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import ArgumentError, shortened

from .ledger import Ledger

_POSTGRES: Final = ("postgresql://", "postgres://")


def open_ledger(location: str | Path, clock: Clock) -> Ledger:
    """Open the ledger at a path (SQLite) or a `postgresql://` URL. Raises ArgumentError, LedgerError."""
    text = str(location) if isinstance(location, (str, Path)) else ""  # pyright: ignore[reportUnnecessaryIsInstance] # callers are untrusted
    if text.startswith(_POSTGRES):
        from .postgres import PostgresLedger

        return PostgresLedger(text, clock)
    if not text or "\x00" in text or "://" in text or text == ":memory:":
        shown = text.partition("://")[0] + "://..." if "://" in text else shortened(location)
        raise ArgumentError(
            f"ledger: expected a path or a postgresql:// URL, got {shown}",
            hint='A ledger outlives its process: Batch(client, "exports.sqlite", name=...).',
        )
    from .sqlite import SqliteLedger

    return SqliteLedger(Path(text), clock)
