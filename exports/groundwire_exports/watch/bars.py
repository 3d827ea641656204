"""Progress bars on stderr, by rich."""

from __future__ import annotations

import weakref
from typing import Any, Final, Self

from groundwire import OperationMetadata
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ..protocol import unmarked
from .counts import ENDED, Counted, counts_text

_PERIOD: Final = 3600.0
"""Seconds over which the speed is estimated."""


class Bars:
    """A bar for each export or batch. It is redrawn when there is news; no thread is left behind."""

    def __init__(self, console: Console | None = None) -> None:
        self._progress = Progress(
            TextColumn("{task.fields[label]}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[state]}", markup=False),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console or Console(stderr=True),
            auto_refresh=False,
            speed_estimate_period=_PERIOD,
        )
        self._tasks: dict[str, TaskID] = {}
        # Also at the end of the process: a bar that is not stopped leaves the cursor hidden.
        self._stop = weakref.finalize(self, self._progress.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, news: OperationMetadata | Counted, /) -> None:
        """Redraw the bar of one export, or of a batch."""
        if isinstance(news, OperationMetadata):
            label = unmarked(news.description or "") or "export"
            done = str(news.state) in ENDED
            self._draw(label, 1.0 if done else news.progress or 0.0, 1.0, _stage(news))
        else:
            done = not news.unfinished
            self._draw(news.name, news.total - news.unfinished, max(1, news.total), counts_text(news))
        if done and all(task.finished for task in self._progress.tasks):
            self._progress.stop()

    def _draw(self, label: str, completed: float, total: float, state: str) -> None:
        if not self._progress.live.is_started:
            self._progress.start()
        if label not in self._tasks:
            self._tasks[label] = self._progress.add_task("", total=total, label=label, state="")
        fields: dict[str, Any] = {"state": state}
        self._progress.update(self._tasks[label], completed=completed, total=total, refresh=True, **fields)


def _stage(metadata: OperationMetadata) -> str:
    """Return the percentage, the stage at work and the attempt."""
    running = [
        each for each in metadata.stages if (each.complete_work_units or 0) < (each.total_work_units or 0)
    ]
    stage = f" {running[0].display_name}" if running and running[0].display_name else ""
    attempt = f", attempt {metadata.attempt}" if (metadata.attempt or 1) > 1 else ""
    return f"{100 * (metadata.progress or 0):3.0f} % {str(metadata.state).lower()}{stage}{attempt}"
