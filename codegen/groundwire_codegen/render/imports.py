"""Import lines: what generated code refers to, in the order that the linter wants."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from typing import Final

from .layout import LINE, bracketed

_LITERAL: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_NAME: Final = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_DIGITS: Final = re.compile(r"([0-9]+)")

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
    parts = list(names)
    line = f"from {module} import {', '.join(parts)}"
    return line if len(line) <= LINE else bracketed(f"from {module} import (", parts, ")")


def _place(line: str) -> tuple[bool, str]:
    """Where a relative import stands: the package itself first."""
    module = line.split()[1]
    return module != ".", module


def _referred(texts: Iterable[str]) -> set[str]:
    """Names that code refers to; what stands in a literal, or behind a dot, does not count."""
    return {name for text in texts for name in _NAME.findall(_LITERAL.sub("", text))}


def in_import_order(names: Iterable[str]) -> list[str]:
    """Names sorted as the linter sorts what one module gives: constants first, digits by their number."""
    return sorted(names, key=_order)


def _order(name: str) -> tuple[bool, list[str | tuple[int, str]], str]:
    constant = len(name) > 1 and name == name.upper()
    parts = [(int(part), part) if part.isdigit() else part for part in _DIGITS.split(name.lower())]
    return not constant, parts, name
