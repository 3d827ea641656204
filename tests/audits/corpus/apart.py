"""One document in a process of many, which other documents follow."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from . import documents
from .examine import Examination, examine


def examine_one(name: str, folder: Path) -> Examination:
    """Examine one document in a process of many; an error is a fault. Its files stay only where their types are checked."""
    own = folder / name
    try:
        return examine(name, own)
    except Exception as error:  # noqa: BLE001 - the other documents have to be examined
        return Examination(name=name, faults=(f"{name}: {type(error).__name__}: {error}",))
    finally:
        _forget(own, keep=name in documents.CHOSEN)


def _forget(folder: Path, *, keep: bool) -> None:
    packages = {path.name for path in folder.iterdir()} if folder.is_dir() else set[str]()
    for module in [each for each in sys.modules if each.partition(".")[0] in packages]:
        del sys.modules[module]
    sys.path[:] = [each for each in sys.path if each != str(folder)]
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
