"""`groundwire exports cancel`."""

from __future__ import annotations

from fnmatch import fnmatchcase

import click
from groundwire_exports.batch import State

from ..exit_codes import FAILED
from ..operations.cancel import confirmed
from ..session import Session, with_global_options
from .ledgers import COLUMNS, Place, ledger_row, with_keys, with_ledger

_LIVE = (State.WAITING, State.STARTING, State.SETTLING, State.ACTIVE)


@click.command()
@with_global_options
@with_ledger
@with_keys
@click.option("--dry-run", is_flag=True, help="Print what would be cancelled.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def cancel(
    session: Session,
    place: Place,
    key: str | None,
    label: str | None,
    state: str | None,
    dry_run: bool,
    yes: bool,
) -> int:
    """Cancel exports of a batch that have not ended: those in the queue, and those that wait. --key '*' means all."""
    if key is None and label is None and state is None:
        raise click.UsageError("Pass --key, --label or --state; --key '*' means all.")
    word = state.upper() if state else None
    with place.open(session) as batch:
        rows = [
            row
            for row in batch.report().rows
            if row.state in _LIVE
            and fnmatchcase(row.key, key or "*")
            and fnmatchcase(row.description, label or "*")
            and (word is None or row.state == word)
        ]
        session.output.rows(map(ledger_row, rows), columns=COLUMNS, name="key")
        if dry_run or not rows:
            return 0
        if not yes and not confirmed(f"Cancel {len(rows)}?"):
            session.tell("nothing was cancelled")
            return FAILED
        count = batch.cancel(key=key, label=label, state=word)
    session.tell(f"{count} cancelled; `groundwire exports run` sees them end")
    return 0
