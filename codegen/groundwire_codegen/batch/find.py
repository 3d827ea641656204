"""Find the documents of folders, their overlays, and the package of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from keyword import iskeyword
from pathlib import Path, PurePosixPath
from typing import Final

from attrs import frozen

from ..inputs import DOCUMENT_BYTES, OVERLAY_BYTES, is_package_name, package_name, read_input
from ..problem import Problem, SpecError
from ..reader import names_a_format

ENDINGS: Final = (".json", ".yaml", ".yml")
"""The endings of documents."""
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9]+", re.ASCII)


@frozen
class Document:
    """A document, its overlay if it has one, and the package to write."""

    path: Path
    overlay: Path | None
    package: str
    size: int
    """Bytes of the document: the largest are generated first."""

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @property
    def folder(self) -> Path:
        """The package's folder, relative to the root of all."""
        return Path(*self.package.split("."))


@frozen
class Found:
    """The documents of a run, by package, and the files beside them that are not descriptions."""

    documents: tuple[Document, ...]
    left_out: tuple[Path, ...]


def find(places: Sequence[Path]) -> Found:
    """Return the documents of these folders, without their subfolders; a place may be a file too.

    `NAME.overlay.toml` beside `NAME.json` is its overlay. A link is a document by its own name. Raises SpecError for two
    documents of one package, and where there is no document at all; OSError for a place that cannot be read.
    """
    found: dict[Path, Document] = {}
    left_out: list[Path] = []
    for path, is_certain in _files(places):
        data = read_input(path, DOCUMENT_BYTES)
        if is_certain or names_a_format(data):
            found[path.parent.resolve() / path.name] = _document(path, len(data))
        else:
            left_out.append(path)
    documents = sorted(found.values(), key=lambda each: (each.package.lower(), str(each.path)))
    problems = [*_collisions(documents)]
    if not documents:
        names = ", ".join(str(place) for place in places)
        hint = f"a document ends in {', '.join(ENDINGS)}"
        problems.append(Problem("options", "/folder", f"no document in {names}", hint))
    if problems:
        raise SpecError(problems)
    return Found(tuple(documents), tuple(left_out))


def _files(places: Iterable[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield the files to look at, and True for those that were named one by one."""
    for place in places:
        if place.is_dir():
            yield from ((path, False) for path in sorted(place.iterdir()) if _may_be_document(path))
        else:
            yield place, True


def _may_be_document(path: Path) -> bool:
    return path.suffix in ENDINGS and not path.name.startswith(".") and path.is_file()


def _document(path: Path, size: int) -> Document:
    beside = path.with_suffix(".overlay.toml")
    overlay = beside if beside.is_file() else None
    package = package_of(path.stem)
    # An overlay with a fault is a failure of its document, which the build names.
    with suppress(SpecError, OSError):
        data = None if overlay is None else read_input(overlay, OVERLAY_BYTES)
        stated = package_name(None, data, package)
        package = stated if is_package_name(stated) else package
    return Document(path, overlay, package, size)


def package_of(stem: str) -> str:
    """Return the package of a document without a name in its overlay: `compute.v1` -> `compute_v1`."""
    name = _UNSAFE.sub("_", stem).strip("_").lower() or "client"
    name = f"n{name}" if name[0].isdigit() else name
    return f"{name}_" if iskeyword(name) else name


def _collisions(documents: Sequence[Document]) -> Iterator[Problem]:
    """Yield a problem for each document whose folder another one has, or is inside of; case does not count."""
    taken: dict[PurePosixPath, Document] = {}
    for document in documents:
        folder = PurePosixPath(*document.package.lower().split("."))
        other = next((taken[each] for each in (folder, *folder.parents) if each in taken), None)
        if other is not None:
            words = f"writes the package {document.package}, as {other.path} does"
            hint = f'name another in {document.name}.overlay.toml: package = "..."'
            yield Problem(str(document.path), "", words, hint)
        taken.setdefault(folder, document)
