"""Errors of ledgers."""

from __future__ import annotations

from groundwire_runtime.errors import GroundwireError


class LedgerError(GroundwireError):
    """The ledger cannot be opened, read or written. What was not written to it was not sent."""


def lost(what: str) -> LedgerError:
    """Return the error for a row that was there, and is not any more."""
    return LedgerError(
        f"the ledger has lost {what}: it was damaged, or replaced by an older one",
        hint="Open the batch again, with another ledger if need be: a batch of the same name finds its exports.",
    )
