"""One file, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` where `path` is, or leave what is there. A link is replaced, not followed. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        raise IsADirectoryError(21, "a folder, where a file goes", str(path))
    handle, name = tempfile.mkstemp(prefix=".groundwire-", dir=path.parent)
    staged = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        staged.chmod(_mode(path))
        staged.replace(path)
    except BaseException:
        staged.unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """The permissions of the file that is there, else what a new one gets."""
    try:
        return path.lstat().st_mode & 0o777 if not path.is_symlink() else 0o644
    except FileNotFoundError:
        return 0o644
