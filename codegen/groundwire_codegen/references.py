"""The other documents that an OpenAPI document on disk refers to, collected without the network.

A relative reference is a regular file below the document's folder, or below `--root`; a URL is a file that `fetch` kept in
`<document name>.refs`. What is missing is left out: the reader refuses it where it is needed.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

from attrs import field, frozen

from .problem import Problem, SpecError
from .read.source import MAX_BYTES
from .read.text import read_text
from .reference_index import Index, folder_of, read_index, read_kept
from .regular import read_bounded

MAX_FILES: Final = 4_000
"""Other documents of one document."""
MAX_TOTAL: Final = 64 * 1024 * 1024
"""Bytes of all of them."""
MAX_LENGTH: Final = 2_000
"""Characters of a URI; a longer one names nothing that is read."""
_EXTERNAL: Final = re.compile(rb"\$ref[\"']?\s*:\s*[\"']?[^\"'#\s]")
_ESCAPED: Final = (b"\\u0024", b"\\x24")
"""The dollar sign of a `$ref` as JSON and YAML may write it too."""
_OWN_PIPES: Final = Path("/dev/fd")


@frozen
class References:
    """Documents by URI, and the URI of the document that refers to them; `missing` says where each that lacks is named."""

    base: str = ""
    contents: Mapping[str, bytes] = field(factory=dict[str, bytes])
    missing: Mapping[str, Problem] = field(factory=dict[str, Problem])


Bring = Callable[[str], bytes | None]


def read_references(document: Path, data: bytes, root: Path | None = None) -> References:
    """Return what a document refers to, from the disk alone; `data` is its text, `root` the folder that bounds references.

    Raises SpecError for a link, for what is no regular file, for too many or too large files, for a kept file that is
    not what was fetched, and for a document outside of `root`; OSError.
    """
    value = openapi_value(data)
    if value is None or document.parent == _OWN_PIPES:
        return References()
    top = document.parent if root is None else root
    path = path_below(document, top)
    index = read_index(folder_of(document)) or Index()

    def bring(uri: str) -> bytes | None:
        kept = index.files.get(uri)
        if kept is not None:
            return read_kept(folder_of(document), kept)
        return None if index.base or is_url(uri) else read_below(top, uri)

    return collect(value, index.base or path, bring)


def openapi_value(data: bytes) -> dict[str, Any] | None:
    """Return the value of an OpenAPI document that may refer to others; None for any other text."""
    if not _may_refer(data):
        return None
    try:
        value = read_text(data, "document").value
    except SpecError:
        return None
    return value if "openapi" in value else None


def _may_refer(data: bytes) -> bool:
    """Return True for a text with a reference to another document, perhaps; nothing else is parsed."""
    return _EXTERNAL.search(data) is not None or any(each in data for each in _ESCAPED)


def is_document(data: bytes, source: str) -> bool:
    """Return True for a text that can be read, JSON or YAML."""
    return _value(data, source) is not None


def path_below(document: Path, root: Path) -> str:
    """Return the path of a document below a folder, with `/`. Raises SpecError when it is elsewhere."""
    try:
        path = Path(os.path.abspath(document)).relative_to(os.path.abspath(root))  # noqa: PTH100 - links stay
    except ValueError:
        words = f"{document} is not below {root}"
        raise SpecError([Problem("options", "/root", words, "name a folder above the document")]) from None
    return path.as_posix()


def is_url(uri: str) -> bool:
    """Return True for a URI with a scheme; False for a path."""
    try:
        return bool(urlsplit(uri).scheme)
    except ValueError:
        return True


def read_below(root: Path, path: str) -> bytes | None:
    """Return the bytes of a file below a folder, None when there is none. Raises SpecError for a link or what is no file."""
    place = root
    for name in path.split("/"):
        place /= name
        if place.is_symlink():
            words = "a link: what a reference names is a regular file"
            raise SpecError([Problem(path, "", words, "put the file itself there")])
    try:
        return read_bounded(place, MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError:
        raise SpecError([Problem(path, "", "a folder, where a reference names a file")]) from None
    except ValueError:
        return None


def collect(
    document: Mapping[str, Any],
    base: str,
    bring: Bring,
    *,
    max_files: int = MAX_FILES,
    max_total: int = MAX_TOTAL,
) -> References:
    """Follow the references of a document through all documents that `bring` has. Raises SpecError beyond a limit, and what `bring` raises."""
    found: dict[str, bytes] = {}
    missing: dict[str, Problem] = {}
    total = 0
    waiting: deque[tuple[str, Any]] = deque([(base, document)])
    while waiting:
        source, value = waiting.popleft()
        for pointer, ref in external_refs(value):
            uri = resolved(source, ref)
            if uri is None or uri == base or uri in found or uri in missing:
                continue
            place = Problem(source, pointer, f"refers to {uri[:200]}")
            if len(found) + len(missing) >= max_files:
                raise _refused(place, f"more than {max_files} other documents are referred to")
            data = bring(uri)
            if data is None:
                missing[uri] = place
                continue
            total += len(data)
            if total > max_total:
                raise _refused(place, f"the documents that are referred to have more than {max_total} bytes")
            found[uri] = data
            if _may_refer(data):
                waiting.append((uri, _value(data, uri)))
    return References(base, found, missing)


def _refused(place: Problem, message: str) -> SpecError:
    return SpecError([Problem(place.source, place.pointer, message)])


def _value(data: bytes, source: str) -> Any:
    """Return the value of a text; None for one that is no document, which the reader refuses where it is needed."""
    try:
        return read_text(data, source).value
    except SpecError:
        return None


def external_refs(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the place (a JSON pointer) and the text of each `$ref` that leads to another document, in the document's order."""
    # A Discovery document refers to no other, and does without the reader of OpenAPI.
    from .read.openapi.nodes import objects_of

    for pointer, members in objects_of(value):
        ref = members.get("$ref")
        if isinstance(ref, str) and ref and not ref.startswith("#"):
            yield f"{pointer}/$ref", ref


def resolved(base: str, ref: str) -> str | None:
    """Return the URI of the document that a reference names, as the reader resolves it; None for one that names none.

    It is a URL, or a path below the folder that bounds references, with `/` and without `..`.
    """
    uri = ref.partition("#")[0]
    if not uri or len(uri) > MAX_LENGTH or not uri.isprintable():
        return None
    try:
        if urlsplit(uri).scheme or urlsplit(base).scheme:
            return urljoin(base, uri)
    except ValueError:
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(uri)))
    if path.startswith(("/", "..")) or "\\" in path or not path.isprintable():
        return None
    return path
