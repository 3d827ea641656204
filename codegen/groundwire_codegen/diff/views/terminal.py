"""A diff on a terminal."""

from __future__ import annotations

import io
from typing import Final

from ...problem import visible
from ..change import Diff
from ..rules import Verdict
from .wording import reach, step, summary

_STYLES: Final = {
    Verdict.TYPES: "bold red",
    Verdict.RUN: "bold magenta",
    Verdict.BEHAVIOUR: "yellow",
    Verdict.COMPATIBLE: "green",
}


def terminal(diff: Diff, *, colour: bool = False, width: int = 110) -> str:
    """The changes under a heading a verdict, with colours when asked."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    file = io.StringIO()
    console = Console(
        file=file,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        legacy_windows=False,
    )
    console.print(Text(f"{visible(diff.old)} -> {visible(diff.new)}: {summary(diff)}"))
    for verdict in Verdict:
        changes = [change for change in diff.changes if change.verdict is verdict]
        if changes:
            console.print(Text(f"\n{verdict} ({len(changes)})", style=_STYLES[verdict]))
        for change in changes:
            place = change.place
            line = Text(f"{change.kind}: ", style=_STYLES[verdict])
            line.append(f"{place.subject} {visible(place.path)}", style="bold")
            line.append(f"  {step(change)}")
            console.print(Padding(line, (0, 0, 0, 2)))
            notes = "; ".join(filter(None, [reach(change), f"{change.rule.id}: {change.rule.sentence}"]))
            console.print(Padding(Text(notes, style="dim"), (0, 0, 0, 4)))
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())
