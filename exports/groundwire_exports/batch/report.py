"""The state of a batch: counts, rows, and what went wrong."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from attrs import field, frozen

from .records import LIVE, BatchRecord, Entry, State

_SHOWN: Final = 20
_FIELDS: Final = (
    "key", "state", "operation", "error", "code", "attempt", "sent", "progress", "eecu_seconds", "uris", "parent",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@frozen(kw_only=True)
class Row:
    """One export. Times are Unix seconds; 0 if there is none yet."""

    key: str
    state: State
    description: str
    parent: str
    operation: str
    operation_state: str
    progress: float
    attempt: int
    sent: int
    code: int
    error: str
    uris: tuple[str, ...]
    eecu_seconds: float
    created: float
    started: float
    ended: float


def row_of(entry: Entry) -> Row:
    """Return the public view of an entry."""
    uris: Sequence[str] = json.loads(entry.uris)
    return Row(
        key=entry.key,
        state=entry.state,
        description=entry.description,
        parent=entry.parent,
        operation=entry.operation,
        operation_state=entry.operation_state,
        progress=entry.progress,
        attempt=entry.attempt,
        sent=entry.sent,
        code=entry.code,
        error=entry.error,
        uris=tuple(uris),
        eecu_seconds=entry.eecu_seconds,
        created=entry.created,
        started=entry.started,
        ended=entry.ended,
    )


@frozen(kw_only=True)
class Progress:
    """The counts of a batch after a step, and what its starts wait for."""

    name: str
    counts: Mapping[State, int]
    queue_limit: int
    others: int
    paused: str
    """Why nothing is started; empty if starts go on."""
    trouble: str = ""
    """Why the last look of this process could not list the operations; empty if it could."""

    @property
    def total(self) -> int:
        """All exports."""
        return sum(self.counts.values())

    @property
    def unfinished(self) -> int:
        """Exports that have not ended."""
        return sum(self.counts.get(state, 0) for state in LIVE)

    def __str__(self) -> str:
        parts = [f"{count:,} {state.lower()}" for state, count in sorted(self.counts.items()) if count]
        paused = f"; paused: {self.paused}" if self.paused else ""
        queue = f" (queue {self.queue_limit}, {self.others} of others)"
        trouble = f"; operations cannot be listed: {self.trouble}" if self.trouble else ""
        return f"{self.name}: {', '.join(parts) or 'no exports'}{queue}{paused}{trouble}"


def progress_of(record: BatchRecord, counts: Mapping[State, int], limit: int, trouble: str = "") -> Progress:
    """Return the progress of a batch."""
    return Progress(
        name=record.name if not record.rerun else f"{record.name} ({record.rerun})",
        counts=dict(counts),
        queue_limit=record.capacity(limit),
        others=record.others,
        paused=record.paused,
        trouble=trouble,
    )


@frozen(kw_only=True)
class Report:
    """All exports of a batch as they were last seen. `print(report)` shows counts and failures.

    `note`: a sentence about the run as a whole, such as that everything had been started before.
    """

    progress: Progress
    rows: tuple[Row, ...] = field(repr=lambda rows: f"<{len(rows):,} rows>")
    note: str = ""

    def _repr_html_(self) -> str:
        """Return the text of the report for a notebook."""
        return f"<pre>{escape(str(self))}</pre>"

    @property
    def counts(self) -> Mapping[State, int]:
        """Exports in each state."""
        return self.progress.counts

    @property
    def failed(self) -> tuple[Row, ...]:
        """Exports that failed, were refused, or need a person."""
        return tuple(row for row in self.rows if row.state in (State.FAILED, State.REFUSED, State.HELD))

    @property
    def finished(self) -> bool:
        """True if all exports have ended."""
        return not self.progress.unfinished

    @property
    def exit_code(self) -> int:
        """0 if all succeeded, 1 if all have ended and some did not succeed, 3 if some have not ended."""
        if not self.finished:
            return 3
        return int(any(row.state not in (State.SUCCEEDED, State.SPLIT) for row in self.rows))

    def to_csv(self) -> str:
        """Return the rows as CSV with a header. A text that a spreadsheet would run as a formula gets a `'` in front."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(_FIELDS)
        for row in self.rows:
            values = [" ".join(row.uris) if name == "uris" else getattr(row, name) for name in _FIELDS]
            writer.writerow([f"'{each}" if str(each).startswith(_FORMULA) else each for each in values])
        return text.getvalue()

    def __str__(self) -> str:
        lines = [str(self.progress), *([self.note] if self.note else [])]
        lines += [f"  {row.key}  {row.state}  {row.error}" for row in self.failed[:_SHOWN]]
        if len(self.failed) > _SHOWN:
            lines.append(f"  ... and {len(self.failed) - _SHOWN:,} more: report.failed, report.to_csv()")
        return "\n".join(lines)
