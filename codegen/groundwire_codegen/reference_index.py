"""The index of the documents that `fetch` kept beside an OpenAPI document, in `<document name>.refs/`.

It comes with a checkout, so it is untrusted: it names files of its own folder alone, and what they must hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from attrs import asdict, field, frozen

from .lock import digest, file_digest
from .problem import Problem, SpecError, escape
from .read.source import MAX_BYTES
from .regular import read_bounded

FILE: Final = "index.json"
MAX_KEPT: Final = 4_000
MAX_INDEX: Final = 4 * 1024 * 1024
"""Bytes of the index."""
_SUFFIXES: Final = (".json", ".yaml", ".yml")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(?:\.[a-z]{1,5})?", re.ASCII)
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
ETAG: Final = re.compile(r'(?:(?:W/)?"[!#-~]{0,200}")?', re.ASCII)
_URL: Final = re.compile(r"https?://[!-~]{1,2000}", re.ASCII | re.IGNORECASE)
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9]+", re.ASCII)
_HINT: Final = "fetch it again"


@frozen(kw_only=True)
class Kept:
    """A document of the folder: its file's name, the SHA-256 of what it holds, and the ETag that it came with."""

    file: str
    sha256: str
    etag: str = ""


@frozen(kw_only=True)
class Index:
    """The documents of a folder by URI, and the URI that the document itself came from; empty for its place on disk."""

    base: str = ""
    files: Mapping[str, Kept] = field(factory=dict[str, Kept])

    def text(self) -> bytes:
        """The file's content."""
        return (json.dumps(asdict(self), indent=1, sort_keys=True) + "\n").encode()


def folder_of(document: Path) -> Path:
    """Return the folder of the documents that are kept beside a document."""
    return document.with_name(f"{document.name}.refs")


def name_of(uri: str) -> str:
    """Return the file name of a kept document: the end of its URI, and what tells it from others that end so."""
    path = uri.partition("?")[0]
    suffix = next((each for each in _SUFFIXES if path.lower().endswith(each)), "")
    stem = _UNSAFE.sub("-", path.rpartition("/")[2][: len(path) - len(suffix)].removesuffix(suffix)).strip(
        "-"
    )[:60]
    return f"{stem or 'document'}-{digest(uri)[:12]}{suffix}"


def read_index(folder: Path) -> Index | None:
    """Return the index of a folder; None where there is no folder. Raises SpecError for a link or a fault, and OSError."""
    path = folder / FILE
    where = f"{folder.name}/{FILE}"
    if folder.is_symlink() or path.is_symlink():
        raise SpecError([Problem(where, "", "a link: what is kept is a regular file", _HINT)])
    try:
        value: Any = json.loads(read_bounded(path, MAX_INDEX))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, RecursionError):
        raise SpecError([Problem(where, "", "not JSON", _HINT)]) from None
    root = _members(value, where, "", {"base", "files"})
    base, files = root["base"], root["files"]
    if not isinstance(base, str) or (base and not _is_uri(base)):
        raise SpecError([Problem(where, "/base", "expected a URL or a path", _HINT)])
    if not isinstance(files, dict) or len(cast("dict[str, Any]", files)) > MAX_KEPT:
        raise SpecError([Problem(where, "/files", f"expected an object of at most {MAX_KEPT} files", _HINT)])
    kept = {uri: _kept(uri, each, where) for uri, each in cast("dict[str, Any]", files).items()}
    return Index(base=base, files=kept)


def _kept(uri: str, value: Any, where: str) -> Kept:
    pointer = f"/files/{escape(uri[:80])}"
    if not _is_uri(uri):
        raise SpecError([Problem(where, pointer, "expected a URL of http or https, or a path", _HINT)])
    members = _members(value, where, pointer, {"etag", "file", "sha256"})
    for key, shape in (("etag", ETAG), ("file", _NAME), ("sha256", _SHA256)):
        text = members[key]
        if not isinstance(text, str) or not shape.fullmatch(text) or text == FILE:
            words = f"unsafe name {str(text)[:80]!r}" if key == "file" else f"no {key}"
            raise SpecError([Problem(where, f"{pointer}/{key}", words, _HINT)])
    return Kept(**members)


def _members(value: Any, where: str, pointer: str, keys: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or cast("dict[str, Any]", value).keys() != keys:
        words = f"expected an object with {', '.join(sorted(keys))}"
        raise SpecError([Problem(where, pointer, words, _HINT)])
    return cast("dict[str, Any]", value)


def _is_uri(uri: str) -> bool:
    if _URL.fullmatch(uri):
        return True
    return (
        uri.isprintable()
        and len(uri) <= 2_000
        and ":" not in uri
        and ".." not in uri.split("/")
        and uri[:1] != "/"
    )


def read_kept(folder: Path, kept: Kept) -> bytes:
    """Return the bytes of a kept document. Raises SpecError when it is a link, gone, or not what was fetched, and OSError."""
    path = folder / kept.file
    where = f"{folder.name}/{kept.file}"
    if path.is_symlink():
        raise SpecError([Problem(where, "", "a link: what is kept is a regular file", _HINT)])
    try:
        data = read_bounded(path, MAX_BYTES)
    except FileNotFoundError:
        raise SpecError([Problem(where, "", "is gone", _HINT)]) from None
    if file_digest(data) != kept.sha256:
        raise SpecError([Problem(where, "", "is not what was fetched: its hash is another", _HINT)])
    return data
