"""Batches of exports with a ledger: thousands of exports, each started exactly once, across failures and restarts."""

from __future__ import annotations

from ..tiling import split_in_four
from .batch import Batch
from .errors import LedgerError
from .identity import IdentityError
from .records import Event, State
from .report import Progress, Report, Row
from .rules import RULES, FailureRule, retry_failed
from .settings import BatchOptions

__all__ = [
    "RULES",
    "Batch",
    "BatchOptions",
    "Event",
    "FailureRule",
    "IdentityError",
    "LedgerError",
    "Progress",
    "Report",
    "Row",
    "State",
    "retry_failed",
    "split_in_four",
]
