"""The gate: generated Python may hold only what the templates write, whatever the inputs said.

It knows the whole vocabulary of generated code, and nothing about any document: a statement, a call, an import or
a name that is not of it is refused, so that a text which escaped from its literal is found before it is written.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from typing import Final

from ..collector import resting_collector
from ..problem import Problem, SpecError
from .module import ModuleGate, bound_names

__all__ = ["check_files"]

_PIECE: Final = 262_144
"""Characters of a module that are parsed at a time, as far as its statements allow."""
_BETWEEN: Final = re.compile(r"\n\n\n(?=[@A-Za-z_])")
"""Between two classes or functions, as the templates write them."""


def check_files(files: Mapping[str, str]) -> None:
    """Parse every file. Raises SpecError for what no template writes."""
    with resting_collector():
        problems = [
            Problem(f"output/{path}", f"line {line}", message)
            for path, text in sorted(files.items())
            for line, message in _faults(path, text)
        ]
    if problems:
        raise SpecError(problems)


def _faults(path: str, text: str) -> Iterator[tuple[int, str]]:
    if not path.endswith(".py"):
        if text:
            yield 1, "a file that is neither Python nor empty"
        return
    if not text.replace("\n", "").isprintable():
        place, odd = next(each for each in enumerate(text) if each[1] != "\n" and not each[1].isprintable())
        yield text.count("\n", 0, place) + 1, f"a character that hides or moves: {odd!a}"
        return
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(text.encode("utf-8")).readline)
        faults = _module_faults(path, text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield (
            getattr(error, "lineno", None) or 1,
            f"not Python: {str(error) or 'too deep, or too large to be parsed'}",
        )
        return
    if encoding != "utf-8":
        yield 1, f"a declaration of the encoding {encoding}"
        return
    yield from faults


def _module_faults(path: str, text: str) -> list[tuple[int, str]]:
    """The faults of a module. A large one is parsed twice in pieces: its whole tree would take 120 times its text."""
    pieces = _pieces(text)
    try:
        bound = {name for _, piece in pieces for name in bound_names(_tree(piece).body)}
    except SyntaxError:
        # A place between two statements was none: it stood within a text.
        pieces = ((0, text),)
        bound = bound_names(_tree(text).body)
    gate = ModuleGate(path, bound)
    return [(line + lines, words) for lines, piece in pieces for line, words in gate.faults(_tree(piece))]


def _pieces(text: str) -> tuple[tuple[int, str], ...]:
    """Pieces of a module, and the lines before each.

    A module is its pieces' statements one after another, where each piece can be parsed alone: its first statement
    begins in the first column, and its last one is whole.
    """
    pieces: list[tuple[int, str]] = []
    start = lines = 0
    for between in _BETWEEN.finditer(text, _PIECE):
        if between.end() - start >= _PIECE:
            pieces.append((lines, text[start : between.end()]))
            lines += text.count("\n", start, between.end())
            start = between.end()
    return (*pieces, (lines, text[start:]))


def _tree(text: str) -> ast.Module:
    """The tree of a text, whose declaration of an encoding counts."""
    return ast.parse(text.encode("utf-8"))
