"""Emitting: the only stage that touches the output folder. Whole or not at all, and never outside it."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from attrs import frozen

from .exchange import clear, nothing, replace_whole
from .lock import FILE, MAX_BYTES, Lock, digest, read_lock
from .moved import moved_inputs
from .node import escape
from .problem import Problem, SpecError, visible

_PATH: Final = re.compile(
    r"(?:[A-Za-z_][A-Za-z0-9_]*/){0,7}(?:[A-Za-z_][A-Za-z0-9_]*\.py|py\.typed|groundwire\.lock)|description\.json|LICENSE|NOTICE",
    re.ASCII,
)
"""What files of a generated package are called, vendored parts included."""


@frozen
class Emitted:
    """What a run changed, by path."""

    written: tuple[str, ...]
    removed: tuple[str, ...]


def lock_of(folder: Path) -> Lock | None:
    """The lock of an output folder, or None where there is none. Raises SpecError when it cannot be read."""
    data = _content(folder / FILE, limit=MAX_BYTES)
    if data is None:
        return None
    try:
        return read_lock(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise SpecError([Problem(FILE, "", "not UTF-8", "restore it from version control")]) from None


def emit(folder: Path, files: Mapping[str, str], then: Callable[[], None] = nothing) -> Emitted:
    """Make `folder` hold `files`: write what changed, remove what an earlier run wrote and this one does not.

    A file that no earlier run wrote is never replaced. A run that fails leaves the old output as it was, and so does one
    that is killed where two folders can change places in one step. `then` is the last part of the run: the folder is what
    it was when that fails. Raises SpecError or OSError.
    """
    folder = folder.resolve()
    for path in files:
        _check_path(path)
    owned = _owned(folder)
    _check_inside(folder, {*files, *owned})
    changed = [path for path, text in sorted(files.items()) if _content(folder / path) != text.encode()]
    folders = [path for path in changed if (folder / path).is_dir() and not (folder / path).is_symlink()]
    if folders:
        raise SpecError(Problem(folder.name, f"/{path}", "a folder, where a file goes") for path in folders)
    foreign = [path for path in changed if path not in owned and os.path.lexists(folder / path)]
    if foreign:
        raise SpecError(
            Problem(
                folder.name,
                f"/{path}",
                "exists and was not generated",
                "choose another --out, or move it away",
            )
            for path in foreign
        )
    removed = [path for path in sorted(owned - files.keys()) if _is_removable(folder / path)]
    if changed or removed:
        text = {path: files[path] for path in changed}
        if not folder.parent.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
        if not replace_whole(folder, text, removed, then):
            _replace(folder, text, removed, then)
    else:
        clear(folder)
        then()
    return Emitted(tuple(changed), tuple(removed))


def _owned(folder: Path) -> set[str]:
    lock = lock_of(folder)
    if lock is None:
        return set()
    for path in lock.files:
        _check_path(path)
    return {*lock.files, FILE}


def _check_path(path: str) -> None:
    """Refuse a path that is not of a generated package: it could leave the folder, or be somebody's own file."""
    if not _PATH.fullmatch(path):
        raise SpecError([Problem(FILE, f"/files/{escape(path[:80])}", f"unsafe path {path[:80]!r}")])


def _check_inside(folder: Path, paths: Iterable[str]) -> None:
    """Refuse a folder below this one that is a link: what is written there would be written elsewhere."""
    parents = {str(parent) for path in paths for parent in PurePosixPath(path).parents}
    links = [parent for parent in sorted(parents - {"."}) if (folder / parent).is_symlink()]
    if links:
        raise SpecError(Problem(folder.name, f"/{link}", "a link out of the folder") for link in links)


def _content(path: Path, *, limit: int = -1) -> bytes | None:
    """A regular file's bytes; None for what is none. A link is never followed: it could lead anywhere."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        with path.open("rb") as file:
            data = file.read(limit + 1 if limit >= 0 else -1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if 0 <= limit < len(data):
        raise SpecError([Problem(path.name, "", f"larger than {limit} bytes")])
    return data


def _is_removable(path: Path) -> bool:
    return path.is_symlink() or path.is_file()


def _replace(folder: Path, files: Mapping[str, str], removed: list[str], then: Callable[[], None]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".groundwire-", dir=folder))
    try:
        for path, text in files.items():
            staged = staging / "new" / path
            staged.parent.mkdir(parents=True, exist_ok=True)
            staged.write_bytes(text.encode())
        _swap(folder, staging, list(files), removed, then)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


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
            if os.path.lexists(folder / path):
                move(folder / path, staging / "old" / path)
            if path in written:
                move(staging / "new" / path, folder / path)
        then()
    except BaseException:
        for source, target in reversed(moved):
            target.replace(source)
        raise


def unchanged(folder: Path, digests: Mapping[str, str]) -> bool:
    """Whether the lock says that these inputs gave exactly what the folder holds, and that nothing awaits a review.

    This is `check` without generating.
    """
    lock = lock_of(folder)
    if lock is None or moved_inputs(lock, digests) or lock.awaits_review:
        return False
    contents = contents_of(folder, lock)
    return all(
        content is not None and digest(content) == lock.files[path] for path, content in contents.items()
    )


def contents_of(folder: Path, lock: Lock) -> dict[str, bytes | None]:
    """What the folder holds at the paths of its lock. Raises SpecError for a path that leads outside."""
    for path in lock.files:
        _check_path(path)
    _check_inside(folder, lock.files)
    return {path: _content(folder / path) for path in lock.files}


def differences(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    """A unified diff from what the folder holds to what it should hold; nothing when they are the same."""
    paths = sorted({*files, *_owned(folder)})
    _check_inside(folder, paths)
    for path in paths:
        _check_path(path)
        have = _content(folder / path)
        want = files.get(path)
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
