"""Read regular files; report a pipe, a device or a file that is too large."""

from __future__ import annotations

from pathlib import Path

from groundwire_runtime.credential_files import NotRegularError, read_start

from .problem import Problem, SpecError


def read_regular(path: Path, limit: int) -> bytes:
    """Return the file's bytes, or `limit` + 1 of them if it is larger. Follows links.

    Raises SpecError for anything but a regular file, and OSError.
    """
    try:
        return read_start(path, limit + 1)
    except NotRegularError:
        raise SpecError([Problem(path.name, "", "not a regular file", "name a file")]) from None


def read_bounded(path: Path, limit: int) -> bytes:
    """Return the bytes of a regular file. Raises SpecError if it is larger than `limit` or not regular, and OSError."""
    data = read_regular(path, limit)
    if len(data) > limit:
        raise SpecError([Problem(path.name, "", f"larger than {limit} bytes")])
    return data
