"""`groundwire exports explain`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click
from groundwire_exports.batch import RULES, Event

from ..session import Session, with_global_options
from .ledgers import Place


@click.command()
@with_global_options
@click.option("--ledger", help="SQLite file, or a postgresql:// URL.")
@click.option("--name", help="Name of the batch.")
@click.option("--rerun", default="", help="The word that the run was given.")
@click.option("--identity", help="Account, if the credentials do not name one.")
@click.option("--key", help="Key of one export.")
def explain(
    session: Session, ledger: str | None, name: str | None, rerun: str, identity: str | None, key: str | None
) -> int:
    """Print the log of a batch, or of one export; without --ledger, the rules of failures."""
    if ledger is None:
        if name is not None or key is not None:
            raise click.UsageError("--name and --key need a --ledger.")
        rows = [_rule_row(index) for index in range(len(RULES))]
        session.output.rows(rows, columns=("name", "action", "tries", "matches", "why"))
        return 0
    if name is None:
        raise click.UsageError("Missing option '--name'.")
    place = Place(ledger=ledger, name=name, rerun=rerun, identity=identity)
    with place.open(session) as batch:
        events = batch.events(key)
    if key is not None and not events:
        session.tell(f"the batch has no export {key!r}, or nothing has happened to it")
    session.output.rows(map(_event_row, events), columns=("at", "key", "event", "detail"), name="event")
    return 0


def _rule_row(index: int) -> dict[str, Any]:
    rule = RULES[index]
    matches = ", ".join(rule.statuses) or rule.pattern.pattern
    return {
        "name": rule.name,
        "action": rule.action,
        "tries": rule.tries,
        "then": "split" if rule.finally_split else "",
        "pauses": list(rule.pauses) if rule.action == "retry" else [],
        "matches": matches,
        "why": rule.why,
    }


def _event_row(event: Event) -> dict[str, Any]:
    at = datetime.fromtimestamp(event.at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"at": at, "key": event.key, "event": event.event, "detail": event.detail}
