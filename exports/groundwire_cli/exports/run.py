"""`groundwire exports run`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from groundwire import ExportImageRequest
from groundwire_exports.batch import RULES, retry_failed, split_in_four
from groundwire_exports.batch.requests import check_all_apart, entry_of
from groundwire_exports.watch import progress

from ..inputs.sources import read_exports
from ..seconds import Seconds
from ..session import Session, with_global_options
from .ledgers import Place, counts_row, with_ledger


def _tries(_: click.Context, __: click.Parameter, values: Sequence[str]) -> dict[str, int]:
    """Return the tries by rule of options such as `internal=3`."""
    tries: dict[str, int] = {}
    for value in values:
        name, _equals, count = value.partition("=")
        if not count.isdecimal() or len(count) > 4:
            raise click.BadParameter(f"{value!r}: expected RULE=TRIES, such as internal=3.")
        if name.replace("_", "-") not in {rule.name for rule in RULES}:
            raise click.BadParameter(f"{name!r} is none of {', '.join(rule.name for rule in RULES)}.")
        tries[name.replace("-", "_")] = int(count)
    return tries


@click.command()
@click.argument("what", required=False, type=click.Path(exists=True, path_type=Path))
@with_global_options
@with_ledger
@click.option("--template", help="FILE.py:FUNCTION that makes the request of a tile.")
@click.option("--key-field", help="Property or column with a tile's key.")
@click.option(
    "--limit", type=click.IntRange(min=1), help="Unfinished operations that the queue holds, 3000 by default."
)
@click.option(
    "--retry", "tries", multiple=True, callback=_tries, help="Tries for a failure, such as internal=3."
)
@click.option("--split/--no-split", default=False, help="Split exports that are too large in four.")
@click.option("--look-every", type=Seconds(above=True), help="Seconds between looks, 20 by default.")
@click.option("--timeout", type=Seconds(above=True), help="Seconds to run; then exit code 3.")
@click.option(
    "--settle", type=Seconds(), help="Seconds by which a listing may lag behind a start, 120 by default."
)
@click.option(
    "--on-unknown",
    type=click.Choice(["follow", "hold"]),
    help="What follows where nobody knows whether an export was started; hold leaves it to you.",
)
@click.option(
    "--stop-after",
    type=click.IntRange(min=1),
    help="Equal failures in a row that pause the batch, 10 by default.",
)
@click.option("--dry-run", is_flag=True, help="Check WHAT and print its keys; write and start nothing.")
def run(
    session: Session,
    place: Place,
    what: Path | None,
    template: str | None,
    key_field: str | None,
    limit: int | None,
    tries: dict[str, int],
    split: bool,
    look_every: float | None,
    timeout: float | None,
    settle: float | None,
    on_unknown: str | None,
    stop_after: int | None,
    dry_run: bool,
) -> int:
    """Run the exports of WHAT from a ledger until all have ended. The same command again continues.

    WHAT: a request (.json, .yaml), a folder of them, a script with exports(), tiles (.geojson, .csv); without it, what the ledger has.
    """
    wanted = [] if what is None else read_exports(what, template=template, key_field=key_field)
    # Raises ArgumentError before anything is written.
    check_all_apart(entry_of(key, request) for key, request in wanted)
    if dry_run:
        session.output.rows(map(_dry_row, wanted), name="key")
        return 0
    options: dict[str, Any] = {
        "limit": limit,
        "look_every": look_every,
        "settle": settle,
        "on_unknown": on_unknown,
        "stop_after": stop_after,
    }
    options = {name: value for name, value in options.items() if value is not None}
    if tries:
        options["rules"] = retry_failed(RULES, **tries)
    if split:
        options["on_too_large"] = split_in_four
    with place.open(session, new=what is not None, **options) as batch:
        batch.add_all(wanted)
        with progress(batch) as shown:
            on_progress: Callable[[Any], object] | None = None if session.options.quiet else shown
            report = batch.run(on_progress=on_progress, timeout=timeout)
    for text in (
        report.note.replace("rerun=...", "--rerun"),
        report.progress.paused and f"paused: {report.progress.paused}",
    ):
        if text:
            session.tell(text)
    session.output.value(counts_row(report))
    return report.exit_code


def _dry_row(export: tuple[str, ExportImageRequest]) -> dict[str, Any]:
    key, request = export
    return {"key": key, "label": request.description or key}
