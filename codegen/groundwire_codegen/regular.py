"""Regular files, read within a bound: a pipe or a device would block a run, or never end."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from .problem import Problem, SpecError

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_regular(path: Path, limit: int) -> bytes:
    """Return the file's bytes, or `limit` + 1 of them if it is larger. Follows links.

    Raises SpecError for anything but a regular file, and OSError.
    """
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    if not stat.S_ISREG(path.stat().st_mode):
        raise SpecError([Problem(path.name, "", "not a regular file", "name a file")])
    # Opened without blocking: a pipe may have taken the file's place since.
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise SpecError([Problem(path.name, "", "not a regular file", "name a file")])
        return file.read(limit + 1)


def read_bounded(path: Path, limit: int) -> bytes:
    """Return the bytes of a regular file. Raises SpecError if it is larger than `limit` or not regular, and OSError."""
    data = read_regular(path, limit)
    if len(data) > limit:
        raise SpecError([Problem(path.name, "", f"larger than {limit} bytes")])
    return data
