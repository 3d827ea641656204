"""Laying out Python text as the formatter does: on one line while it fits, else one item a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

LINE: Final = 110
"""Columns of generated code."""


def bracketed(head: str, items: Iterable[str], tail: str, *, indent: int = 0, used: int = 0) -> str:
    """`head` + comma-separated items + `tail`; exploded with a trailing comma when longer than a line.

    `indent` is the column that the statement starts at, `used` the columns that stand before `head`.
    """
    parts = list(items)
    line = f"{head}{', '.join(parts)}{tail}"
    if (used or indent) + len(line) <= LINE and "\n" not in line:
        return line
    pad = " " * (indent + 4)
    inside = f"{pad}{', '.join(parts)}"
    if (
        len(inside) <= LINE
        and head.endswith("(")
        and head.startswith("def ")
        and not parts[0].startswith("*")
    ):
        return f"{head}\n{inside}\n{' ' * indent}{tail}"
    return f"{head}\n{''.join(f'{pad}{part},{chr(10)}' for part in parts)}{' ' * indent}{tail}"


def quoted(text: str) -> str:
    """A Python string literal in double quotes where that needs no escape, in ASCII; always through `repr`."""
    literal = ascii(text)
    if literal[0] == "'" and '"' not in text and "\\" not in literal:
        return f'"{literal[1:-1]}"'
    return literal


def texts(values: Iterable[str]) -> str:
    """A tuple of string literals."""
    parts = [quoted(value) for value in values]
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
