"""The process that opened a ledger."""

from __future__ import annotations

import os

from attrs import field, frozen

from .errors import LedgerError


@frozen
class Process:
    """The process in which this was made. A child that is forked shares its locks and connections."""

    pid: int = field(factory=os.getpid)

    @property
    def is_current(self) -> bool:
        """True in the process itself, False in its children."""
        return os.getpid() == self.pid

    def check(self) -> None:
        """Raise LedgerError in a child."""
        if not self.is_current:
            hint = "Open the batch in each process that uses it."
            raise LedgerError("the ledger was opened before this process was forked", hint=hint)
