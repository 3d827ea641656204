"""An expression that leaves a trace when it is run, and what of a package is code."""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping

CANARY = "GROUNDWIRE_CANARY"
RUN = f"__import__('os').environ.__setitem__('{CANARY}', 'dead')"
MARK = "GROUNDWIRE_PROSE"
"""Stands for the canary in texts of which no name is ever made."""


def has_run() -> bool:
    """Return whether the expression was run since the last time this was asked."""
    found = [os.environ.pop(name, None) for name in (CANARY, MARK)]
    return any(each is not None for each in found)


def skeleton(sources: Mapping[str, str]) -> list[str]:
    """The code of a package without its texts: node types and names, docstrings left out."""
    return [
        f"{path}:{type(node).__name__}:{getattr(node, 'id', getattr(node, 'name', ''))}"
        for path, text in sources.items()
        if path.endswith(".py")
        for node in ast.walk(ast.parse(text))
        if not isinstance(node, (ast.Expr, ast.Constant))
    ]
