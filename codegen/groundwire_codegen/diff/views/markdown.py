"""A diff as Markdown, for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from ...log import inert
from ..change import Change, Diff
from ..rules import Kind, Verdict
from .wording import reach, shortened, step, summary

MAX_ROWS: Final = 200
"""Rows of one table."""
MAX_TEXT: Final = 40_000
"""Characters of all tables: a text on GitHub holds 65,536, and others may stand beside."""
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$-])")
_LINKED: Final = re.compile(r"[@#]|(?<=[A-Za-z0-9])-(?=[A-Za-z0-9])|:(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
"""What GitHub links in plain text, up to where a break keeps it from it: a mention, an address of mail, `#1`, `GH-1`,
`CVE-1`, a URL, `www.`."""
_COMMIT: Final = re.compile(r"(?<!\w)(?!\d{8}(?!\w))[0-9a-f]{7,}(?!\w)", re.IGNORECASE | re.ASCII)
"""A text that GitHub may link as a commit; dates are left out."""
_BREAK: Final = "\u200b"
"""Takes no room. Escapes would not do: references are looked for in the text that Markdown gives."""


def markdown(diff: Diff) -> str:
    """A table a verdict; what is compatible is folded."""
    lines = [f"## {plain(diff.old)} to {plain(diff.new)}", "", f"{summary(diff).capitalize()}.", ""]
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
    return ["```text", *(inert(line).replace("```", "'''") for line in lines), "```"]


def _rows(changes: Sequence[Change], room: int) -> list[str]:
    """Return as many rows as there is room for."""
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
        f"**{change.kind}** {_step(change)}".rstrip(),
        reach(change),
        f"{change.rule.sentence} ({code(change.rule.id)})",
    )
    return f"| {' | '.join(cells)} |"


def _step(change: Change) -> str:
    """From what to what, both as code."""
    if change.kind is Kind.DOCS:
        return step(change)
    return " to ".join(code(side) for side in (change.old, change.new) if side)


def code(text: str) -> str:
    """Text as code that no content can leave: what would end it, or the cell, is spelt otherwise."""
    shown = inert(shortened(text)).replace("`", "'").replace("|", "¦")
    return f"`{shown}`" if shown.strip() else ""


def plain(text: str) -> str:
    """Text in which nothing is markup, a link, a reference or a mention."""
    broken = _COMMIT.sub(lambda digits: _BREAK.join(re.findall(".{1,6}", digits[0])), inert(shortened(text)))
    broken = _LINKED.sub(rf"\g<0>{_BREAK}", broken)
    return _SPECIAL.sub(r"\\\1", broken).replace(r"\<", "&lt;")
