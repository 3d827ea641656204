"""The gate: generated Python may hold only what the templates write, whatever the inputs said.

It knows the whole vocabulary of generated code, and nothing about any document: a statement, a call, an import or
a name that is not of it is refused, so that a text which escaped from its literal is found before it is written.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator, Mapping

from ..collector import resting_collector
from ..problem import Problem, SpecError
from .module import ModuleGate

__all__ = ["check_files"]


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
        data = text.encode("utf-8")
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield getattr(error, "lineno", None) or 1, f"not Python: {error}"
        return
    if encoding != "utf-8":
        yield 1, f"a declaration of the encoding {encoding}"
        return
    yield from ModuleGate(path, tree).faults
