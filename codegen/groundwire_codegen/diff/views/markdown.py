"""A diff as Markdown, for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from ..change import Change, Diff
from ..rules import Verdict
from .wording import reach, shortened, step, summary

MAX_ROWS: Final = 200
"""Rows of one table."""
MAX_TEXT: Final = 40_000
"""Characters of all tables: a text on GitHub holds 65,536, and others may stand beside."""
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&$-])")


def markdown(diff: Diff) -> str:
    """A table a verdict; what is compatible is folded."""
    lines = [f"## {_escaped(diff.old)} to {_escaped(diff.new)}", "", f"{summary(diff).capitalize()}.", ""]
    room = MAX_TEXT
    for verdict in Verdict:
        changes = [change for change in diff.changes if change.verdict is verdict]
        if changes:
            rows = _rows(changes, room)
            room -= sum(map(len, rows))
            lines += _section(verdict, rows, len(changes))
    return "\n".join(lines).rstrip("\n") + "\n"


def fenced(lines: Iterable[str]) -> list[str]:
    """Lines as a block of code that none of them ends."""
    return ["```text", *(line.replace("```", "'''") for line in lines), "```"]


def _rows(changes: Sequence[Change], room: int) -> list[str]:
    """As many rows as there is room for."""
    rows: list[str] = []
    for change in changes[:MAX_ROWS]:
        row = _row(change)
        room -= len(row)
        if room < 0:
            break
        rows.append(row)
    return rows


def _section(verdict: Verdict, rows: list[str], count: int) -> list[str]:
    title = f"{str(verdict).capitalize()} ({count})"
    table = ["| What | Change | Who | Why |", "| --- | --- | --- | --- |", *rows] if rows else []
    if len(rows) < count:
        table += ["", f"{count - len(rows)} more are not shown."]
    if verdict is Verdict.COMPATIBLE:
        return [f"<details><summary>{title}</summary>", "", *table, "", "</details>", ""]
    return [f"### {title}", "", *table, ""]


def _row(change: Change) -> str:
    place = change.place
    cells = (
        f"{place.subject} {code(place.path)}",
        f"**{change.kind}** {_escaped(step(change))}".rstrip(),
        reach(change),
        f"{change.rule.sentence} ({code(change.rule.id)})",
    )
    return f"| {' | '.join(cells)} |"


def code(text: str) -> str:
    """Text as code that no content can leave: what would end it, or the cell, is spelt otherwise."""
    plain = shortened(text).replace("`", "'").replace("|", "¦")
    return f"`{plain}`"


def _escaped(text: str) -> str:
    """Text in which nothing is markup, a link, or a mention of somebody."""
    return _SPECIAL.sub(r"\\\1", shortened(text)).replace(r"\<", "&lt;").replace(r"\@", "&#64;")
