"""Keys of objects as JSON text: those of maps repeat, such as the names of arguments, and are written once."""

from __future__ import annotations

from typing import Final

from .values import quote

SHORT: Final = 64
"""Characters of a key whose text is kept."""
KEPT: Final = 4_096
"""Keys that are kept."""


class Names(dict[str, str]):
    """The text of a key, behind a mark and with its colon."""

    def __init__(self, mark: str) -> None:
        super().__init__()
        self._mark = mark

    def __missing__(self, key: str) -> str:
        text = f"{self._mark}{quote(key)}:"
        if len(key) <= SHORT and len(self) < KEPT:
            self[key] = text
        return text


FIRST: Final = Names("{")
NEXT: Final = Names(",")
