"""Errors of ledgers."""

from __future__ import annotations

from groundwire_runtime.errors import GroundwireError


class LedgerError(GroundwireError):
    """The ledger cannot be opened, read or written. What was not written to it was not sent."""
