"""The options `--against` and `--fail-on`: refuse a new client that breaks callers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ..log import echo
from ..problem import Problem, SpecError
from .diff import LEVELS

if TYPE_CHECKING:
    from ..callers import Finding
    from ..diff import Diff

CALLERS: Final = "callers"
OPTIONS = (
    click.option(
        "--against",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="PATH",
        help="Code of callers: list the errors that mypy finds with the new client alone.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice([CALLERS, *LEVELS]),
        default="never",
        show_default=True,
        help="Change nothing and exit with 1 when a change is as bad as this, or brings callers an error.",
    ),
)


def check_gate(against: Sequence[Path], fail_on: str) -> None:
    """Raise SpecError for a gate on callers that are not named."""
    if fail_on == CALLERS and not against:
        hint = "name their code: --against PATH"
        raise SpecError([Problem("options", "/fail-on", "callers: whose?", hint)])


def errors_shown(against: Sequence[Path], out: Path, files: Mapping[str, str]) -> tuple[Finding, ...] | None:
    """The errors that new files of a client bring to callers, printed; None when no callers are named."""
    from ..callers import errors_brought

    if not against:
        return None
    findings = errors_brought(against, out, files)
    for finding in findings:
        echo(str(finding))
    return findings


def is_refused(fail_on: str, diff: Diff | None, findings: Sequence[Finding] | None) -> bool:
    """Return True if `--fail-on` refuses the change, and print why. A change without a diff is refused."""
    from ..diff.verdict import LEVELS as VERDICTS

    if fail_on == CALLERS:
        shut = bool(findings)
    else:
        shut = fail_on != "never" and (diff is None or diff.reaches(VERDICTS[fail_on]))
    if shut:
        echo(f"refused by --fail-on {fail_on}; nothing was written.", err=True)
    return shut
