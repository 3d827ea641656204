"""Detection of stalls: running operations without progress.

The service updates the time of a stalled operation too, so only progress, stages and the attempt count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import define, field, frozen
from groundwire import Operation, OperationMetadata, OperationState


@frozen(kw_only=True)
class Stall:
    """An operation without progress for `seconds`; `metadata` is its last metadata."""

    name: str
    seconds: float
    metadata: OperationMetadata


@define(kw_only=True)
class StallWatch:
    """Reports a running operation each time it has made no progress for another `after` seconds."""

    after: float
    report: Callable[[Stall], object]
    now: Callable[[], float]
    _signs: Any = field(default=None, init=False)
    _since: float = field(default=0.0, init=False)
    _reported: int = field(default=0, init=False)

    def look(self, operation: Operation) -> None:
        """Compare the operation with its last known state."""
        metadata = operation.metadata
        if isinstance(metadata, Mapping) or metadata is None:
            return
        signs = (metadata.state, metadata.progress, metadata.attempt, metadata.stages)
        if operation.done or metadata.state == OperationState.PENDING or signs != self._signs:
            self._signs, self._since, self._reported = signs, self.now(), 0
            return
        seconds = self.now() - self._since
        if seconds >= self.after * (self._reported + 1):
            self._reported = int(seconds // self.after)
            self.report(Stall(name=operation.name or "", seconds=seconds, metadata=metadata))
