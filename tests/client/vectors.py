"""The outside vectors: read from the folder that GROUNDWIRE_VECTORS names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..outside import FOLDER, needed

__all__ = ["FOLDER", "exports", "lines", "needed"]


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def exports(name: str) -> list[dict[str, Any]]:
    """The recorded export calls of one client; none when there is no folder."""
    if FOLDER is None:
        return []
    return [row for row in lines(Path(FOLDER) / "wire" / name) if row["path"].endswith("image:export")]
