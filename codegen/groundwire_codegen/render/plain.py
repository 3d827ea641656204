"""Plain text for `codecs.py`, until it is a table."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from typing import Final

from .layout import LINE
from .source import literal


def bracketed(head: str, items: Iterable[str], tail: str, *, indent: int = 0, used: int = 0) -> str:
    """`head` + comma-separated items + `tail`; exploded with a trailing comma when longer than a line.

    `indent` is the column that the statement starts at, `used` the columns that stand before `head`.
    """
    parts = list(items)
    line = f"{head}{', '.join(parts)}{tail}"
    if (used or indent) + len(line) <= LINE and "\n" not in line:
        return line
    pad = " " * (indent + 4)
    return f"{head}\n{''.join(f'{pad}{part},{chr(10)}' for part in parts)}{' ' * indent}{tail}"


def quoted(text: str) -> str:
    """Return a Python string literal in ASCII."""
    return literal(text).text


_LITERAL: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_NAME: Final = re.compile(r"(?<![\w.])[A-Za-z_]\w*")

Table = Mapping[str, tuple[str, ...]]
"""Names by the module that they come from; one that starts with a dot is the runtime's."""


def import_lines(
    table: Table, texts: Iterable[str], runtime: str, own: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """The lines for what `texts` refer to, and for the package's own modules, in blocks."""
    used = _referred(texts)
    found = {module: [name for name in names if name in used] for module, names in table.items()}
    standard: list[str] = []
    others: list[str] = []
    ours: list[str] = []
    for module, names in found.items():
        if not names:
            continue
        if module[0] == ".":
            ours.append(_line(f"{runtime}{module.rstrip('.')}", names))
        else:
            known = module.partition(".")[0] in sys.stdlib_module_names
            (standard if known else others).append(_line(module, names))
    if runtime.startswith("."):
        blocks = [standard, others, sorted((*ours, *own), key=_place)]
    else:
        blocks = [standard, [*others, *ours], list(own)]
    return tuple("\n\n".join("\n".join(block) for block in blocks if block).split("\n"))


def _line(module: str, names: Iterable[str]) -> str:
    return f"from {module} import {', '.join(names)}"


def _place(line: str) -> tuple[bool, str]:
    """Where a relative import stands: the package itself first."""
    module = line.split()[1]
    return module != ".", module


def _referred(texts: Iterable[str]) -> set[str]:
    """Names that code refers to; what stands in a literal, or behind a dot, does not count."""
    return {name for text in texts for name in _NAME.findall(_LITERAL.sub("", text))}
