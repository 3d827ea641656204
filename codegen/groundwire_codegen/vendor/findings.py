"""What is wrong with a vendored copy: files that were edited, and files that are not what would be copied now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import frozen

from ..folder import contents_of
from ..lock import FILE, Lock, file_digest, with_lf
from ..moved import edits, first_difference


@frozen
class Finding:
    """A line for a file, with the first line that differs, where that is known."""

    text: str
    is_edit: bool = False


def findings(folder: Path, manifest: Lock, want: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is wrong, by path. A file that is gone is stale: nothing is lost, the next update puts it back."""
    have = contents_of(folder, manifest)
    edited = {edit.path: edit for edit in edits(folder, manifest, want)}
    for path in sorted({*manifest.files, *want, *edited} - {FILE}):
        if path in edited:
            yield Finding(f"edited: {folder.name}/{edited[path]}", is_edit=True)
        reason = _staleness(path, manifest, want, have.get(path), is_edited=path in edited)
        if reason:
            yield Finding(f"stale: {folder.name}/{path}{reason}")


def _staleness(
    path: str, manifest: Lock, want: Mapping[str, str], content: bytes | None, *, is_edited: bool
) -> str:
    """Return why a file is not what would be copied now; empty if it is, or is no file of the copy."""
    new, hashed = want.get(path), manifest.files.get(path)
    if new is None:
        return " is no longer part of it" if hashed is not None else ""
    if hashed is None:
        return " is new"
    if content is None:
        return "" if is_edited else " is gone"
    if file_digest(new) == hashed:
        return ""
    return f", line {first_difference(with_lf(content), new.encode())}"
