"""`groundwire operations cancel`."""

from __future__ import annotations

import sys

import click
from groundwire import Client, Operation
from groundwire_runtime.errors import ApiError, PermissionDenied, Unauthenticated

from ..exit_codes import FAILED, SUCCEEDED
from ..session import Session, tell_error, with_global_options
from .list import rows_of
from .rows import COLUMNS
from .selection import Selection, missing_names, selected, with_selection


@click.command()
@click.argument("names", nargs=-1)
@with_selection
@click.option("--limit", type=click.IntRange(min=1), help="Operations at most.")
@click.option("--dry-run", is_flag=True, help="Print what would be cancelled.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@with_global_options
def cancel(
    session: Session,
    names: tuple[str, ...],
    label: str | None,
    states: tuple[str, ...],
    older_than: float | None,
    limit: int | None,
    dry_run: bool,
    yes: bool,
) -> int:
    """Cancel operations by name, or all pending and running ones that match. --label '*' means all."""
    selection = Selection(
        names=names, label=label, states=states or ("PENDING", "RUNNING"), older_than=older_than
    )
    if selection.is_empty and not states:
        raise click.UsageError("Pass NAMES, --label, --state or --older-than; --label '*' means all.")
    operations = list(selected(session.client, selection))[:limit]
    session.output.rows(rows_of(operations), columns=COLUMNS)
    missing = missing_names(selection, operations)
    for name in missing:
        session.tell(f"{name}: no such operation is pending or running")
    code = FAILED if missing else SUCCEEDED
    if dry_run or not operations:
        return code
    if not yes and not confirmed(f"Cancel {len(operations)}?"):
        session.tell("nothing was cancelled")
        return FAILED
    asked = sum(_cancelled(session.client, operation) for operation in operations)
    session.tell(f"asked {asked} of {len(operations)} to stop")
    return code if asked == len(operations) else FAILED


def confirmed(question: str) -> bool:
    """Ask on the terminal. Raises UsageError where nobody can answer."""
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask on: pass --yes, or --dry-run.")
    return click.confirm(question, err=True)


def _cancelled(client: Client, operation: Operation) -> bool:
    try:
        client.projects.operations.cancel(operation.name or "")
    except (PermissionDenied, Unauthenticated):
        raise
    except ApiError as error:
        tell_error(error, operation.name or "")
        return False
    return True
