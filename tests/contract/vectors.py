"""The outside vectors: read from the folder that GROUNDWIRE_VECTORS names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..outside import FOLDER, needed

__all__ = ["FOLDER", "needed", "rows"]


def rows(path: str, key: str | None = None) -> list[dict[str, Any]]:
    """The rows of a vector file; none when there is no folder."""
    if FOLDER is None:
        return []
    text = (Path(FOLDER) / path).read_text("utf-8")
    if path.endswith(".jsonl"):
        return [json.loads(line) for line in text.splitlines()]
    found = json.loads(text)
    return found if key is None else found[key]
