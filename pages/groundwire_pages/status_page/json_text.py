"""The first lines of indented JSON."""

from __future__ import annotations

import json
from typing import Final

MAX_INDENTED: Final = 100_000
"""Bytes above which JSON is shown as it was sent; parsing it for its first lines is not worth the time."""
_ENCODER: Final = json.JSONEncoder(indent=2, ensure_ascii=False)


def indented(sent: bytes, limit: int) -> tuple[str, bool]:
    """Return the first `limit` characters of indented JSON, and whether more follow; invalid JSON stays as sent.

    Depth needs no bound: each level is indented, so the limit is reached first.
    """
    if len(sent) > MAX_INDENTED:
        return sent[:limit].decode("utf-8", "replace"), True
    try:
        value = json.loads(sent)
    except (ValueError, RecursionError):  # In a state file that was written elsewhere.
        return sent[:limit].decode("utf-8", "replace"), len(sent) > limit
    parts: list[str] = []
    length = 0
    for part in _ENCODER.iterencode(value):
        parts.append(part)
        length += len(part)
        if length > limit:
            break
    text = "".join(parts)
    return text[:limit], len(text) > limit
