"""Fold text as the formatter does, and sort imports as the linter does."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from attrs import frozen

from .source import CLOSE, OPEN, Source, joined, word

LINE: Final = 110
"""Columns of generated code."""
_STRING: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_NAME: Final = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
NamePart: TypeAlias = str | tuple[int, int, str]
_DIGITS: Final = re.compile(r"([0-9]+)")
_Part: TypeAlias = "str | _Group"


@frozen(eq=False)
class _Group:
    """Lines between two marks, with the groups among them, and the same on one line."""

    parts: Sequence[_Part]
    flat: str


def folded(text: str) -> str:
    """Return text with each group of lines between the marks on one line, where it fits; the marks go.

    A group is written one item a line, each with a comma, and four columns in from the line that opens it. On one line the last comma goes, but for a tuple of one item;
    brackets just inside the marks go too. The arguments of a `def` that do not fit may stand on one line of their own.
    """
    written = _Written()
    written.write(_parsed(text))
    return "".join(written.pieces)


def _parsed(text: str) -> Sequence[_Part]:
    """Return the parts of a text: what is between groups, and the groups, which hold parts of their own."""
    stack: list[tuple[list[_Part], list[str]]] = [([], [])]
    for index, opened in enumerate(text.split(OPEN)):
        if index:
            stack.append(([], []))
        for at, piece in enumerate(opened.split(CLOSE)):
            if at:
                parts, flat = stack.pop()
                outer, before = stack[-1]
                group = _Group(parts, _on_one_line("".join(flat), before[-1] if before else ""))
                outer.append(group)
                before.append(group.flat)
            if piece:
                stack[-1][0].append(piece)
                stack[-1][1].append(piece)
    return stack[0][0]


class _Written:
    """Text as it is written, with its last line."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._line = ""

    def _add(self, text: str) -> None:
        self.pieces.append(text)
        _, found, rest = text.rpartition("\n")
        self._line = rest if found else self._line + rest

    def write(self, parts: Sequence[_Part], shift: int = 0) -> None:
        """Write parts one item a line, `shift` columns further in, with their groups folded where they fit."""
        for part, following in zip(parts, (*parts[1:], ""), strict=True):
            if isinstance(part, str):
                self._add(part.replace("\n", "\n" + " " * shift) if shift else part)
                continue
            tail = following.partition("\n")[0] if isinstance(following, str) else ""
            if len(self._line) + len(part.flat) + len(tail) <= LINE:
                self._add(part.flat)
            elif not self._folds_inside(part.flat):
                self.write(part.parts, self._shift(part.parts))

    def _shift(self, parts: Sequence[_Part]) -> int:
        """Return the columns between where a group is, and where it belongs: below a line that is further in than it."""
        first = parts[0] if parts else ""
        if not isinstance(first, str):
            return 0
        inner = first.removeprefix("(").lstrip("\n") if first.startswith(("(\n", "\n")) else ""
        indent = len(inner) - len(inner.lstrip(" "))
        return max(0, _indent(self._line) + 4 - indent) if inner.strip() else 0

    def _folds_inside(self, flat: str) -> bool:
        """Write the arguments of a function on one line of their own, where they fit."""
        if not self._line.lstrip().startswith("def "):
            return False
        indent = _indent(self._line)
        line = f"\n{' ' * (indent + 4)}{flat}"
        if len(line) - 1 > LINE:
            return False
        self._add(f"{line}\n{' ' * indent}")
        return True


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _on_one_line(text: str, before: str) -> str:
    """Return a group on one line; `before` is what comes in front of it."""
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    if lines and lines[0] == "(":
        return " ".join(lines[1:-1]).removesuffix(",")
    flat = " ".join(lines)
    return flat if before.endswith(("=(", "= (")) and len(lines) == 1 else flat.removesuffix(",")


def used_names(annotations: Iterable[Source]) -> set[str]:
    """Return the names that annotations refer to; what is in a literal, or behind a dot, does not count."""
    return {found for text in {each.text for each in annotations} for found in _names(text)}


@lru_cache(maxsize=10_000)
def _names(text: str) -> frozenset[str]:
    return frozenset(_NAME.findall(_STRING.sub("", text) if '"' in text or "'" in text else text))


def imported(names: Sequence[str], used: Collection[str]) -> Source | None:
    """Return those of a module's names that are used, as an import lists them; None for none."""
    wanted = [part for each in names if each in used for part in (", ", word(each))][1:]
    return joined(*wanted) if wanted else None


def in_import_order(names: Iterable[str]) -> list[str]:
    """Return names of modules, or of what one gives, sorted as the linter does: constants first, digits by their number."""
    return sorted(names, key=_import_order)


def _import_order(name: str) -> tuple[bool, list[NamePart], str]:
    constant = len(name) > 1 and name == name.upper()
    return not constant, _parts(name.lower()), name


def _parts(name: str) -> list[NamePart]:
    """Return a name in parts that are ordered as the linter does: digits by their number, but behind a zero as text."""
    return [
        part if not part.isdigit() else (0, 0, part) if part.startswith("0") else (1, int(part), part)
        for part in _DIGITS.split(name)
    ]


def in_listed_order(names: Iterable[str]) -> list[str]:
    """Return names sorted as the linter sorts `__all__`: constants, classes, the rest, and digits by their number."""
    return sorted(names, key=_listed_order)


def _listed_order(name: str) -> tuple[int, list[NamePart]]:
    kind = 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2
    return kind, _parts(name)
