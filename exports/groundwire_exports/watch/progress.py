"""Progress of one export or of many: bars on a terminal, otherwise a few lines of log."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import Any, Final, Protocol, Self

from attrs import define, field
from groundwire import Operation, OperationMetadata, Status

from ..protocol import description_of, unmarked
from .counts import Counted

LOG: Final = logging.getLogger("groundwire.exports")
EVERY: Final = 60.0
"""Seconds between two lines of log."""
_BAD: Final = ("FAILED", "REFUSED", "HELD")


class FailedRow(Protocol):
    """An export of a report that went wrong."""

    @property
    def key(self) -> str:
        """Key in the batch."""
        ...

    @property
    def state(self) -> Any:
        """State in the batch."""
        ...

    @property
    def error(self) -> str:
        """The service's message."""
        ...


class Reporting(Protocol):
    """A batch, as far as failures are named by it."""

    def report(self) -> Any:
        """Return the report, with `failed` rows."""
        ...


class Display(Protocol):
    """A function for `on_progress`; as a context manager, it cleans the terminal at the end of the block."""

    def __call__(self, news: OperationMetadata | Counted, /) -> None:
        """Show what is new."""
        ...

    def __enter__(self) -> Self:
        """Begin the block."""
        ...

    def __exit__(self, *_: object) -> None:
        """Stop the display."""
        ...


def progress(batch: Reporting | None = None) -> Display:
    """Return a function for `on_progress=` of `wait`, `wait_all` or a batch's `run`.

    On a terminal, and in a notebook, it draws bars on stderr with rich (extra `cli`). Elsewhere, or without rich, it
    logs to `groundwire.exports`: a line at INFO at each change of one export's state; of many, the first and the last
    line, one when the batch pauses, and otherwise one a minute; a WARNING for each failure. Pass the `batch`, so that
    these have keys and messages.
    """
    if (sys.stderr.isatty() or _is_notebook()) and find_spec("rich") is not None:
        from .bars import Bars

        return Bars()
    return ProgressLog(failures=failures_of(batch))


def _is_notebook() -> bool:
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None and hasattr(shell, "get_ipython") else None
    return type(running).__name__ == "ZMQInteractiveShell"


def failures_of(batch: Reporting | None) -> Callable[[], Iterable[FailedRow]] | None:
    """Return a function that reads a batch's failures; None without a batch."""
    if batch is None:
        return None
    source = batch
    return lambda: source.report().failed


@define(eq=False)
class ProgressLog:
    """Logs progress, never a line for each poll."""

    failures: Callable[[], Iterable[FailedRow]] | None = None
    now: Callable[[], float] = time.monotonic
    log: logging.Logger = LOG
    _shown: Any = field(default=None, init=False)
    _at: float = field(default=0.0, init=False)
    _bad: int = field(default=0, init=False)
    _named: set[str] = field(factory=set[str], init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __call__(self, news: OperationMetadata | Counted, /) -> None:
        """Log what is new, if it is worth a line now."""
        if isinstance(news, OperationMetadata):
            self._one(news)
        else:
            self._warn(news)
            self._many(news)

    def _one(self, metadata: OperationMetadata) -> None:
        label = unmarked(metadata.description or "") or "export"
        seen = (label, str(metadata.state), metadata.attempt)
        if self._is_due(seen):
            attempt = f", attempt {metadata.attempt}" if (metadata.attempt or 1) > 1 else ""
            percent = 100 * (metadata.progress or 0)
            self.log.info("%s: %s, %.0f %%%s", label, str(metadata.state).lower(), percent, attempt)

    def _many(self, news: Counted) -> None:
        # Counts change with every look at thousands of exports.
        if self._is_due((news.name, not news.unfinished, getattr(news, "paused", ""))):
            self.log.info("%s", news)

    def _is_due(self, seen: object) -> bool:
        due = seen != self._shown or self.now() - self._at >= EVERY
        if due:
            self._shown, self._at = seen, self.now()
        return due

    def _warn(self, news: Counted) -> None:
        """Warn of each failure once."""
        for operation in getattr(news, "changed", ()):
            self._warn_of(operation)
        bad = sum(news.counts.get(state, 0) for state in _BAD)
        if bad > self._bad and self.failures is not None:
            for row in self.failures():
                if row.key not in self._named:
                    self._named.add(row.key)
                    self.log.warning("%s: %s: %s", row.key, str(row.state).lower(), row.error)
        elif bad > self._bad and not hasattr(news, "changed"):
            self.log.warning("%s: %d more failed", news.name, bad - self._bad)
        self._bad = bad

    def _warn_of(self, operation: Operation) -> None:
        if isinstance(operation.result, Status) and operation.result.code != 1:
            label = unmarked(description_of(operation)) or operation.name
            self.log.warning("%s: failed: %s", label, operation.result.message)
