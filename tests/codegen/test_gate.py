"""The gate lets through what the templates write, and nothing else, wherever it stands."""

from __future__ import annotations

import ast
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from groundwire_codegen.gate import check_files
from groundwire_codegen.pipeline import generate
from groundwire_codegen.problem import SpecError

from tests.codegen.packages import CASES, ROOT, case_inputs

FILES = ("__init__.py", "client.py", "codecs.py", "messages.py", "provenance.py")
STATEMENTS = [
    "import os",
    "import groundwire_runtime",
    "from os import system",
    "from typing import sys",
    "from groundwire_runtime.decode import json",
    "from groundwire_runtime.encode import quote as Codecs",
    "from .. import secrets",
    "from . import codecs",
    "from typing import *",
    "print(1)",
    "exit()",
    "x = eval('1')",
    "x = eval",
    "x = open",
    "x = __builtins__",
    "x = __import__('os')",
    "x = getattr(object, 'y')",
    "x = type('X', (), {})",
    "x = object.__subclasses__()",
    "x = object().__class__.__base__",
    "x = ''.join(())",
    "x = '{0.__class__}'.format(1)",
    "x = f'{1}'",
    "x = [1][0]()",
    "x = (lambda: 1)()",
    "x = lambda: 1",
    "x = [y for y in ()]",
    "x = {**{}}",
    "x = b''",
    "x = 2 - 1",
    "x = not 1",
    "x = 1j",
    "x = ...",
    "x = globals()",
    "x.y = 1",
    "x, y = 1, 2",
    "x: open('f') = 1",
    "x: 'os.system(1)' = 1",
    "x: object.y = 1",
    "x: Literal[open] = 1",
    "__builtins__ = {}",
    "__getattr__ = dict",
    "_x = 1",
    "caf\u00e9 = 1",
    "x = caf\u00e9",
    "x = yield",
    "x = (y := 1)",
    "if True:\n    x = 1",
    "if TYPE_CHECKING:\n    import os",
    "if TYPE_CHECKING:\n    pass\nelse:\n    x = 1",
    "for x in (): pass",
    "while x: pass",
    "with x: pass",
    "try:\n    x = 1\nfinally:\n    x = 2",
    "del x",
    "assert x",
    "raise x",
    "global x",
    "pass",
    "match x:\n    case 1: pass",
    "type x = int",
    "async def f(): pass",
    "@dict\ndef f(): return 1",
    "def __init__(): return 1",
    "def f(x=open('f')): return x",
    "def f(x: open('f')): return x",
    "def f() -> open('f'): return 1",
    "def f(**x): return open(**x)",
    "def f():\n    import os",
    "def f():\n    def g(): return 1\n    return g",
    "def f():\n    return decode.json",
    "def f():\n    return encode.json.codecs",
    "def f():\n    return decode.string.__globals__",
    "def f(value):\n    return value.a.b",
    "def f(value):\n    return value._secret",
    "def f(value):\n    value.a = 1",
    "def f(value):\n    return value.__class__('X')",
    "def f(value):\n    return unbound",
    "def f(value):\n    try:\n        return 1\n    except Exception:\n        return 2",
    "class x: pass",
    "class X[T: open('f')]:\n    a: str",
    "def f[T: open('f')](): return 1",
    "class X(metaclass=dict): pass",
    "class X(dict()): pass",
    "class X:\n    open('f')",
    "class X:\n    __slots__ = open('f')",
    "class X:\n    def __del__(self): return 1",
    "class X:\n    __init_subclass__ = dict",
    "class X:\n    a: TypeAlias = 'os.system(1)'",
    "@open('f')\nclass X:\n    a: str",
    "@dict\nclass X:\n    a: str",
]
EXPRESSIONS = [
    "open",
    "__import__('os')",
    "(lambda: 1)",
    "f'{1}'",
    "b'x'",
    "[y for y in ()]",
    "().__class__",
    "os.a.b",
]


HEAD = {
    "__init__.py": "from . import messages",
    "client.py": "from typing import Literal\nfrom . import messages\nfrom .codecs import CODECS",
    "codecs.py": "from groundwire_runtime import decode, encode\nfrom . import messages",
    "messages.py": "from typing import Literal, TypeAlias\nfrom attrs import frozen",
    "provenance.py": "",
}
"""What stands in each file, so that a statement is refused for itself."""


def code(*, of: str = "bounds") -> dict[str, str]:
    """The Python files of a case."""
    folder = next(case for case in CASES if case.name == of)
    return {path: text for path, text in generate(case_inputs(folder)).files.items() if path.endswith(".py")}


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return code()


@pytest.mark.parametrize(
    "folder", [*(case / "want" for case in CASES), ROOT / "generated" / "groundwire"], ids=str
)
def test_what_the_templates_write_passes(folder: Path) -> None:
    files = {path.name: path.read_text("utf-8") for path in folder.glob("*.py")}
    assert len(files) == 5
    check_files(files)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("statement", STATEMENTS)
def test_another_statement_is_refused(statement: str, file: str) -> None:
    with pytest.raises(SpecError, match=rf"output/{file}#line \d+: "):
        check_files({file: f"{HEAD[file]}\n{statement}\n"})


@pytest.mark.parametrize("file", FILES)
def test_a_name_may_be_given_a_literal(file: str) -> None:
    check_files({file: f"{HEAD[file]}\nx = 1\n"})


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize("file", ["client.py", "codecs.py", "messages.py", "provenance.py"])
def test_code_in_the_place_of_any_literal_is_refused(
    file: str, expression: str, sources: dict[str, str]
) -> None:
    """As if that literal's text had escaped from it."""
    tree = ast.parse(sources[file])
    docstrings = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    places = [
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    checked = 0
    for place in places:
        if place in docstrings:
            continue
        code = Replaced(place, ast.parse(expression, mode="eval").body).visit(ast.parse(sources[file]))
        with pytest.raises(SpecError):
            check_files({file: ast.unparse(code)})
        checked += 1
        if checked == 10:
            break
    assert checked


class Replaced(ast.NodeTransformer):
    """A tree with another expression where a constant stands."""

    def __init__(self, place: ast.Constant, expression: ast.expr) -> None:
        self._place = (place.lineno, place.col_offset)
        self._expression = expression

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return self._expression if (node.lineno, node.col_offset) == self._place else node


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = (", "not Python"),
        ("x = 'a\0'", "a character that hides or moves"),
        ("x = 'a\u202e'", "a character that hides or moves"),
        ("x = 1\r", "a character that hides or moves"),
        ("x = 1\x0c", "a character that hides or moves"),
        ("x = '\ud800'", "a character that hides or moves"),
        ("# coding: latin-1\nx = 1", "encoding iso-8859-1"),
        ("# from a file called coding:utf-7\nx = '+AAo-'", "not Python"),
        ("x = " + "(" * 10_000, "not Python"),
        ("x = " + "-" * 100_000 + "1", "not Python"),
    ],
)
def test_text_that_is_not_plain_python_is_refused(text: str, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        check_files({"provenance.py": text})


def test_a_file_that_is_not_python_is_empty() -> None:
    check_files({"py.typed": ""})
    with pytest.raises(SpecError, match="neither Python nor empty"):
        check_files({"sitecustomize.pth": "import os"})


def test_a_gate_of_many_classes_takes_memory_for_a_few() -> None:
    lines = "\n".join(f"    f{number}: Optional[str] = None" for number in range(25))
    text = "\n\n\n".join(f"@frozen\nclass Message{number}(Message):\n{lines}" for number in range(2_000))
    text = f"from typing import Optional\n\nfrom groundwire_runtime.messages import Message, frozen\n\n\n{text}\n"
    tracemalloc.start()
    try:
        with suppress(SpecError):
            check_files({"messages.py": text})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40 * len(text)
