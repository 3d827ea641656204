"""`groundwire exports retry`, `pause` and `resume`."""

from __future__ import annotations

import click

from ..session import Session, with_global_options
from .ledgers import Place, with_keys, with_ledger


@click.command()
@with_global_options
@with_ledger
@with_keys
def retry(session: Session, place: Place, key: str | None, label: str | None, state: str | None) -> int:
    """Let failed, refused, cancelled or held exports be started again by the next run. --key '*' means all."""
    with place.open(session) as batch:
        count = batch.retry(key=key, label=label, state=state.upper() if state else None)
        paused = batch.progress().paused
    session.output.value({"retried": count}, name="retried")
    if paused:
        session.tell(f"{place.name} is paused ({paused}): `groundwire exports resume` first")
    return 0


@click.command()
@with_global_options
@with_ledger
@click.option("--reason", default="by hand", help="Shown by status.")
def pause(session: Session, place: Place, reason: str) -> int:
    """Start nothing more, in any process, until resume. What runs goes on."""
    with place.open(session) as batch:
        batch.pause(reason)
    session.tell(f"{place.name} is paused")
    return 0


@click.command()
@with_global_options
@with_ledger
def resume(session: Session, place: Place) -> int:
    """Start exports again after a pause."""
    with place.open(session) as batch:
        batch.resume()
    session.tell(f"{place.name} is resumed; `groundwire exports run` starts the exports")
    return 0
