"""An OpenAPI document that is kept as it came, with the documents that it refers to beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from ..inputs import DOCUMENT_BYTES
from ..lock import file_digest, with_lf
from ..problem import Problem, SpecError
from ..read.text import read_text
from ..reader import is_openapi, read_draft
from ..reference_index import ETAG, FILE, Index, Kept, folder_of, name_of, read_index, read_kept
from ..references import References, is_url, path_below, read_below
from ..regular import read_bounded
from .https import SECONDS, Brought
from .references import Fetched, Known, bring_references
from .sidecar import path_of, sidecar

if TYPE_CHECKING:
    from groundwire_runtime.http import Transport

PROSE: Final = True
"""The mark of a document that is kept as it came, descriptions too."""


@frozen(kw_only=True)
class Kit:
    """A document with what it refers to: the files to write, the document last, and those of the last time that go."""

    body: bytes
    references: References
    contents: Mapping[Path, bytes]
    stale: tuple[Path, ...] = ()
    absent: tuple[Problem, ...] = ()
    """References that are nowhere, which stop nothing here."""

    @property
    def changed(self) -> dict[Path, bytes]:
        """The files that are not here as they are to be; line ends of a checkout are no difference."""
        return {path: data for path, data in self.contents.items() if not _is_here(path, data)}


def is_kept(path: Path) -> bool:
    """Return True if a file is here and is an OpenAPI document."""
    try:
        return is_openapi(read_bounded(path, DOCUMENT_BYTES))
    except (OSError, SpecError):
        return False


def kit(
    found: Brought,
    source: str,
    out: Path,
    *,
    allow_hosts: tuple[str, ...],
    root: Path | None = None,
    transport: Transport | None = None,
    seconds: float = SECONDS,
) -> Kit:
    """Return a document that was brought from `source`, with what it refers to, as files at `out` and beside it.

    `root` is the folder that bounds the references of a document that is a file. Raises SpecError and OSError.
    """
    name = found.url or source
    body = read_bounded(out, DOCUMENT_BYTES) if found.body is None else found.body
    value = read_text(body, name).value
    top = None if found.url else Path(source).parent if root is None else root
    base = found.place if top is None else path_below(Path(source), top)
    before = _index(out)
    fetched = bring_references(
        value,
        base,
        local=lambda uri: None if top is None else read_below(top, uri),
        allow_hosts=allow_hosts,
        known=_known(out, before),
        transport=transport,
        seconds=seconds,
    )
    references = fetched.references
    read_draft(body, source=name, references=references.contents, base=base)
    stays = top is not None and Path(source).resolve() == out.resolve()
    kept, index = _kept(out, fetched, in_place=stays)
    contents = {**kept}
    folder = folder_of(out)
    if kept:
        contents[folder / FILE] = index.text()
    beside = sidecar(found.url, found.etag, body, prose=PROSE) if found.url else None
    if beside is not None:
        contents[path_of(out)] = beside.text()
    contents[out] = body
    listed = {folder / each.file for each in before.files.values()} | {folder / FILE}
    return Kit(
        body=body,
        references=references,
        contents=contents,
        stale=tuple(sorted(listed - contents.keys())),
        absent=fetched.absent,
    )


def remove_stale(paths: Iterable[Path]) -> None:
    """Remove the files that no reference names any more, and their folder when it is empty then."""
    paths = [*paths]
    for path in paths:
        if path.is_file() or path.is_symlink():
            path.unlink()
    for folder in {path.parent for path in paths}:
        with suppress(OSError):
            folder.rmdir()


def _index(out: Path) -> Index:
    """Return the index that is here; an empty one where it cannot be read, since all is fetched then."""
    try:
        return read_index(folder_of(out)) or Index()
    except SpecError:
        return Index()


def _known(out: Path, index: Index) -> dict[str, Known]:
    """Return the documents that are here as they were fetched."""
    found: dict[str, Known] = {}
    for uri, kept in index.files.items():
        with suppress(SpecError, OSError):
            found[uri] = Known(read_kept(folder_of(out), kept), kept.etag)
    return found


def _kept(out: Path, fetched: Fetched, *, in_place: bool) -> tuple[dict[Path, bytes], Index]:
    """Return the files of the documents that are kept beside `out`, and their index.

    Those that a document in place refers to by path are where they belong already.
    """
    base = "" if in_place else fetched.references.base
    contents: dict[Path, bytes] = {}
    files: dict[str, Kept] = {}
    for uri, data in fetched.references.contents.items():
        if in_place and not is_url(uri):
            continue
        etag = fetched.etags.get(uri, "")
        kept = Kept(file=name_of(uri), sha256=file_digest(data), etag=etag if ETAG.fullmatch(etag) else "")
        contents[folder_of(out) / kept.file] = data
        files[uri] = kept
    return contents, Index(base=base, files=files)


def _is_here(path: Path, data: bytes) -> bool:
    try:
        return not path.is_symlink() and with_lf(read_bounded(path, DOCUMENT_BYTES)) == with_lf(data)
    except (OSError, SpecError):
        return False
