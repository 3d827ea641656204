"""The sidecar of a fetched document: its URL and its ETag."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final, cast

from attrs import asdict, frozen

from ..lock import file_digest
from ..problem import SpecError
from ..read.source import MAX_BYTES
from ..regular import read_bounded

_ETAG: Final = re.compile(r'(?:W/)?"[!#-~]{0,200}"', re.ASCII)
_LARGEST: Final = 10_000


@frozen(kw_only=True)
class Sidecar:
    """The address, its ETag, the hash of the file that was written, and whether it has prose."""

    url: str
    etag: str
    sha256: str
    prose: bool

    def text(self) -> bytes:
        """The file's content."""
        return (json.dumps(asdict(self), indent=1, sort_keys=True) + "\n").encode()


def path_of(document: Path) -> Path:
    """Return the path of a document's sidecar."""
    return document.with_name(f"{document.name}.etag")


def known(document: Path, *, prose: bool) -> tuple[str, str]:
    """The address and the ETag of what is here; two empty texts when it was changed, or is another form."""
    said = _said(document)
    try:
        here = read_bounded(document, MAX_BYTES)
    except (OSError, SpecError):
        return "", ""
    url, etag = said.get("url"), said.get("etag")
    same = said.get("sha256") == file_digest(here) and said.get("prose") is prose
    if not same or not isinstance(url, str) or not isinstance(etag, str) or not _ETAG.fullmatch(etag):
        return "", ""
    return url, etag


def address(document: Path) -> str:
    """Return the address that a document's sidecar names, whatever the document is by now; empty when there is none."""
    url = _said(document).get("url")
    return url if isinstance(url, str) else ""


def _said(document: Path) -> dict[str, Any]:
    try:
        value: Any = json.loads(read_bounded(path_of(document), _LARGEST))
    except (OSError, ValueError, RecursionError, SpecError):
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def sidecar(url: str, etag: str, data: bytes, *, prose: bool) -> Sidecar | None:
    """Return the sidecar of a document that was written; None if the answer had no ETag."""
    if not _ETAG.fullmatch(etag):
        return None
    return Sidecar(url=url, etag=etag, sha256=file_digest(data), prose=prose)
