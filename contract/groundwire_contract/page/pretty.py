"""JSON in lines, no more of it than is asked for."""

from __future__ import annotations

import json
from typing import Final

LARGE: Final = 100_000
"""Bytes above which JSON is shown as it was sent: it is not worth reading whole for its first lines."""
_ENCODER: Final = json.JSONEncoder(indent=2, ensure_ascii=False)


def pretty(sent: bytes, most: int) -> tuple[str, bool]:
    """The first `most` characters of JSON in lines, and whether there are more; what cannot be read stays as it was sent.

    Nothing nests too deeply to be written: every level is indented, so that the characters end first.
    """
    if len(sent) > LARGE:
        return sent[:most].decode("utf-8", "replace"), True
    try:
        value = json.loads(sent)
    except (ValueError, RecursionError):  # In a state file that was made elsewhere.
        return sent[:most].decode("utf-8", "replace"), len(sent) > most
    parts: list[str] = []
    length = 0
    for part in _ENCODER.iterencode(value):
        parts.append(part)
        length += len(part)
        if length > most:
            break
    text = "".join(parts)
    return text[:most], len(text) > most
