"""`groundwire-codegen upgrade`: replace a document and its client by the newest description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..log import echo
from ..problem import Problem, SpecError
from .gate import OPTIONS as GATE
from .gate import check_gate, errors_shown, is_refused
from .inputs import DISCARD, STRICT, Asked
from .problems import DIFFERENT, DONE, tell_left_out, warn

if TYPE_CHECKING:
    from ..callers import Finding
    from ..pipeline import Output
    from ..upgrade.arrival import Arrival
    from ..upgrade.plan import Plan

_PATH = click.Path(path_type=Path)
OPTIONS = (
    click.option("--new", metavar="FILE|URL", help="Take it from there, not from where DOCUMENT came from."),
    click.option("--installed", is_flag=True, help="Take it from an installed google-api-python-client."),
    click.option("--older", is_flag=True, help="Take a revision that is older than the one that is here."),
    click.option("--changelog", type=_PATH, help="Markdown to note it in, under Unreleased."),
    click.option(
        "--report",
        "reports",
        multiple=True,
        type=_PATH,
        metavar="FILE",
        help="Write what changed there: FILE.md for a pull request, FILE.html, FILE.json.",
    ),
    *GATE,
    STRICT,
    DISCARD,
)


def upgrade(
    asked: Asked,
    *,
    new: str | None,
    installed: bool,
    older: bool,
    changelog: Path | None,
    reports: tuple[Path, ...],
    against: tuple[Path, ...],
    fail_on: str,
    strict: bool,
    discard_edits: bool,
) -> int:
    """Bring the newest DOCUMENT, say what changed, and put it in place with its client; on any problem nothing changes.

    It comes from where `fetch` had it from, else by the name and the version that DOCUMENT gives its API.
    """
    from ..upgrade.arrival import arrival
    from ..upgrade.plan import plan
    from ..upgrade.report import check_names
    from .diff import on_terminal

    document, inputs = asked.document, asked.inputs
    check_names(reports)
    check_gate(against, fail_on)
    if new is not None and installed:
        raise SpecError([Problem("options", "/new", "goes without --installed", "name one source")])
    arrived = arrival(
        document,
        inputs.document,
        new=new,
        installed=installed,
        allow_hosts=inputs.allow_hosts,
        root=asked.root,
    )
    planned = plan(inputs, asked.out, arrived.data, arrived.references)
    if planned.goes_back and not older:
        came = f"revision {planned.new_revision}, which came, is older than {planned.old_revision}"
        echo(f"{document} stays: {came} (--older takes it)")
        return DONE
    if planned.is_news:
        echo(on_terminal(planned.diff), nl=False, styled=True)
    output, findings = _judged(asked, planned, against, reports, strict=strict, discard_edits=discard_edits)
    if is_refused(fail_on, planned.diff, findings):
        return DIFFERENT
    _replace(asked, planned, output, changelog, arrived, discard_edits=discard_edits)
    tell_left_out(output)
    return DONE


def _judged(
    asked: Asked,
    planned: Plan,
    against: Sequence[Path],
    reports: Sequence[Path],
    *,
    strict: bool,
    discard_edits: bool,
) -> tuple[Output, Sequence[Finding] | None]:
    """The client that comes, and what it breaks; the reports are written even when there can be no client."""
    from ..moved import refuse_edits
    from ..pipeline import generate
    from ..upgrade.report import report_text
    from ..whole import write_whole

    problems: tuple[Problem, ...] = ()
    findings: Sequence[Finding] | None = None
    try:
        output = generate(planned.inputs, planned.before)
        refuse_edits(asked.out, output.files, original=lambda: _before(asked, planned), discard=discard_edits)
        problems = output.drift
        warn(output, strict=strict)
        findings = errors_shown(against, asked.out, output.files)
    except SpecError as error:
        problems = error.problems
        raise
    finally:
        for path in reports:
            write_whole(path, report_text(path, planned.diff, problems, findings).encode("utf-8"))
    return output, findings


def _before(asked: Asked, planned: Plan) -> Mapping[str, str]:
    """The client that the document here gives, to name the line of an edit; empty when it gives none."""
    from ..inputs import recorded
    from ..pipeline import generate

    try:
        return generate(recorded(asked.inputs, planned.before), planned.before).files
    except SpecError:
        return {}


def _replace(
    asked: Asked,
    planned: Plan,
    output: Output,
    changelog: Path | None,
    arrived: Arrival,
    *,
    discard_edits: bool,
) -> None:
    """Put the document, the client and the entry of the changelog in place."""
    from ..fetch.openapi import remove_stale
    from ..upgrade.replace import replace

    contents = _contents(asked.document, planned, changelog, arrived)
    done = replace(asked.out, output.files, contents, discard_edits=discard_edits)
    remove_stale(arrived.stale)
    for beside in contents if planned.is_news else ():
        echo(f"changed {beside}")
    for path in (*done.written, *done.removed):
        echo(f"changed {asked.out / path}")
    if not planned.is_news and not done.written and not done.removed:
        echo(f"{asked.document} and {asked.out} are up to date")


def _contents(document: Path, planned: Plan, changelog: Path | None, arrived: Arrival) -> dict[Path, bytes]:
    """The files beside the client; those of a document that is the one here stay."""
    from ..upgrade.changelog import entry, with_entry

    contents: dict[Path, bytes] = {}
    if planned.is_news and changelog is not None:
        contents[changelog] = with_entry(changelog, entry(planned))
    if planned.is_news:
        contents |= arrived.beside
    return {**contents, document: planned.inputs.document}
