"""Write the report of an upgrade: Markdown for a pull request, else the diff alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..diff.views.markdown import fenced, markdown
from ..diff.views.report import report
from ..problem import Problem, SpecError

if TYPE_CHECKING:
    from ..callers import Finding
    from ..diff import Diff

SUFFIXES: Final = (".md", ".html", ".json")
MAX_TEXT: Final = 10_000
"""Characters of one section: with the tables of the diff it has to fit into a pull request, which holds 65,536."""


def check_names(paths: Iterable[Path]) -> None:
    """Raise SpecError for a file whose name does not say what it is to hold."""
    wrong = [path for path in paths if path.suffix not in SUFFIXES]
    if wrong:
        hint = f"one of {', '.join(SUFFIXES)}"
        raise SpecError(Problem("options", "/report", f"{path.name!r} says no form", hint) for path in wrong)


def report_text(
    path: Path, diff: Diff, problems: Sequence[Problem], findings: Sequence[Finding] | None
) -> str:
    """The text for a file of this name. `findings` are None when no code was checked."""
    if path.suffix == ".html":
        from ..diff.views.page import page

        return page(diff)
    if path.suffix == ".json":
        return report(diff)
    return "\n".join([markdown(diff), *_decisions(problems), *_code(findings)]).rstrip("\n") + "\n"


def _decisions(problems: Sequence[Problem]) -> list[str]:
    if not problems:
        return []
    return ["### Asks for a decision", "", *fenced(_cut(list(map(str, problems)))), ""]


def _code(findings: Sequence[Finding] | None) -> list[str]:
    if findings is None:
        return []
    if not findings:
        return ["### Your code", "", "mypy finds no error that the change brings.", ""]
    title = f"### Your code ({len(findings)})"
    return [
        title,
        "",
        "Errors that mypy did not find with the old client:",
        "",
        *fenced(_cut(list(map(str, findings)))),
        "",
    ]


def _cut(lines: Sequence[str]) -> list[str]:
    """Return as many lines as there is room for, and the number of the others."""
    kept = [line for line, size in zip(lines, accumulate(map(len, lines)), strict=True) if size <= MAX_TEXT]
    more = len(lines) - len(kept)
    return [*kept, f"{more} more are not shown"] if more else kept
