"""A folder's next state takes its place in one step, where the system can: no moment, and no kill, shows half of it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

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


def clear(folder: Path) -> None:
    """Take away what a run that was killed left beside a folder."""
    if _beside(folder).exists():
        with _alone(folder.parent):
            shutil.rmtree(_beside(folder), ignore_errors=True)


def _beside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.groundwire")


def _replace(
    folder: Path,
    staging: Path,
    files: Mapping[str, str],
    removed: Sequence[str],
    then: Callable[[], None],
) -> bool:
    # One is there when a run was killed: either state that was not in place.
    shutil.rmtree(staging, ignore_errors=True)
    done = False
    try:
        stays = _linked(folder, staging)
        for path in (*removed, *files):
            (staging / path).unlink(missing_ok=True)
        for path, text in files.items():
            (staging / path).parent.mkdir(parents=True, exist_ok=True)
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
        shutil.rmtree(staging, ignore_errors=True)
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


def _linked(source: Path, target: Path) -> frozenset[str]:
    """Make a folder with the same files as another, and say which. A link stays a link."""
    target.mkdir()
    if not source.exists():
        return frozenset()
    shutil.copymode(source, target)
    stays: set[str] = set()
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
                os.link(entry.path, target / path, follow_symlinks=False)
                stays.add(path)
    return frozenset(stays)


def _rescue(old: Path, new: Path, known: frozenset[str]) -> None:
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
