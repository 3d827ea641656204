"""The style and the script of the page, each with the hash by which a browser admits it."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import Final

from attrs import frozen


@frozen
class Asset:
    """A file that stands inside the page."""

    text: str

    @property
    def source(self) -> str:
        """What a Content-Security-Policy calls it."""
        digest = hashlib.sha256(self.text.encode("utf-8")).digest()
        return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _read(name: str) -> Asset:
    return Asset(resources.files(__package__ or "").joinpath(name).read_text(encoding="utf-8"))


STYLE: Final = _read("page.css")
SCRIPT: Final = _read("page.js")
