"""A diff as Markdown, for a pull request."""

from __future__ import annotations

import re
from typing import Final

from ..change import Change, Diff
from ..rules import Verdict
from .wording import reach, shortened, step, summary

MAX_ROWS: Final = 200
"""Rows of one table: a comment on a pull request holds 65,536 characters."""
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&$-])")


def markdown(diff: Diff) -> str:
    """A table a verdict; what is compatible is folded."""
    lines = [f"## {_escaped(diff.old)} to {_escaped(diff.new)}", "", f"{summary(diff).capitalize()}.", ""]
    for verdict in Verdict:
        changes = [change for change in diff.changes if change.verdict is verdict]
        if changes:
            lines += _section(verdict, changes)
    return "\n".join(lines).rstrip("\n") + "\n"


def _section(verdict: Verdict, changes: list[Change]) -> list[str]:
    title = f"{str(verdict).capitalize()} ({len(changes)})"
    table = ["| What | Change | Who | Why |", "| --- | --- | --- | --- |"]
    table += [_row(change) for change in changes[:MAX_ROWS]]
    if len(changes) > MAX_ROWS:
        table += ["", f"{len(changes) - MAX_ROWS} more are not shown."]
    if verdict is Verdict.COMPATIBLE:
        return [f"<details><summary>{title}</summary>", "", *table, "", "</details>", ""]
    return [f"### {title}", "", *table, ""]


def _row(change: Change) -> str:
    place = change.place
    cells = (
        f"{place.subject} {_code(place.path)}",
        f"**{change.kind}** {_escaped(step(change))}".rstrip(),
        reach(change),
        f"{change.rule.sentence} ({_code(change.rule.id)})",
    )
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Text as code that no content can leave: what would end it, or the cell, is spelt otherwise."""
    plain = shortened(text).replace("`", "'").replace("|", "¦")
    return f"`{plain}`"


def _escaped(text: str) -> str:
    """Text in which nothing is markup, a link, or a mention of somebody."""
    return _SPECIAL.sub(r"\\\1", shortened(text)).replace(r"\<", "&lt;").replace(r"\@", "&#64;")
