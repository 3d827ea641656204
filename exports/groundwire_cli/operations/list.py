"""`groundwire operations list` and `describe`."""

from __future__ import annotations

import json
from itertools import islice

import click
from groundwire import Operation, encode

from ..session import Session, with_global_options
from .rows import COLUMNS, row_of
from .selection import Selection, selected, with_selection


@click.command("list")
@with_selection
@click.option("--limit", type=click.IntRange(min=1), help="Operations at most.")
@with_global_options
def list_operations(
    session: Session,
    label: str | None,
    states: tuple[str, ...],
    older_than: float | None,
    limit: int | None,
) -> None:
    """List operations of the project, those of its other users included."""
    selection = Selection(label=label, states=states, older_than=older_than)
    found = islice(selected(session.client, selection), limit)
    session.output.rows((row_of(operation) for operation in found), columns=COLUMNS)


@click.command()
@click.argument("name")
@with_global_options
def describe(session: Session, name: str) -> None:
    """Print everything that the service tells of an operation, as it sends it."""
    operation = session.client.projects.operations.get(full_name(session, name))
    session.output.value(json.loads(encode(operation)))


def full_name(session: Session, name: str) -> str:
    """Return the name of an operation; of its id alone, in the project of the client."""
    if "/" in name:
        return name
    project = str(session.options.project)
    return f"{project if project.startswith('projects/') else f'projects/{project}'}/operations/{name}"


def rows_of(operations: list[Operation]) -> list[dict[str, object]]:
    """Return operations as rows."""
    return [row_of(operation) for operation in operations]
