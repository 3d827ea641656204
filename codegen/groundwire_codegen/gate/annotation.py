"""What annotations may hold: they are code too, for whoever asks for type hints."""

from __future__ import annotations

import ast
from collections.abc import Set

from .expression import node_fault


def annotation_fault(node: ast.expr, known: Set[str]) -> str | None:
    """What is wrong with an annotation: it names classes, joined and subscripted, and literals in `Literal` alone."""
    waiting: list[tuple[ast.expr, bool]] = [(node, False)]
    while waiting:
        each, literal = waiting.pop()
        if isinstance(each, ast.Name):
            if each.id not in known:
                return f"the name {each.id} in an annotation"
        elif isinstance(each, ast.Attribute):
            base = each.value.value if isinstance(each.value, ast.Attribute) else each.value
            if not (isinstance(base, ast.Name) and base.id == "messages") or node_fault(each):
                return f"the attribute {each.attr} in an annotation"
        elif isinstance(each, ast.Subscript):
            within = isinstance(each.value, ast.Name) and each.value.id == "Literal"
            waiting += [(each.value, False), (each.slice, within)]
        elif isinstance(each, (ast.Tuple, ast.List)):
            waiting += [(item, literal) for item in each.elts]
        elif isinstance(each, ast.BinOp) and isinstance(each.op, ast.BitOr):
            waiting += [(each.left, False), (each.right, False)]
        elif not isinstance(each, ast.Constant) or not (
            each.value is None or (literal and isinstance(each.value, str))
        ):
            return f"{type(each).__name__} in an annotation"
    return None
