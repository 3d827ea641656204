"""The vector files: read from the folder that GROUNDWIRE_VECTORS names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..outside import FOLDER, needed

__all__ = ["FOLDER", "cases", "document", "needed"]


def document(name: str) -> dict[str, Any]:
    """A vector file, whole; empty when there is no folder."""
    if FOLDER is None:
        return {}
    found: dict[str, Any] = json.loads((Path(FOLDER) / "vectors" / name).read_text("utf-8"))
    return found


def cases(name: str, key: str = "cases") -> list[dict[str, Any]]:
    """The cases of a vector file; none when there is no folder."""
    return document(name).get(key, [])
