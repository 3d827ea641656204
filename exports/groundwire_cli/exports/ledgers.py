"""The options of commands over a ledger, and its batch."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click
from attrs import frozen
from groundwire_exports.batch import Batch, BatchOptions, Report, Row
from groundwire_exports.batch.location import checked_location
from groundwire_runtime.errors import ArgumentError

from ..session import Session

COLUMNS: Final = ("key", "state", "percent", "operation", "error")


@frozen(kw_only=True)
class Place:
    """A batch in a ledger."""

    ledger: str
    name: str
    rerun: str
    identity: str | None

    def open(self, session: Session, *, new: bool = False, **options: Any) -> Batch:
        """Open the batch. Raises UsageError for a ledger that does not exist, unless it may be `new`."""
        location = checked_location(self.ledger)
        if not new and "://" not in location and not Path(location).is_file():
            raise click.UsageError(f"There is no ledger {self.ledger}: `groundwire exports run` makes one.")
        wanted: BatchOptions = options  # type: ignore[assignment] # checked by Batch
        batch = Batch(
            session.client, self.ledger, name=self.name, rerun=self.rerun, identity=self.identity, **wanted
        )
        if not new and not batch.progress().total:
            batch.close()
            raise ArgumentError(
                f"the ledger {self.ledger.partition('://')[0]} has no exports of a batch {self.name!r}",
                hint="--name and --rerun are those that the run was given.",
            )
        return batch


_OPTIONS: Final = (
    click.option("--ledger", required=True, help="SQLite file, or a postgresql:// URL."),
    click.option("--name", required=True, help="Name of the batch; part of every request id."),
    click.option("--rerun", default="", help="A word that makes all exports of the batch new."),
    click.option("--identity", help="Account, if the credentials do not name one."),
)
_SELECTION: Final = (
    click.option("--key", help="Pattern of keys, such as 'tile-3*'."),
    click.option("--label", help="Pattern of descriptions."),
    click.option("--state", help="State in the ledger, such as FAILED."),
)


def with_ledger(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name a batch, and pass them as `place`."""

    @wraps(command)
    def run(
        session: Session, *, ledger: str, name: str, rerun: str, identity: str | None, **given: Any
    ) -> Any:
        return command(
            session, place=Place(ledger=ledger, name=name, rerun=rerun, identity=identity), **given
        )

    wrapped: Callable[..., Any] = run
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def with_keys(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that select exports of a batch."""
    for option in reversed(_SELECTION):
        command = option(command)
    return command


def ledger_row(row: Row) -> dict[str, Any]:
    """Return an export of a batch as a row."""
    return {
        "key": row.key,
        "state": str(row.state),
        "percent": round(100 * row.progress),
        "name": row.operation,
        "operation": row.operation.rpartition("/")[2],
        "operation_state": row.operation_state,
        "label": row.description,
        "parent": row.parent,
        "attempt": row.attempt,
        "sent": row.sent,
        "code": row.code,
        "error": row.error,
        "uris": list(row.uris),
        "eecu_seconds": row.eecu_seconds,
    }


def counts_row(report: Report) -> dict[str, Any]:
    """Return the counts of a batch as a row."""
    progress = report.progress
    counts = {str(state): count for state, count in progress.counts.items() if count}
    return {
        "name": progress.name,
        "total": progress.total,
        "unfinished": progress.unfinished,
        "counts": counts,
        "queue_limit": progress.queue_limit,
        "others": progress.others,
        "paused": progress.paused,
        "note": report.note,
    }
