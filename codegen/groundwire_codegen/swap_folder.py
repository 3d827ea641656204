"""Replace a folder's contents atomically where the OS supports it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from .folder import content, has_our_first_line, lock_of
from .lock import FILE, Lock, file_digest
from .problem import SpecError

_HERE: Final = -100
"""AT_FDCWD: paths are from where the process is."""
_SWAP: Final = 2
"""RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS."""


def nothing() -> None:
    """Do nothing more."""


def replace_whole(
    folder: Path, files: Mapping[str, str], removed: Sequence[str], then: Callable[[], None] = nothing
) -> bool:
    """Write and remove files of a folder in one step; False, and nothing done, where that cannot be.

    The next state is built beside the folder, what stays in it as links to the same files, and the two change places.
    `then` runs right after that step, which is taken back when it fails.
    """
    # A process that is inside would be left in the old folder.
    if Path.cwd().is_relative_to(folder):
        return False
    try:
        with _alone(folder.parent):
            return _replace(folder, _beside(folder), files, removed, then)
    except OSError:
        return False


def clear(folder: Path, files: Iterable[str]) -> None:
    """Remove what a run that was killed left beside a folder; `files` are the paths that this run writes."""
    if _beside(folder).exists():
        with _alone(folder.parent):
            _clear(folder, files)


def remove(staging: Path, paths: Iterable[str]) -> None:
    """Remove these files of a staging folder, and the folders that are empty then; all else stays.

    The lock goes last: after a kill, it says which of the others are generated.
    """
    if not staging.exists():
        return
    for path in sorted(paths, key=lambda path: (path == FILE, path)):
        with suppress(OSError):
            (staging / path).unlink()
    for place, _, _ in os.walk(staging, topdown=False):
        with suppress(OSError):
            Path(place).rmdir()


def _clear(folder: Path, files: Iterable[str]) -> None:
    """Remove the files of a staging folder that a run wrote or linked there: by path, first line, hash, or as the same file."""
    staging, written = _beside(folder), {*files, FILE}
    if staging.is_symlink():
        return
    try:
        lock = lock_of(staging)
    except SpecError:
        lock = None  # A kill cut it off.
    hashes = (lock or Lock()).files

    def is_ours(path: str) -> bool:
        if path in written or _is_same(staging / path, folder / path):
            return True
        data = content(staging / path)
        return data is not None and (has_our_first_line(data) or file_digest(data) == hashes.get(path))

    left = [path.relative_to(staging).as_posix() for path in staging.rglob("*")]
    remove(staging, [path for path in left if is_ours(path)])


def _is_same(one: Path, other: Path) -> bool:
    try:
        return os.path.samestat(one.lstat(), other.lstat())
    except OSError:
        return False


def _beside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.groundwire")


def _replace(
    folder: Path,
    staging: Path,
    files: Mapping[str, str],
    removed: Sequence[str],
    then: Callable[[], None],
) -> bool:
    # One is there when a run was killed: either state that was not in place. With files of others in it, it stays.
    _clear(folder, (*files, *removed))
    staging.mkdir()
    done = False
    stays: set[str] = set()
    try:
        _link(folder, staging, stays)
        for path in stays.intersection((*removed, *files)):
            (staging / path).unlink()
        for below in {(staging / path).parent for path in files}:
            below.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            (staging / path).write_bytes(text.encode())
        if folder.exists():
            done = _exchange(staging, folder)
        else:
            staging.rename(folder)
            done = True
        if done:
            _finish(staging, folder, then)
            _rescue(staging, folder, stays)
    finally:
        remove(staging, {*stays, *files, *removed})
    return done


def _finish(old: Path, new: Path, then: Callable[[], None]) -> None:
    try:
        then()
    except BaseException:
        if not _exchange(old, new):
            new.rename(old)
        raise


@contextmanager
def _alone(parent: Path) -> Generator[None]:
    """Hold off other runs in the same place; the system lets go when this one dies."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    place = os.open(parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)


def _link(source: Path, target: Path, stays: set[str]) -> None:
    """Fill a folder with the same files as another, and add them to `stays`. A link stays a link."""
    if not source.exists():
        return
    shutil.copymode(source, target)
    waiting = [""]
    while waiting:
        below = waiting.pop()
        for entry in os.scandir(source / below):
            path = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                (target / path).mkdir()
                shutil.copymode(entry.path, target / path)
                waiting.append(f"{path}/")
            else:
                stays.add(path)
                os.link(entry.path, target / path, follow_symlinks=False)


def _rescue(old: Path, new: Path, known: Set[str]) -> None:
    """Keep what somebody put into the old folder after it was looked at."""
    for path in sorted(old.rglob("*")):
        kept = path.relative_to(old).as_posix()
        if kept not in known and not path.is_dir() and not os.path.lexists(new / kept):
            (new / kept).parent.mkdir(parents=True, exist_ok=True)
            path.rename(new / kept)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places, and say whether they did."""
    if sys.platform == "win32":
        return False
    # Only a run that writes pays for the import.
    import ctypes

    library = ctypes.CDLL(None)
    first, second = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            return int(library.renamex_np(first, second, _SWAP)) == 0
        return int(library.renameat2(_HERE, first, _HERE, second, _SWAP)) == 0
    except AttributeError:
        return False
