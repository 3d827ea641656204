"""Regular files of credentials, read within a bound: a pipe or a device would block a call, or never end."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

LIMIT: Final = 1024 * 1024
"""Bytes that a file of credentials, or of a subject token, may have."""
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_regular(path: Path, limit: int = LIMIT) -> bytes:
    """Return a file's bytes; links are followed. Raises OSError, also for a file that is not regular or too large."""
    check_regular(path, limit)
    # Opened without blocking: a pipe may have taken the file's place since.
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        _check(os.fstat(file.fileno()), limit)
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(None, f"larger than {limit} bytes")
    return data


def check_regular(path: Path, limit: int = LIMIT) -> None:
    """Raise OSError for a file that is missing, not regular, or too large, without opening it."""
    _check(path.stat(), limit)


def _check(status: os.stat_result, limit: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(21, "Is a directory")
    if not stat.S_ISREG(status.st_mode):
        raise OSError(None, "not a regular file")
    if status.st_size > limit:
        raise OSError(None, f"larger than {limit} bytes")
