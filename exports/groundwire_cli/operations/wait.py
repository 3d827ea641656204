"""`groundwire operations wait` and `watch`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import click
from groundwire import Operation
from groundwire_exports.states import state_of
from groundwire_exports.watch import progress, wait_all
from groundwire_exports.watch.look import read_states
from groundwire_runtime.errors import OperationTimeout

from ..exit_codes import UNFINISHED as STILL_RUNNING
from ..exit_codes import exit_code_of_states
from ..seconds import Seconds
from ..session import Session, with_global_options
from .list import full_name, rows_of
from .rows import COLUMNS, row_of
from .selection import UNFINISHED, Selection, selected, with_selection

_EVERY: Final = 20.0


@click.command()
@click.argument("names", nargs=-1)
@with_selection
@click.option("--timeout", type=Seconds(above=True), help="Seconds; then exit code 3.")
@with_global_options
def wait(
    session: Session,
    names: tuple[str, ...],
    label: str | None,
    states: tuple[str, ...],
    older_than: float | None,
    timeout: float | None,
) -> int:
    """Wait until operations have ended; without NAMES, all unfinished ones that match.

    Hundreds are waited for with the requests of one.
    """
    client = session.client
    waited: list[Operation | str]
    if names and label is None and older_than is None and not states:
        waited = [full_name(session, name) for name in names]
    else:
        selection = Selection(names=names, label=label, states=states or UNFINISHED, older_than=older_than)
        waited = list(selected(client, selection))
    try:
        with progress() as shown:
            on_progress: Callable[[Any], object] | None = None if session.options.quiet else shown
            ended = asyncio.run(wait_all(client, waited, timeout=timeout, on_progress=on_progress))
    except OperationTimeout as late:
        names_of = [each if isinstance(each, str) else each.name or "" for each in waited]
        latest = read_states(client, names_of).operations
        session.output.rows(rows_of(list(latest.values())), columns=COLUMNS)
        session.tell(f"{late.message}")
        return STILL_RUNNING
    session.output.rows(rows_of(list(ended)), columns=COLUMNS)
    return exit_code_of_states(map(state_of, ended))


@click.command()
@with_selection
@click.option("--every", type=Seconds(1), default=_EVERY, help="Seconds between looks, 20 by default.")
@click.option("--timeout", type=Seconds(above=True), help="Seconds; then exit code 3.")
@with_global_options
def watch(
    session: Session,
    label: str | None,
    states: tuple[str, ...],
    older_than: float | None,
    every: float,
    timeout: float | None,
) -> int:
    """Print a row for each change of matching operations, new ones too, until none is unfinished.

    Operations that have ended before are left out.
    """
    client = session.client
    clock = client.clock
    end = None if timeout is None else clock.monotonic() + timeout
    selection = Selection(label=label, older_than=older_than)
    seen: dict[str, tuple[str, int]] = {}
    watched: dict[str, Operation] = {}
    while True:
        for operation in selected(client, selection):
            name, state = operation.name or "", state_of(operation)
            if state not in UNFINISHED and name not in watched:
                continue
            watched[name] = operation
            row = row_of(operation)
            if seen.get(name) != (state, row["percent"]):
                seen[name] = (state, row["percent"])
                if not states or state in states:
                    session.output.line(row, COLUMNS)
        ends = [state_of(operation) for operation in watched.values()]
        if not any(state in UNFINISHED for state in ends):
            return exit_code_of_states(ends)
        if end is not None and clock.monotonic() + every >= end:
            return STILL_RUNNING
        clock.sleep(every)
