"""What of a generated package is code, and what of that no harmless document gives."""

from __future__ import annotations

import ast
import builtins
import io
import json
import tokenize
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from groundwire_codegen.inputs import Inputs
from groundwire_codegen.pipeline import generate

from tests.codegen.diff.shop import OVERLAY, shop
from tests.codegen.packages import CASES, ROOT
from tests.hostile.canary import MARK

BUILTINS = frozenset(dir(builtins))
# From Python 3.12 on, the text of an f-string is a token of its own.
TEXT = (tokenize.STRING, tokenize.NEWLINE, getattr(tokenize, "FSTRING_MIDDLE", -1))


def code_faults(files: Mapping[str, str]) -> list[str]:
    """What is wrong with the Python files of a package that came of a hostile input."""
    faults: list[str] = []
    for path, text in files.items():
        if path.endswith(".py"):
            if not all(letter == "\n" or letter.isprintable() for letter in text):
                faults.append(f"{path}: a character that does not show")
            try:
                compile(text, path, "exec")
            except (SyntaxError, ValueError) as error:
                faults.append(f"{path}: {error!r}")
                continue
            faults += [f"{path}: {said} in code" for said in _marked(text)]
    if not faults:
        faults = [f"harmless code has no {element}" for element in sorted(elements(files) - _harmless())]
    return faults


def _marked(text: str) -> Iterator[str]:
    """What holds the mark, but for literals and docstrings."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in TEXT and MARK.lower() in token.string.lower():
            yield f"{token.string[:80]!r}"
    for node in ast.walk(ast.parse(text)):
        for field in ("id", "attr", "arg", "name", "asname"):
            name = getattr(node, field, None)
            if isinstance(name, str) and MARK.lower().replace("_", "") in name.lower().replace("_", ""):
                yield name


def elements(files: Mapping[str, str]) -> set[str]:
    """The elements of the code of a package: kinds of nodes, calls, imports, names of Python's own, odd identifiers."""
    trees = [ast.parse(text) for path, text in files.items() if path.endswith(".py")]
    own = {name for tree in trees for name in _defined(tree)}
    return {element for tree in trees for element in _elements(tree, own, frozenset())}


def _defined(tree: ast.Module) -> Iterator[str]:
    """Functions and classes of a module, and its names that are none of Python's."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name
    for node in tree.body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        yield from (
            target.id for target in targets if isinstance(target, ast.Name) and target.id not in BUILTINS
        )


def _elements(node: ast.AST, own: set[str], arguments: frozenset[str]) -> Iterator[str]:
    """The elements of a node and of all below it; `arguments` are those of the functions around it, and their variables."""
    yield type(node).__name__
    if isinstance(node, ast.Call):
        yield f"call of {_callee(node.func, own)}"
    elif isinstance(node, ast.Import):
        yield from (f"import {alias.name}" for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("groundwire_runtime."):
        yield "from the runtime"
    elif isinstance(node, ast.ImportFrom):
        names = ["*" if alias.name == "*" else "x" if node.level else alias.name for alias in node.names]
        yield from (f"from {'.' * node.level}{node.module or ''} import {name}" for name in names)
    elif (
        isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Load)
        and node.id in BUILTINS - own - arguments
    ):
        yield f"name {node.id}"
    elif isinstance(node, ast.Attribute) and node.attr.startswith("__"):
        yield f"attribute {node.attr}"
    elif isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield from (f"decorator {_callee(each, own)}" for each in node.decorator_list)
    if isinstance(node, ast.FunctionDef):
        arguments |= {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
        stored = (each for each in ast.walk(node) if isinstance(each, ast.Name))
        arguments |= {each.id for each in stored if isinstance(each.ctx, ast.Store)}
    for field in ("id", "attr", "arg", "name", "asname"):
        name = getattr(node, field, None)
        if isinstance(name, str) and not (name.isascii() and name.isidentifier()):
            yield f"identifier {name!r}"
    for child in ast.iter_child_nodes(node):
        yield from _elements(child, own, arguments)


def _callee(node: ast.AST, own: set[str]) -> str:
    """An expression that is called, with the package's own names left out of it."""
    if isinstance(node, ast.Name):
        return "own" if node.id in own else node.id
    if isinstance(node, ast.Attribute):
        of = _callee(node.value, own)
        return f"{of}.{'own' if node.attr in own else node.attr}"
    if isinstance(node, ast.Subscript):
        return f"{_callee(node.value, own)}[]"
    return f"{_callee(node.func, own)}()" if isinstance(node, ast.Call) else type(node).__name__


@cache
def _harmless() -> frozenset[str]:
    """The elements of packages that we have read."""
    folders = [*(case / "want" for case in CASES), ROOT / "generated" / "groundwire"]
    packages = [read(folder) for folder in folders]
    # The shop has arguments that are called as functions of Python's are.
    inputs = Inputs(
        name="spec.json", document=json.dumps(shop()).encode(), overlay=OVERLAY.encode(), package="client"
    )
    packages.append(dict(generate(inputs).files))
    return frozenset(element for files in packages for element in elements(files))


def read(folder: Path) -> dict[str, str]:
    """The Python files of a folder."""
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.py"))}
