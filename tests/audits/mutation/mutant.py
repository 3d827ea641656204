"""What mutmut makes of a module: copies of its text, each with one thing changed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

import libcst
from attrs import frozen
from libcst.metadata import MetadataWrapper, PositionProvider, WhitespaceInclusivePositionProvider
from mutmut.mutation.file_mutation import Mutation, create_mutations

ROOT: Final = Path(__file__).parents[3]
RUNTIME: Final = ROOT / "runtime"
_PROSE: Final = re.compile(r"\w \w")
_TIED: Final = "_\"'<>=!+-*/"
"""What stands in words and in operators: a change is shown with the whole of either."""
_MAY_BE_WORDING: Final = (libcst.SimpleString, libcst.Call)


@frozen
class Mutant:
    """One change to one function."""

    path: Path
    function: str
    """Its name with that of its class."""
    number: int
    """Counted within the function, in mutmut's order."""
    line: int
    before: str
    after: str
    wording: bool
    """Whether it only says in other words what it says."""
    text: str
    """The whole module, changed."""

    @property
    def module(self) -> str:
        """As it is imported."""
        parts = self.path.relative_to(RUNTIME).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def name(self) -> str:
        """The one name of this change, as long as its function stays as it is."""
        return f"{self.module.partition('.')[2]}:{self.function}:{self.number}"


def mutants(path: Path) -> Iterator[Mutant]:
    """All mutants of a module."""
    text = path.read_text(encoding="utf-8")
    meaning = _meaning(text)
    module, mutations, _, _ = create_mutations(str(path), text)
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    spans = wrapper.resolve(WhitespaceInclusivePositionProvider)
    lines = wrapper.resolve(PositionProvider)
    names = _names(module)
    numbers = {function: count(1) for function in names}
    starts = _starts(text)
    for mutation in mutations:
        function = mutation.contained_by_top_level_function
        if function is not None and function in names:
            span = spans[mutation.original_node]
            begin = starts[span.start.line - 1] + span.start.column
            end = starts[span.end.line - 1] + span.end.column
            changed = _changed(module, mutation, text, begin, end)
            before, after = _difference(text, changed)
            yield Mutant(
                path=path,
                function=names[function],
                number=next(numbers[function]),
                line=lines[mutation.original_node].start.line,
                before=before,
                after=after,
                wording=isinstance(mutation.original_node, _MAY_BE_WORDING) and _meaning(changed) == meaning,
                text=changed,
            )


def _names(module: libcst.Module) -> dict[libcst.FunctionDef, str]:
    named: dict[libcst.FunctionDef, str] = {}
    for statement in module.body:
        if isinstance(statement, libcst.FunctionDef):
            named[statement] = statement.name.value
        elif isinstance(statement, libcst.ClassDef):
            for method in statement.body.body:
                if isinstance(method, libcst.FunctionDef):
                    named[method] = f"{statement.name.value}.{method.name.value}"
    return named


def _starts(text: str) -> list[int]:
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def _changed(module: libcst.Module, mutation: Mutation, text: str, begin: int, end: int) -> str:
    if text[begin:end] == module.code_for_node(mutation.original_node):
        return text[:begin] + module.code_for_node(mutation.mutated_node) + text[end:]
    # A block is written with the indentation of where it stands, which only the whole module knows.
    tree = module.deep_replace(mutation.original_node, mutation.mutated_node)
    assert isinstance(tree, libcst.Module)
    return tree.code


def _difference(before: str, after: str) -> tuple[str, str]:
    """What differs, in whole words."""
    start = _common(before, after)
    while start and (before[start - 1].isalnum() or before[start - 1] in _TIED):
        start -= 1
    same = _common(before[start:][::-1], after[start:][::-1])
    tail = before[len(before) - same :]
    while tail and (tail[0].isalnum() or tail[0] in _TIED):
        tail = tail[1:]
    one, other = (" ".join(each[start : len(each) - len(tail)].split()) for each in (before, after))
    return one, other


def _common(one: str, other: str) -> int:
    """Characters that two texts begin with."""
    differ = (index for index, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1])
    return next(differ, min(len(one), len(other)))


class _Meaning(ast.NodeTransformer):
    """Leaves out how a sentence is worded, and the type that `cast` is given."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Constant("...") if isinstance(node.value, str) and _PROSE.search(node.value) else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        is_cast = isinstance(node.func, ast.Name) and node.func.id == "cast" and len(node.args) == 2
        return node.args[1] if is_cast else node


def _meaning(text: str) -> str:
    return ast.dump(_Meaning().visit(ast.parse(text)))
