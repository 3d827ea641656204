"""Write generated files into the output folder: all or none, and never outside it."""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from .folder import GIT_ATTRIBUTES, check_paths, content, is_there, lock_of
from .importable import unlisted
from .lock import FILE, Lock, with_lf
from .moved import refuse_edits
from .problem import Problem, SpecError, visible
from .swap_folder import clear, nothing, remove, replace_whole
from .whole import check_target

__all__ = ["Emitted", "differences", "emit", "lock_of"]

_HINTS: Final = {GIT_ATTRIBUTES: "move its lines to the .gitattributes of a folder above"}


@frozen
class Emitted:
    """Paths that a run changed."""

    written: tuple[str, ...]
    removed: tuple[str, ...]


def emit(
    folder: Path, files: Mapping[str, str], then: Callable[[], None] = nothing, *, discard_edits: bool = False
) -> Emitted:
    """Make `folder` hold `files`: write those that differ, remove those that an earlier run wrote and this one does not.

    Files of others are never replaced, edited ones only with `discard_edits`, and then only with our first line. Files that
    differ in CRLF and LF alone stay. A run that fails leaves the old output as it was, and so does one
    that is killed where two folders can change places in one step. `then` is the last part of the run: the folder is what
    it was when that fails. Raises EditedError, SpecError or OSError.
    """
    check_target(folder)
    folder = folder.resolve()
    lock = lock_of(folder)
    owned = _owned(lock)
    check_paths(folder, {*files, *owned})
    if lock is not None:
        refuse_edits(folder, files, discard=discard_edits)
    changed = [path for path in sorted(files) if _differs(folder / path, files[path])]
    _refuse_foreign(folder, lock, files, changed)
    removed = [path for path in sorted(owned - files.keys()) if is_there(folder / path)]
    if changed or removed:
        text = {path: files[path] for path in changed}
        if not folder.parent.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
        if not replace_whole(folder, text, removed, then):
            _replace(folder, text, removed, then)
    else:
        clear(folder, files)
        then()
    return Emitted(tuple(changed), tuple(removed))


def _owned(lock: Lock | None) -> set[str]:
    return set[str]() if lock is None else {*lock.files, FILE}


def _differs(path: Path, text: str) -> bool:
    have = content(path)
    return have is None or with_lf(have) != with_lf(text.encode())


def _refuse_foreign(folder: Path, lock: Lock | None, files: Mapping[str, str], changed: list[str]) -> None:
    """Raise SpecError for what is in the way and not the lock's, and for modules beside a client that is new here."""
    owned = _owned(lock)
    foreign = [path for path in changed if path not in owned and is_there(folder / path)]
    if lock is None:
        foreign += [path for path in unlisted(folder, files.keys()) if path not in foreign]
    hint = "choose another --out, or move it away"
    problems = [
        Problem(folder.name, f"/{path}", "a folder, where a file goes")
        if path in files and (folder / path).is_dir() and not (folder / path).is_symlink()
        else Problem(folder.name, f"/{path}", "exists and was not generated", _HINTS.get(path, hint))
        for path in foreign
    ]
    if problems:
        raise SpecError(problems)


def _replace(folder: Path, files: Mapping[str, str], removed: list[str], then: Callable[[], None]) -> None:
    """Replace files one by one. Files that could not be put back stay in the staging folder."""
    folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".groundwire-", dir=folder))
    done = False
    try:
        for path, text in files.items():
            staged = staging / "new" / path
            staged.parent.mkdir(parents=True, exist_ok=True)
            staged.write_bytes(text.encode())
        _swap(folder, staging, list(files), removed, then)
        done = True
    finally:
        old = [f"old/{path}" for path in (*files, *removed)] if done else []
        remove(staging, [*(f"new/{path}" for path in files), *old])


def _swap(
    folder: Path, staging: Path, written: list[str], removed: list[str], then: Callable[[], None]
) -> None:
    """Move staged files to their places, and what stood there aside; back again when that fails."""
    moved: list[tuple[Path, Path]] = []

    def move(source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
        moved.append((source, target))

    try:
        # The lock comes last: until it is there, the folder is known to be unfinished.
        for path in sorted((*written, *removed), key=lambda path: (path == FILE, path)):
            if is_there(folder / path):
                move(folder / path, staging / "old" / path)
            if path in written:
                move(staging / "new" / path, folder / path)
        then()
    except BaseException:
        for source, target in reversed(moved):
            target.replace(source)
        raise


def differences(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    """Yield a unified diff from what the folder holds to what it should hold. CRLF and LF are the same."""
    lock = lock_of(folder)
    paths = sorted({*files, *_owned(lock)})
    check_paths(folder, paths)
    for path in paths:
        data, want = content(folder / path), files.get(path)
        have = None if data is None else with_lf(data)
        if have == (None if want is None else want.encode()):
            continue
        names = (
            f"{folder.name}/{path}" if have is not None else "(absent)",
            f"generated/{path}" if want is not None else "(absent)",
        )
        lines = list(
            difflib.unified_diff(
                (have or b"").decode("utf-8", "replace").splitlines(),
                (want or "").splitlines(),
                *names,
                lineterm="",
            )
        )
        # Files that differ in line ends only, or an empty one that is absent, have no line to show.
        yield from (
            map(visible, lines)
            if lines
            else (
                f"--- {names[0]}",
                f"+++ {names[1]}",
                "(no line differs: line ends, or an empty file)",
            )
        )
