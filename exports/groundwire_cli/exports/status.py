"""`groundwire exports status` and `report`."""

from __future__ import annotations

from fnmatch import fnmatchcase

import click

from ..session import Session, with_global_options
from .ledgers import COLUMNS, Place, counts_row, ledger_row, with_keys, with_ledger


@click.command()
@with_global_options
@with_ledger
def status(session: Session, place: Place) -> int:
    """Print the counts of a batch, as the ledger has them. The exit code tells of the batch."""
    with place.open(session) as batch:
        report = batch.report()
    session.output.value(counts_row(report))
    return report.exit_code


@click.command()
@with_global_options
@with_ledger
@with_keys
def report(session: Session, place: Place, key: str | None, label: str | None, state: str | None) -> int:
    """Print the exports of a batch, as the ledger has them; --format csv for a spreadsheet."""
    with place.open(session) as batch:
        full = batch.report()
    rows = [
        row
        for row in full.rows
        if fnmatchcase(row.key, key or "*")
        and fnmatchcase(row.description, label or "*")
        and (state is None or row.state == state.upper())
    ]
    session.output.rows(map(ledger_row, rows), columns=COLUMNS, name="key")
    return full.exit_code
