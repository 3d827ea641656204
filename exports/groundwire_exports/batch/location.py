"""Locations of ledgers: a path, or the URL of a database."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, cast

from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import ArgumentError, shortened

from .ledger import Ledger

_POSTGRES: Final = ("postgresql://", "postgres://")
_CONNECTION: Final = re.compile(r"^postgres(?:ql)?:|\bpassword\s*=", re.IGNORECASE)
"""Misspelt URLs, and libpq's own form of a connection."""


def open_ledger(location: str | Path | Ledger, clock: Clock) -> Ledger:
    """Open the ledger at a path (SQLite) or a `postgresql://` URL; one that is open stays as it is. Raises ArgumentError, LedgerError."""
    if hasattr(location, "open_batch"):
        return cast("Ledger", location)
    text = checked_location(location)
    if text.startswith(_POSTGRES):
        from .postgres import PostgresLedger

        return PostgresLedger(text, clock)
    from .sqlite import SqliteLedger

    return SqliteLedger(Path(text), clock)


def checked_location(location: object) -> str:
    """Return a path, or a `postgresql://` URL, as text. Raises ArgumentError, which quotes no URL: it may have a password."""
    text = str(location) if isinstance(location, (str, Path)) else ""
    if text.startswith(_POSTGRES):
        return text
    is_secret = "://" in text or _CONNECTION.search(text) is not None
    if not text or "\x00" in text or is_secret or text == ":memory:":
        shown = "another text" if is_secret else shortened(location)
        raise ArgumentError(
            f"ledger: expected a path or a postgresql:// URL, got {shown}",
            hint='A ledger outlives its process: Batch(client, "exports.sqlite", name=...).',
        )
    return text
