"""JSON in lines, no more of it than is asked for."""

from __future__ import annotations

import json
from typing import Final

from ..exchange import JsonValue

_ENCODER: Final = json.JSONEncoder(indent=2, ensure_ascii=False)


def pretty(value: JsonValue, most: int) -> tuple[str, bool]:
    """The first `most` characters of a value in lines, and whether there are more.

    Nothing nests too deeply: every level is indented, so that the characters end first.
    """
    parts: list[str] = []
    length = 0
    for part in _ENCODER.iterencode(value):
        parts.append(part)
        length += len(part)
        if length > most:
            break
    text = "".join(parts)
    return text[:most], len(text) > most
