"""`groundwire-codegen generate-all`: write the clients of all documents of folders."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..log import echo
from .inputs import ALLOW_HOST, DISCARD, STRICT
from .problems import BAD, DONE

if TYPE_CHECKING:
    from ..batch.build import Built
    from ..batch.find import Document
    from ..batch.workers import Done

OPTIONS = (
    click.argument("places", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path)),
    click.option(
        "--out", required=True, type=click.Path(path_type=Path), help="Folder above those of the packages."
    ),
    click.option("--jobs", type=click.IntRange(min=1), help="Processes side by side; one a core by default."),
    ALLOW_HOST,
    STRICT,
    DISCARD,
    click.option("--warnings", "with_warnings", is_flag=True, help="Print each document's warnings."),
)


def generate_all(
    places: tuple[Path, ...],
    *,
    out: Path,
    jobs: int | None,
    allow_host: tuple[str, ...],
    strict: bool,
    discard_edits: bool,
    with_warnings: bool,
) -> int:
    """Write the client of every document in FOLDER... into a folder of --out, and print a table.

    Clients whose inputs and files are as their locks have them are skipped. A failure does not stop the others; the
    exit code is then 2.
    """
    from ..batch.build import Options, build
    from ..batch.find import find
    from ..batch.workers import run

    found = find(places)
    options = Options(
        root=out,
        allow_hosts=tuple(host.lower() for host in allow_host),
        strict=strict,
        discard_edits=discard_edits,
    )
    largest_first = sorted(found.documents, key=lambda each: -each.size)
    work = partial(build, options=options)
    finished: list[tuple[Document, Built]] = []
    peak = 0
    for done in run(largest_first, work, min(jobs or _cores(), len(largest_first))):
        built = _built(done)
        peak = max(peak, done.peak)
        finished.append((done.task, built))
        place = f"[{len(finished)}/{len(largest_first)}]"
        echo(f"{place} {done.task.name}: {built.outcome}, {built.seconds:.1f} s", err=True)
        for warning in built.warnings if with_warnings else ():
            echo(f"{done.task.name}: warning: {warning}", err=True)
    finished.sort(key=lambda each: each[0].package)
    for path in found.left_out:
        echo(f"{path}: not a description, left out", err=True)
    for line in (*_table(finished), _summary([built for _, built in finished], peak)):
        echo(line)
    return _reported(finished)


def _cores() -> int:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _built(done: Done[Document, Built]) -> Built:
    """Return the result of a process; a failure if it died."""
    from ..batch.build import Built, Outcome

    if done.result is not None:
        return done.result
    words = f"{done.task.path}: its process died with exit code {done.exit_code}; nothing was written"
    return Built(outcome=Outcome.FAILED, problems=(words,))


def _table(finished: Sequence[tuple[Document, Built]]) -> Iterator[str]:
    """Yield the lines of the table."""
    width = max(len("document"), *(len(document.name) for document, _ in finished))
    yield f"{'document':{width}}  methods   types  seconds  outcome"
    for document, built in finished:
        figures = f"{built.methods:7}  {built.types:6}  {built.seconds:7.1f}"
        yield f"{document.name:{width}}  {figures}  {built.outcome}"


def _summary(built: Sequence[Built], peak: int) -> str:
    """Return the last line: how many ended how, and the whole run's figures."""
    from ..batch.build import Outcome

    ends = [each.outcome for each in built]
    counts = ", ".join(f"{ends.count(outcome)} {outcome}" for outcome in Outcome)
    warnings = sum(len(each.warnings) for each in built)
    memory = f", at most {peak // 2**20} MiB a process" if peak else ""
    seconds = sum(each.seconds for each in built)
    return f"{len(built)} documents: {counts}; {warnings} warnings; {seconds:.1f} CPU seconds{memory}"


def _reported(finished: Sequence[tuple[Document, Built]]) -> int:
    """Print every problem, each with its document, and return the exit code."""
    failed = [(document, built) for document, built in finished if built.problems]
    for document, built in failed:
        for problem in built.problems:
            echo(f"{document.name}: {problem}", err=True)
    if failed:
        names = ", ".join(document.name for document, _ in failed)
        echo(f"{len(failed)} of {len(finished)} documents failed: {names}", err=True)
    return BAD if failed else DONE
