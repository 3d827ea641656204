"""Read regular files within a size limit; refuse pipes and devices."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

LIMIT: Final = 1024 * 1024
"""Bytes that a file of credentials, or of a subject token, may have."""
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class NotRegularError(OSError):
    """A pipe, a device or a socket in the place of a file."""


def read_start(path: Path, size: int) -> bytes:
    """Return at most `size` bytes from the start of a file; links are followed. Raises OSError, NotRegularError among them."""
    _check_kind(path.stat(), path)
    # Opened without blocking: a pipe may have taken the file's place since.
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        _check_kind(os.fstat(file.fileno()), path)
        return file.read(size)


def read_regular(path: Path, limit: int = LIMIT) -> bytes:
    """Return the bytes of a file. Raises OSError, also for a file that is not regular, or too large."""
    data = read_start(path, limit + 1)
    _check_size(len(data), limit)
    return data


def check_regular(path: Path, limit: int = LIMIT) -> None:
    """Raise OSError for a file that is missing, not regular, or too large, without opening it."""
    status = path.stat()
    _check_kind(status, path)
    _check_size(status.st_size, limit)


def _check_kind(status: os.stat_result, path: Path) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise NotRegularError(None, "not a regular file")


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise OSError(None, f"larger than {limit} bytes")
