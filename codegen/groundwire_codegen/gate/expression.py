"""What the nodes of generated code may hold, one by one: calls, attributes, constants."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from .vocabulary import CALLS, CLASS, LOCAL, PUBLIC, RUNTIME

Check = Callable[[Any], str | None]
MODULES: Final[Mapping[str, Callable[[str], bool]]] = {
    "decode": RUNTIME.__contains__,
    "encode": RUNTIME.__contains__,
    "messages": lambda name: CLASS.fullmatch(name) is not None,
    "errors": lambda _: False,
    "credentials": lambda _: False,
}
"""What may be asked of names that are modules."""


def node_fault(node: ast.AST) -> str | None:
    """What is wrong with one node, apart from the nodes below it and the names that it refers to."""
    check = _CHECKS.get(node.__class__)
    return None if check is None else check(node)


def _attribute(node: ast.Attribute) -> str | None:
    """No attribute leads out: to an underscore, through a module, or further than generated code goes."""
    name, base = node.attr, node.value
    fault = f"the attribute {name}"
    if isinstance(base, ast.Name):
        if base.id in MODULES:
            return None if MODULES[base.id](name) else f"the attribute {name} of {base.id}"
        if node.ctx.__class__ is ast.Store:
            return None if base.id == "self" and LOCAL.fullmatch(name) else fault
        own = (base.id, name) == ("self", "_client")
        return None if own or name == "__class__" or PUBLIC.fullmatch(name) else fault
    if isinstance(base, ast.Attribute) and isinstance(base.value, ast.Name):
        # A class in a message, and what a resource asks its client for.
        nested = base.value.id == "messages" and CLASS.fullmatch(name)
        asked = (base.value.id, base.attr) == ("self", "_client") and name in ("call", "pages")
        return None if nested or asked else fault
    if isinstance(base, ast.Call):
        return None if name in ("difference", "under") or _is_super(base, name) else fault
    return fault


def _is_super(base: ast.Call, name: str) -> bool:
    return name == "__init__" and isinstance(base.func, ast.Name) and base.func.id == "super"


def _call(node: ast.Call) -> str | None:
    function = node.func
    if isinstance(function, ast.Subscript):
        function = function.value
    named = isinstance(function, (ast.Name, ast.Attribute))
    if not named or (isinstance(function, ast.Attribute) and function.attr == "__class__"):
        return "a call of what has no name"
    return None


def import_time_fault(node: ast.AST) -> str | None:
    """What is wrong with a call that happens while a module is imported."""
    if not isinstance(node, ast.Call):
        return None
    function = node.func.value if isinstance(node.func, ast.Subscript) else node.func
    if isinstance(function, ast.Name):
        return None if function.id in CALLS else f"a call of {function.id} at import"
    if isinstance(function, ast.Attribute):
        runtime = isinstance(function.value, ast.Name) and function.value.id in ("decode", "encode")
        return None if runtime or function.attr in ("difference", "values") else "a call at import"
    return None


def _keyword(node: ast.keyword) -> str | None:
    if node.arg is None:
        spread = isinstance(node.value, ast.Name) and node.value.id == "options"
        return None if spread else "a spread argument"
    return None if LOCAL.fullmatch(node.arg) else f"the argument {node.arg}"


def _constant(node: ast.Constant) -> str | None:
    plain = node.value is None or isinstance(node.value, (bool, float, int, str))
    return None if plain else f"a constant of type {type(node.value).__name__}"


def _statement(node: ast.Expr) -> str | None:
    value = node.value
    text = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return None if text or isinstance(value, ast.Call) else "an expression statement"


def _handler(node: ast.ExceptHandler) -> str | None:
    known = isinstance(node.type, ast.Name) and node.type.id in ("DecodeError", "EncodeError")
    return None if known else "an except of something else"


def _dict(node: ast.Dict) -> str | None:
    return None if None not in node.keys else "a spread dict"


_CHECKS: Final[Mapping[type[ast.AST], Check]] = {
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Constant: _constant,
    ast.Dict: _dict,
    ast.ExceptHandler: _handler,
    ast.Expr: _statement,
    ast.keyword: _keyword,
}
