"""Write files atomically."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from .problem import Problem, SpecError
from .regular import read_bounded

_HINT: Final = "name the place that it leads to"
_LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a file that is kept to be put back."""


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` where `path` is, or leave what is there. Raises SpecError for a link or a pipe, and OSError."""
    check_target(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".groundwire-{secrets.token_hex(8)}")
    try:
        _stage(staged, data, path)
        staged.replace(path)
    except BaseException:
        staged.unlink(missing_ok=True)
        raise


@contextmanager
def replaced(contents: Mapping[Path, bytes]) -> Generator[Callable[[], None]]:
    """Files that are ready to take their places together when what is yielded is called; a file may be new.

    When the body fails before all are in place, all are what they were. A kill leaves at most files called
    `.NAME.groundwire`, which the next run takes away. Raises SpecError for a link or a pipe, and OSError.
    """
    for path in contents:
        check_target(path)
    after = {path.absolute(): data for path, data in contents.items()}
    before = {path: read_bounded(path, _LARGEST) if path.exists() else None for path in after}
    beside = {path: path.with_name(f".{path.name}.groundwire") for path in after}
    waiting = [path for path in after if after[path] != before[path]]
    folders = [path.parent for path in waiting if not path.parent.exists()]
    done = False

    def put() -> None:
        nonlocal done
        # Called again where it failed, it goes on.
        while waiting:
            beside[waiting[0]].replace(waiting[0])
            del waiting[0]
        done = True

    try:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        for path in waiting:
            _stage(beside[path], after[path], path)
        yield put
    except BaseException:
        if not done:
            for path, data in before.items():
                _restore(path, data)
        raise
    finally:
        for place in beside.values():
            place.unlink(missing_ok=True)
        for folder in folders if not done else ():
            with suppress(OSError):
                folder.rmdir()


def check_target(path: Path) -> None:
    """Raise SpecError unless this is a place to write to: no link on the way to it, no pipe, no device.

    The way starts behind the working directory, the repository or a folder of the root, whichever is nearest: links above
    belong to the machine, those below may come with a checkout.
    """
    place = path.absolute()
    for step in _steps(place):
        if step.is_symlink():
            where = "a link" if step == place else f"below a link, {step.name}"
            raise SpecError([Problem(str(path), "", f"{where}: nothing is written through it", _HINT)])
    if place.exists() and not place.is_file() and not place.is_dir():
        raise SpecError([Problem(path.name, "", "not a regular file", "name a file")])


def _steps(place: Path) -> list[Path]:
    """Return a path and its parents, from the last, as far as somebody who can change the checkout can change them."""
    way = [place, *place.parents]
    tops = [number for number, step in enumerate(way) if (step / ".git").exists()]
    ends = [tops[-1]] if tops else []
    if Path.cwd() in way:
        ends.append(way.index(Path.cwd()))
    return way[: min([*ends, max(len(way) - 2, 0)])]


def _stage(staged: Path, data: bytes, path: Path) -> None:
    """Write what goes to a path into a file beside it, safe on the disk."""
    if path.is_dir() and not path.is_symlink():
        raise IsADirectoryError(21, "a folder, where a file goes", str(path))
    staged.unlink(missing_ok=True)
    with staged.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    staged.chmod(_mode(path))


def _restore(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    elif path.read_bytes() != data:
        write_whole(path, data)


def _mode(path: Path) -> int:
    """The permissions of the file that is there, else what a new one gets."""
    try:
        return path.lstat().st_mode & 0o777 if not path.is_symlink() else 0o644
    except FileNotFoundError:
        return 0o644
