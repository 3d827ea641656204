"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` where `path` is, or leave what is there. A link is replaced, not followed. Raises OSError."""
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

    What a link leads to is replaced, and not the link. When the body fails before all are in place, all are what they were.
    A kill leaves at most files called `.NAME.groundwire`, which the next run takes away. Raises OSError.
    """
    after = {path.resolve(): data for path, data in contents.items()}
    before = {path: path.read_bytes() if path.exists() else None for path in after}
    beside = {path: path.with_name(f".{path.name}.groundwire") for path in after}
    waiting = [path for path in after if after[path] != before[path]]
    done = False

    def put() -> None:
        nonlocal done
        # Called again where it failed, it goes on.
        while waiting:
            beside[waiting[0]].replace(waiting[0])
            del waiting[0]
        done = True

    try:
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
