"""Read the media upload and download of a method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...ir import Media
from ..cursor import Cursor, Vocabulary

_UPLOAD: Final[Vocabulary] = {"accept": Cursor.texts, "maxSize": Cursor.text, "protocols": Cursor.child}


def read_media(said: Mapping[str, Any]) -> Media | None:
    """Return what a method says of media; None for a method without any."""
    upload, download = bool(said.get("supportsMediaUpload")), bool(said.get("supportsMediaDownload"))
    if not upload and not download:
        return None
    stated: Cursor | None = said.get("mediaUpload")
    facts = {} if stated is None else stated.read(_UPLOAD)
    protocols: Cursor | None = facts.get("protocols")
    return Media(
        simple=_path(protocols, "simple"),
        resumable=_path(protocols, "resumable"),
        max_size=facts.get("maxSize"),
        accept=facts.get("accept") or (),
        upload=upload,
        download=download,
    )


def _path(protocols: Cursor | None, name: str) -> str | None:
    found = None if protocols is None else protocols.child(name)
    return None if found is None else found.text("path")
