"""Style sheets and scripts that are inlined in a page, with their Content-Security-Policy hashes."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Final

from attrs import frozen


@frozen
class Asset:
    """The text of an inlined style sheet or script."""

    text: str

    @property
    def source(self) -> str:
        """The hash source of a Content-Security-Policy that admits this text."""
        digest = hashlib.sha256(self.text.encode("utf-8")).digest()
        return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def asset(path: Path) -> Asset:
    """Read an asset. Raises OSError."""
    return Asset(path.read_text(encoding="utf-8"))


STYLE: Final = asset(Path(__file__).parent / "style.css")
"""The style sheet of both pages."""
