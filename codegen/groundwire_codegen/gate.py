"""The gate: generated Python may hold only what the templates write, whatever the document said."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from .problem import Problem, SpecError

MODULE: Final = (
    ast.AnnAssign,
    ast.Assign,
    ast.ClassDef,
    ast.Expr,
    ast.FunctionDef,
    ast.If,
    ast.Import,
    ast.ImportFrom,
)
BODY: Final = (
    *MODULE,
    ast.AugAssign,
    ast.Raise,
    ast.Return,
    ast.Try,
)
MODULES: Final = frozenset(
    {"__future__", "attrs", "cattrs", "collections.abc", "datetime", "enum", "groundwire_runtime", "typing"}
)
"""What generated code imports from, besides its own package and runtime."""
CALLS: Final = frozenset(
    {
        "__import__",
        "compile",
        "eval",
        "exec",
        "getattr",
        "input",
        "open",
        "print",
        "setattr",
        "delattr",
        "vars",
        "breakpoint",
    }
)


def check_files(files: Mapping[str, str]) -> None:
    """Parse every Python file. Raises SpecError for a statement, an import or a call that is not ours."""
    problems = [
        Problem(f"output/{path}", f"line {line}", message)
        for path, text in sorted(files.items())
        if path.endswith(".py")
        for line, message in _faults(text)
    ]
    if problems:
        raise SpecError(problems)


def _faults(text: str) -> Iterator[tuple[int, str]]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        yield getattr(error, "lineno", None) or 0, f"not Python: {error}"
        return
    for node in tree.body:
        if not isinstance(node, MODULE):
            yield node.lineno, f"{type(node).__name__} at module level"
        elif isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            yield node.lineno, "an expression statement"
    for found in ast.walk(tree):
        yield from _node_faults(found)


def _node_faults(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.stmt) and not isinstance(node, BODY):
        yield node.lineno, f"{type(node).__name__} is not generated"
    if isinstance(node, ast.Import):
        yield node.lineno, "a plain import"
    elif isinstance(node, ast.ImportFrom) and not _is_ours(node):
        yield node.lineno, f"an import from {node.module}"
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
        yield node.lineno, f"a call of {node.func.id}"
    elif (
        isinstance(node, ast.Attribute)
        and node.attr.startswith("__")
        and node.attr not in ("__class__", "__init__")
    ):
        yield node.lineno, f"an attribute {node.attr}"


def _is_ours(node: ast.ImportFrom) -> bool:
    module = node.module or ""
    return node.level > 0 or module in MODULES or module.split(".")[0] == "groundwire_runtime"
