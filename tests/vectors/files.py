"""The vector files: read from the folder that GROUNDWIRE_VECTORS names."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

FOLDER = os.environ.get("GROUNDWIRE_VECTORS")
needed = pytest.mark.skipif(FOLDER is None, reason="GROUNDWIRE_VECTORS names no folder of outside vectors")


def document(name: str) -> dict[str, Any]:
    """A vector file, whole; empty when there is no folder."""
    if FOLDER is None:
        return {}
    found: dict[str, Any] = json.loads((Path(FOLDER) / "vectors" / name).read_text("utf-8"))
    return found


def cases(name: str, key: str = "cases") -> list[dict[str, Any]]:
    """The cases of a vector file; none when there is no folder."""
    return document(name).get(key, [])
