"""A diff as workflow commands, which GitHub shows as annotations of a file."""

from __future__ import annotations

import re
from typing import Final

from ...log import inert
from ...problem import visible
from ..change import Change, Diff
from ..rules import Verdict
from .lines import lines
from .wording import step

_COMMANDS: Final = {
    Verdict.TYPES: "error",
    Verdict.RUN: "error",
    Verdict.BEHAVIOUR: "warning",
    Verdict.COMPATIBLE: "notice",
}
_JSON: Final = re.compile(r"[\ufeff\s]*\{")
_SHOWN: Final = 10
"""Annotations of each command that GitHub shows of a step."""


def workflow_commands(diff: Diff, file: str, text: str) -> str:
    """One command a change, the worst first, at its line in the text of the file, which is the new document.

    In a document in YAML every change is at the first line; its pointer is in the sentence.
    """
    pointers = {change.place.pointer for change in diff.changes}
    at = lines(text, pointers) if _JSON.match(text) else dict.fromkeys(pointers, 1)
    said: dict[str, list[str]] = {command: [] for command in ("error", "warning", "notice")}
    for change in diff.changes:
        command = _COMMANDS[change.verdict]
        title = f"{change.verdict}: {change.kind}"
        where = f"file={_property(file)},line={at[change.place.pointer]}"
        said[command].append(f"::{command} {where},title={_property(title)}::{_data(_sentence(change))}\n")
    if any(len(each) > _SHOWN for each in said.values()):
        # A last notice would be the first to be left out.
        said["notice"].insert(0, _left_out(said, file))
    return "".join(line for each in said.values() for line in each)


def _sentence(change: Change) -> str:
    place = change.place
    where = f" at {visible(place.pointer)}" if place.pointer else ""
    return (
        f"{place.subject} {visible(place.path)}: {step(change)}{where}. "
        f"{change.rule.sentence} ({change.rule.id})"
    )


def _left_out(said: dict[str, list[str]], file: str) -> str:
    counts = ", ".join(
        f"{len(each)} {command}{'' if len(each) == 1 else 's'}" for command, each in said.items() if each
    )
    text = f"{counts}: GitHub shows {_SHOWN} of each as annotations. The log of this step has all."
    return f"::notice file={_property(file)},line=1,title=Not every change is shown::{_data(text)}\n"


def _data(text: str) -> str:
    """Text of a command: what would end its line is escaped, as the runner reads it back."""
    return inert(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Text of a property, which a comma or a colon would end besides."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
