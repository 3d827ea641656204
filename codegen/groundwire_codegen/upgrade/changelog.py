"""Write the changelog entry of an upgrade: the new revision and the breaking changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..diff.verdict import Verdict
from ..diff.views.markdown import code, plain
from ..diff.views.wording import summary
from ..problem import Problem, SpecError
from ..regular import read_bounded

if TYPE_CHECKING:
    from ..diff import Change
    from .plan import Plan

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_LINES: Final = 20
"""Breaking changes that an entry lists; a report holds all."""
_UNRELEASED: Final = re.compile(r"^## \[?Unreleased\]?.*\n", re.MULTILINE | re.IGNORECASE)
_RELEASE: Final = re.compile(r"^## ", re.MULTILINE)
_CHANGED: Final = re.compile(r"^### Changed[ \t]*\n+", re.MULTILINE)


def entry(planned: Plan) -> tuple[str, ...]:
    """The lines of an entry: one for the revision, one for each change that breaks callers."""
    old, new = planned.old_revision or "?", planned.new_revision or "?"
    breaking = [change for change in planned.diff.changes if change.verdict.rank >= Verdict.RUN.rank]
    followed = f"- {code(planned.inputs.package)} follows revision {plain(new)} of the description, after {plain(old)}"
    lines = [f"{followed}: {summary(planned.diff)}."]
    lines += map(_line, breaking[:MAX_LINES])
    if len(breaking) > MAX_LINES:
        lines.append(f"  - {len(breaking) - MAX_LINES} more of the kind")
    return tuple(lines)


def _line(change: Change) -> str:
    place = change.place
    sides = f", {code(change.old)} to {code(change.new)}" if change.old and change.new else ""
    return f"  - {change.kind}: {plain(place.subject)} {code(place.path)}{sides} ({change.verdict})"


def with_entry(path: Path, lines: Sequence[str]) -> bytes:
    """The changelog with an entry under Unreleased, Changed; unchanged when it is there. Raises SpecError and OSError."""
    try:
        text = read_bounded(path, MAX_BYTES).decode("utf-8")
    except UnicodeDecodeError as error:
        raise SpecError([Problem(path.name, "", f"not UTF-8 at byte {error.start}")]) from None
    entered = _entered(text.replace("\r\n", "\n"), "\n".join(lines), path.name)
    return (entered.replace("\n", "\r\n") if "\r\n" in text else entered).encode()


def _entered(text: str, lines: str, name: str) -> str:
    start = _UNRELEASED.search(text)
    if start is None:
        raise SpecError([Problem(name, "", "no heading `## [Unreleased]`", "add one")])
    release = _RELEASE.search(text, start.end())
    end = len(text) if release is None else release.start()
    part = text[start.end() : end]
    if f"\n{lines}\n" in f"\n{part}\n":
        return text
    changed = _CHANGED.search(part)
    if changed is not None:
        part = f"{part[: changed.end()]}{lines}\n{part[changed.end() :]}"
    else:
        above = f"{body}\n" if (body := part.rstrip("\n")) else ""
        below = "" if release is None else "\n"
        part = f"{above}\n### Changed\n\n{lines}\n{below}"
    return f"{text[: start.end()]}{part}{text[end:]}"
