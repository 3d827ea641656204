"""Field masks as proto3 JSON writes them: comma-separated lowerCamelCase paths."""

from __future__ import annotations

import re
from typing import Final

_PATH: Final = re.compile(r"[a-z][a-zA-Z0-9]*(?:\.[a-z][a-zA-Z0-9]*)*|\*", re.ASCII)


def field_mask_fault(mask: str) -> str | None:
    """What keeps a mask from being sent and read back the same, or None when nothing does."""
    for path in mask.split(",") if mask else ():
        if not _PATH.fullmatch(path):
            return f"field mask path {path!r} is not lowerCamelCase names joined by dots"
    return None
