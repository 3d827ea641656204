"""Styles and scripts that stand inside a page, each with the hash by which a browser admits it."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from attrs import frozen


@frozen
class Asset:
    """A file that stands inside a page."""

    text: str

    @property
    def source(self) -> str:
        """What a Content-Security-Policy calls it."""
        digest = hashlib.sha256(self.text.encode("utf-8")).digest()
        return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def asset(path: Path) -> Asset:
    """The asset that a file holds. Raises OSError."""
    return Asset(path.read_text(encoding="utf-8"))
