"""What is wrong with a vendored copy: files that were edited, and files that are not what would be copied now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ..emit import contents_of
from ..lock import FILE, Lock, digest
from ..moved import edits, first_difference
from ..node import escape
from ..problem import Problem, SpecError


def findings(folder: Path, manifest: Lock, want: Mapping[str, str]) -> Iterator[str]:
    """A line for each file that was edited or is stale, with the first line that differs."""
    have = contents_of(folder, manifest)
    edited = {edit.path: edit for edit in edits(manifest, have, want)}
    for path in sorted({*manifest.files, *want} - {FILE}):
        if path in edited:
            yield f"edited: {folder.name}/{edited[path]}"
        new, content = want.get(path), have.get(path)
        if new is None:
            yield f"stale: {folder.name}/{path} is no longer part of it"
        elif path not in manifest.files:
            yield f"stale: {folder.name}/{path} is new"
        elif digest(new) != manifest.files[path]:
            line = "" if content is None else f", line {first_difference(content, new.encode())}"
            yield f"stale: {folder.name}/{path}{line}"


def refuse_edits(folder: Path, manifest: Lock, want: Mapping[str, str]) -> None:
    """Raise SpecError for files that were edited: they are somebody's work. What is gone is no edit."""
    have = contents_of(folder, manifest)
    edited = [edit for edit in edits(manifest, have, want) if not edit.gone]
    if edited:
        raise SpecError(
            Problem(
                folder.name,
                f"/{escape(edit.path)}",
                "edited" if edit.line is None else f"edited, line {edit.line}",
                "move the change elsewhere, take the file away, and update again",
            )
            for edit in edited
        )
