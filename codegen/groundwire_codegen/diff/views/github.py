"""A diff as workflow commands, which GitHub shows as annotations of a file."""

from __future__ import annotations

from typing import Final

from ...problem import visible
from ..change import Diff
from ..rules import Verdict
from .wording import step

_COMMANDS: Final = {
    Verdict.TYPES: "error",
    Verdict.RUN: "error",
    Verdict.BEHAVIOUR: "warning",
    Verdict.COMPATIBLE: "notice",
}


def workflow_commands(diff: Diff, file: str) -> str:
    """One command a change, at the document that changed."""
    lines: list[str] = []
    for change in diff.changes:
        place = change.place
        title = f"{change.verdict}: {change.kind}"
        where = f" at {visible(place.pointer)}" if place.pointer else ""
        text = f"{place.subject} {visible(place.path)}: {step(change)}{where}. {change.rule.sentence} ({change.rule.id})"
        lines.append(
            f"::{_COMMANDS[change.verdict]} file={_property(file)},title={_property(title)}::{_data(text)}\n"
        )
    return "".join(lines)


def _data(text: str) -> str:
    """Text of a command: what would end its line is escaped, as the runner reads it back."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Text of a property, which a comma or a colon would end besides."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
