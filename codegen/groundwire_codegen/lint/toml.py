"""Candidates as text of an overlay."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final, cast

from ..problem import Problem
from ..read.cursor import as_object

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_CONFIRM: Final = "confirm it with the service's documentation, then add to the overlay"
Lines = tuple[tuple[str, object], ...]


def candidate(pointer: str, words: str, keys: Sequence[str], lines: Lines) -> Problem:
    """Return a candidate as a table of the overlay: the keys that lead to it, and its members."""
    head = f"[{'.'.join(map(toml_key, keys))}]"
    stub = (head, *(f"{toml_key(key)} = {toml_value(value)}" for key, value in lines))
    return Problem("document", pointer, words, _CONFIRM, stub)


def toml_key(text: str) -> str:
    """Return a key of TOML."""
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=True)


def toml_value(value: object) -> str:
    """Return a value of TOML, on one line."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml_value, cast('tuple[object, ...]', value)))}]"
    table = as_object(value)
    if table:
        return f"{{ {', '.join(f'{toml_key(key)} = {toml_value(each)}' for key, each in table.items())} }}"
    return json.dumps(value, ensure_ascii=True)
