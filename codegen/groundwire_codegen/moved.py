"""Staleness: inputs that changed since a lock was written, and files that were edited by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from .folder import check_paths, content, has_our_first_line, is_there, lock_of
from .importable import unlisted
from .lock import FILE, Lock, file_digest, read_lock, with_lf
from .problem import EditedError, Problem

Original = Callable[[], Mapping[str, str]]
_DISCARD: Final = "keep the change elsewhere, or drop it with --discard-edits"
_MOVE: Final = "move it out of the folder"


@frozen
class Edit:
    """A file that is neither as the lock has it nor as it would be written now.

    `line` is the first that differs from the original, where that is known. `may_go` says that --discard-edits may drop it:
    it has the lock's hash or our first line, or is a link.
    """

    path: str
    line: int | None = None
    reason: str = ""
    may_go: bool = False

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}, line {self.line}"
        return f"{place}: {self.reason}" if self.reason else place

    @property
    def message(self) -> str:
        """The edit in words, without the path."""
        return self.reason or ("edited by hand" if self.line is None else f"edited by hand, line {self.line}")


def moved_inputs(lock: Lock, digests: Mapping[str, str]) -> tuple[str, ...]:
    """Return the inputs that differ from those of the lock: document, generator, options, overlay, references."""
    return tuple(key for key in sorted({*digests, *lock.inputs}) if lock.inputs.get(key) != digests.get(key))


def edits(
    folder: Path, lock: Lock, files: Mapping[str, str], original: Original = dict[str, str]
) -> Iterator[Edit]:
    """Yield the edits of a folder for which `files`, the lock included, are generated now.

    Where no input moved, any difference is an edit, the lock's own included: the lock cannot vouch for itself.
    `original` gives the texts that the lock is of, where they are known and are not `files`; it is called if a line needs it.
    """
    check_paths(folder, {*lock.files, *files})
    settled = _is_settled(lock, read_lock(files[FILE]))
    for path in sorted({*lock.files, *files}):
        data, want, hashed = content(folder / path), files.get(path), lock.files.get(path)
        if data is None:
            reason = _in_the_way(folder / path)
            if reason:
                yield Edit(path, None, reason, may_go=hashed is not None and (folder / path).is_symlink())
        elif want is not None and with_lf(data) == want.encode():
            continue
        elif path == FILE:
            if settled:
                yield Edit(path, first_difference(with_lf(data), files[FILE].encode()), may_go=True)
        # A file that is not the lock's is importable, or in the way of what is written.
        elif hashed is not None and (settled or file_digest(data) != hashed):
            text = want if settled else _text(path, hashed, want, original)
            line = None if text is None else first_difference(with_lf(data), text.encode())
            yield Edit(path, line, may_go=has_our_first_line(data) or file_digest(data) == hashed)
    for path in unlisted(folder, lock.files.keys()):
        data = content(folder / path)
        if path not in files or (data is not None and with_lf(data) != files[path].encode()):
            yield Edit(path, None, "exists and was not generated")


def _text(path: str, hashed: str, want: str | None, original: Original) -> str | None:
    """Return the text that a lock has the hash of, if it is one of these."""
    if want is not None and file_digest(want) == hashed:
        return want
    text = original().get(path)
    return text if text is not None and file_digest(text) == hashed else None


def refuse_edits(
    folder: Path,
    files: Mapping[str, str],
    *,
    original: Original = dict[str, str],
    discard: bool = False,
) -> None:
    """Raise EditedError for the edits of a folder; with `discard`, only for those that are not ours to drop."""
    lock = lock_of(folder)
    if lock is None:
        return
    stay = [edit for edit in edits(folder, lock, files, original) if not (discard and edit.may_go)]
    if stay:
        raise EditedError(
            Problem(folder.name, f"/{edit.path}", edit.message, _DISCARD if edit.may_go else _MOVE)
            for edit in stay
        )


def gone(folder: Path, lock: Lock) -> Iterator[str]:
    """Yield the files of a lock that are not there: nothing is lost with them, the next run writes them."""
    return (path for path in sorted(lock.files) if not is_there(folder / path))


def first_difference(one: bytes, other: bytes) -> int:
    """Return the number of the first line that differs; the last, if only the end of the file does."""
    lines, others = one.split(b"\n"), other.split(b"\n")
    for number, (line, its) in enumerate(zip(lines, others, strict=False), 1):
        if line != its:
            return number
    return min(len(lines), len(others))


def _is_settled(lock: Lock, now: Lock) -> bool:
    """Return whether nothing moved. A copy's runtime and parts are no input, so a copy is never settled."""
    return bool(now.inputs) and now.inputs == lock.inputs and "vendored_by" not in now.inputs


def _in_the_way(place: Path) -> str:
    if place.is_symlink():
        return "a link, where a file goes"
    if place.is_dir():
        return "a folder, where a file goes"
    return "not a regular file" if is_there(place) else ""
