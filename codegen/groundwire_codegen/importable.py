"""Find files in a generated folder that Python or a type checker would load, and links, that its lock does not list.

A package beside a module of the same name, a stub, a compiled file: each can replace generated code without changing it.
A link brings files from elsewhere into a copy of the folder, a wheel or an image.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Collection, Iterator
from functools import cache
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final

from .regular import read_regular

_SUFFIXES: Final = (".py", ".pyw", ".pyc", ".pyi", ".so", ".pyd", ".dll", ".dylib", ".fwork", ".pth")
"""Of importlib.machinery on all systems, of type checkers, and of site."""
_CACHE: Final = "__pycache__"
_HEADER: Final = 16
"""Bytes before the code of a .pyc: magic, flags, then the time and size of its source, or its hash (PEP 552)."""
_SECONDS: Final = 60


def unlisted(folder: Path, listed: Collection[str]) -> Iterator[str]:
    """Yield the paths of importable files and of links that are not in `listed`; of a subfolder with no listed file, one.

    Other names that start with a dot cannot be imported, nor can what is below them. A .pyc in `__pycache__` counts if git tracks it, or if it is used
    whatever the time of its source: a normal run leaves neither.
    """
    parents = {str(parent) for path in listed for parent in PurePosixPath(path).parents}
    tracked = cache(lambda: _tracked(folder))

    def walk(below: str, *, in_cache: bool) -> Iterator[str]:
        for entry in sorted(os.scandir(folder / below), key=lambda entry: entry.name):
            path = f"{below}{entry.name}"
            if path in listed or (entry.name.startswith(".") and not entry.is_symlink()):
                continue
            if entry.is_dir(follow_symlinks=False):
                found = walk(f"{path}/", in_cache=entry.name == _CACHE)
                yield from found if path in parents or entry.name == _CACHE else islice(found, 1)
            elif entry.is_symlink() or (
                entry.name.lower().endswith(_SUFFIXES) and (not in_cache or _is_suspect(entry, path, tracked))
            ):
                yield path

    if folder.is_dir():
        yield from walk("", in_cache=False)


def _is_suspect(entry: os.DirEntry[str], path: str, tracked: Callable[[], Collection[str]]) -> bool:
    if not entry.name.lower().endswith(".pyc") or not entry.is_file(follow_symlinks=False):
        return True
    flags = read_regular(Path(entry.path), _HEADER)[4:8]
    return any(flags) or path in tracked()


def _tracked(folder: Path) -> frozenset[str]:
    """Return the files below a folder that are in git's index; none without git or a repository."""
    git = shutil.which("git")
    if git is None:
        return frozenset()
    # A hook's GIT_DIR and GIT_INDEX_FILE are relative to another folder; the owner of a checkout may be another user in CI.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = [git, "-c", "core.fsmonitor=false", "-c", "safe.directory=*", "ls-files", "-z"]
    done = subprocess.run(  # noqa: S603 - git, with arguments of ours
        command, cwd=folder, env=environment, capture_output=True, timeout=_SECONDS, check=False
    )
    return frozenset(os.fsdecode(done.stdout).split("\0")) if done.returncode == 0 else frozenset()
