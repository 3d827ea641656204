"""An expression that leaves a trace when it is run, and what of a package is code."""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping

CANARY = "GROUNDWIRE_CANARY"
RUN = f"__import__('os').environ.__setitem__('{CANARY}', 'dead')"


def has_run() -> bool:
    """Whether the expression was run since the last time this was asked."""
    return os.environ.pop(CANARY, None) is not None


def skeleton(sources: Mapping[str, str]) -> list[str]:
    """The code of a package without its texts: node types and names, docstrings left out."""
    return [
        f"{path}:{type(node).__name__}:{getattr(node, 'id', getattr(node, 'name', ''))}"
        for path, text in sources.items()
        if path.endswith(".py")
        for node in ast.walk(ast.parse(text))
        if not isinstance(node, (ast.Expr, ast.Constant))
    ]
