"""Emitting: the only stage that touches the output folder. Whole or not at all, and never outside it."""

from __future__ import annotations

import difflib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from attrs import frozen

from .lock import FILE, Lock, digest, read_lock
from .problem import Problem, SpecError

_PARTS: Final = 8
"""Folders that a generated path may nest."""


@frozen
class Emitted:
    """What a run changed, by path."""

    written: tuple[str, ...]
    removed: tuple[str, ...]


def lock_of(folder: Path) -> Lock | None:
    """The lock of an output folder, or None where there is none. Raises SpecError when it cannot be read."""
    try:
        return read_lock((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise SpecError([Problem(FILE, "", "not UTF-8", "restore it from version control")]) from None


def emit(folder: Path, files: Mapping[str, str]) -> Emitted:
    """Make `folder` hold `files`: write what changed, remove what an earlier run wrote and this one does not.

    A file that no earlier run wrote is never replaced. Everything is staged inside the folder first, so that a
    failure leaves the old output as it was. Raises SpecError or OSError.
    """
    for path in files:
        _check_path(path)
    owned = _owned(folder)
    _check_inside(folder, {*files, *owned})
    changed = [path for path, text in sorted(files.items()) if _content(folder / path) != text.encode()]
    foreign = [path for path in changed if path not in owned and _content(folder / path) is not None]
    if foreign:
        raise SpecError(
            Problem(
                str(folder.name),
                f"/{path}",
                "exists and was not generated",
                "choose another --out, or move it away",
            )
            for path in foreign
        )
    removed = [path for path in sorted(owned - files.keys()) if (folder / path).is_file()]
    if changed or removed:
        _replace(folder, {path: files[path] for path in changed}, removed)
    return Emitted(tuple(changed), tuple(removed))


def _owned(folder: Path) -> set[str]:
    lock = lock_of(folder)
    if lock is None:
        return set()
    for path in lock.files:
        _check_path(path)
    return {*lock.files, FILE}


def _check_path(path: str) -> None:
    """Refuse a path that could leave the folder."""
    parts = PurePosixPath(path).parts
    odd = any(part in ("..", ".") or "\\" in part or ":" in part or not part.isprintable() for part in parts)
    if odd or not parts or path.startswith("/") or len(parts) > _PARTS:
        raise SpecError([Problem(FILE, "/files", f"unsafe path {path[:80]!r}")])


def _check_inside(folder: Path, paths: Iterable[str]) -> None:
    """Refuse a folder below this one that is a link: what is written there would be written elsewhere."""
    parents = {str(parent) for path in paths for parent in PurePosixPath(path).parents}
    links = [parent for parent in sorted(parents - {"."}) if (folder / parent).is_symlink()]
    if links:
        raise SpecError(Problem(str(folder.name), f"/{link}", "a link out of the folder") for link in links)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _replace(folder: Path, files: Mapping[str, str], removed: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".groundwire-", dir=folder))
    try:
        for path, text in files.items():
            staged = staging / path
            staged.parent.mkdir(parents=True, exist_ok=True)
            staged.write_bytes(text.encode())
        # The lock comes last: until it is there, the folder is known to be unfinished.
        for path in sorted(files, key=lambda path: (path == FILE, path)):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            (staging / path).replace(target)
        for path in removed:
            (folder / path).unlink()
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def unchanged(folder: Path, digests: Mapping[str, str]) -> bool:
    """Whether the lock says that these inputs gave exactly what the folder holds: `check` without generating."""
    lock = lock_of(folder)
    if lock is None or dict(lock.inputs) != dict(digests):
        return False
    contents = {path: _content(folder / path) for path in lock.files}
    return all(
        content is not None and digest(content) == lock.files[path] for path, content in contents.items()
    )


def differences(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    """A unified diff from what the folder holds to what it should hold; nothing when they are the same."""
    for path in sorted({*files, *_owned(folder)}):
        _check_path(path)
        have = _content(folder / path)
        want = files.get(path)
        if have == (None if want is None else want.encode()):
            continue
        names = (
            f"{folder.name}/{path}" if have is not None else "(absent)",
            f"generated/{path}" if want is not None else "(absent)",
        )
        lines = list(
            difflib.unified_diff(
                (have or b"").decode("utf-8", "replace").splitlines(),
                (want or "").splitlines(),
                *names,
                lineterm="",
            )
        )
        # Files that differ in line ends only, or an empty one that is absent, have no line to show.
        yield from lines or (
            f"--- {names[0]}",
            f"+++ {names[1]}",
            "(no line differs: line ends, or an empty file)",
        )
