"""Generated text is Python, and no text of a document becomes code."""

from __future__ import annotations

import ast
import enum
import io
import math
import tokenize
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import attrs
import click
import groundwire_codegen
import jinja2
import pytest
from click.testing import CliRunner
from groundwire_codegen.commands.problems import reported
from groundwire_codegen.lower.waiting import waited
from groundwire_codegen.pipeline import generate
from groundwire_codegen.problem import GeneratorError
from groundwire_codegen.reader import read_api
from groundwire_codegen.render import render, template
from groundwire_codegen.render.layout import LINE, folded
from groundwire_codegen.render.source import (
    CLOSE,
    OPEN,
    Source,
    comment,
    doc,
    joined,
    literal,
    name,
    word,
)
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import nodes
from markupsafe import Markup

from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop, encoded
from tests.codegen.packages import ROOT, earth_engine, files
from tests.hostile.payloads import TEXTS

TEMPLATES = sorted((ROOT / "codegen/groundwire_codegen/render/templates").iterdir())
ENVIRONMENT = template("client.py").environment
NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.For,
    nodes.If,
    nodes.Not,
    nodes.Tuple,
)
"""Nodes that templates may hold. Another one joins only with a test that attacks it."""
KINDS = (
    "message",
    "enum",
    "variant",
    "class",
    "field",
    "method",
    "parameter",
    "resource",
    "constant",
    "value",
)


class Shout(str):
    """A text that is another one in code."""

    def __repr__(self) -> str:
        return "exit()"

    def __str__(self) -> str:
        return "exit()"


class Number(int):
    def __repr__(self) -> str:
        return "exit()"


class Real(float):
    def __repr__(self) -> str:
        return "exit()"


class Level(enum.IntEnum):
    LOW = 1


class Colour(enum.StrEnum):
    RED = "red"


class Pair(NamedTuple):
    first: object
    second: object


class Html:
    def __html__(self) -> str:
        return "exit()"


def faults(text: str) -> list[str]:
    """Return the nodes that a template may not hold."""
    return list(_faults(ENVIRONMENT.parse(text)))


def _faults(node: nodes.Node) -> Iterator[str]:
    if type(node) not in NODES:
        yield type(node).__name__
    for attribute in ("name", "attr"):
        if "_" in str(getattr(node, attribute, ""))[:1]:
            yield f"the name {getattr(node, attribute)}"
    for child in node.iter_child_nodes():
        yield from _faults(child)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_consists_of_the_few_nodes_that_are_safe(path: Any) -> None:
    assert faults(path.read_text("utf-8")) == []


def test_there_is_one_template_for_each_module() -> None:
    modules = [path for path in generate(earth_engine()).files if path.endswith(".py")]
    modules.append("messages_package.py")  # of a large client
    assert [path.name for path in TEMPLATES] == sorted(f"{each}.jinja" for each in modules)


@pytest.mark.parametrize(
    "text",
    [
        "{% filter upper %}{{ a }}{% endfilter %}",
        "{% filter replace('a', 'exit()') %}{{ a }}{% endfilter %}",
        "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}{{ a }}{% endcall %}",
        "{% macro m(q) %}{{ q }}{% endmacro %}{{ m(a) }}",
        "{% set y = x %}{{ y }}",
        "{% set y %}{{ a }}{% endset %}{{ y }}",
        "{% with y = x %}{{ y }}{% endwith %}",
        "{{ a.__class__(x) }}",
        "{{ a.__class__ }}",
        "{{ view._hidden }}",
        "{{ _hidden }}",
        "{% for _x in view %}{{ _x }}{% endfor %}",
        "{{ a.text.upper() }}",
        "{{ view.mint(x) }}",
        "{{ a ~ x }}",
        "{{ a + x }}",
        "{{ a * 2 }}",
        "{{ a % x }}",
        "{{ a.text[0:1] }}",
        "{{ view['text'] }}",
        "{{ [a, a] | join(',') }}",
        "{{ x | safe }}",
        "{{ a if a else x }}",
        "{{ a or x }}",
        "{{ a and x }}",
        "{{ x == 'y' }}",
        "{{ x is defined }}",
        "{{ 'exit()' }}",
        "{{ 3 }}",
        "{{ [x] }}",
        "{{ {'y': x} }}",
        "{% if x == 'y' %}z{% endif %}",
        "{% include x %}",
        "{% extends x %}",
        "{% import x as y %}{{ y.z() }}",
        "{% from 'client.py.jinja' import y %}{{ y() }}",
        "{% block b %}{{ a }}{% endblock %}{{ self.b() }}",
        "{% for y in view recursive %}{{ loop(y) }}{% endfor %}",
        "{% for y in view if y == x %}{{ y }}{% endfor %}",
    ],
)
def test_a_form_that_could_print_another_text_is_no_part_of_a_template(text: str) -> None:
    try:
        found = faults(text)
    except jinja2.TemplateError:
        return
    assert found


@pytest.mark.parametrize(
    "value",
    [
        "exit()",
        Shout("a"),
        Html(),
        Markup("exit()"),
        3,
        True,
        None,
        ("exit()",),
        b"exit()",
        jinja2.Undefined(),
        Source,
        literal("a").text,
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize(
    "text",
    ["{{ x }}", "{% for y, z in view.pairs %}{{ z }}{% endfor %}", "{% if not y %}{{ view.x }}{% endif %}"],
)
def test_a_template_prints_nothing_but_a_source(text: str, value: object) -> None:
    assert faults(text) == []
    view = {"x": value, "pairs": ((literal(1), value),)}
    with pytest.raises((TypeError, jinja2.UndefinedError)):
        ENVIRONMENT.from_string(text).render(x=value, y=None, view=view)


@pytest.mark.parametrize(
    "text",
    ["{{ a.text }}", "{{ a }}{{ loop }}", "{{ missing }}", "{{ a.missing }}", "{{ range }}", "{{ self }}"],
)
def test_a_template_prints_no_part_of_a_source_and_nothing_of_its_own(text: str) -> None:
    with pytest.raises((TypeError, jinja2.UndefinedError)):
        ENVIRONMENT.from_string(text).render(a=literal("a"))


def test_a_source_is_printed_as_it_is() -> None:
    assert ENVIRONMENT.from_string("{{ a }} <&>").render(a=literal("<&>'")) == '"<&>\'" <&>'


def test_a_source_has_no_subclass_and_does_not_change() -> None:
    with pytest.raises(TypeError, match="no subclasses"):
        type("Other", (Source,), {})
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        literal(1).text = "exit()"  # type: ignore[misc]


def test_a_source_is_made_in_one_module() -> None:
    package = ROOT / "codegen/groundwire_codegen"
    makers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("Source", "evolve")
        if node.func.id == "Source" or path.parent.name == "render"
    }
    assert makers == {"render/source.py"}
    assert groundwire_codegen.__file__ == str(package / "__init__.py")


NAMES = [
    "\uff45\uff56\uff41\uff4c",
    "\U0001d422\U0001d41f",
    "\uff3f\uff3fclass\uff3f\uff3f",
    "\u2170f",
    "caf\u00e9",
    "x\u0301",
    "\u0430",
    "x y",
    "x-y",
    "x\n",
    "\nx",
    "x;exit()",
    "x=1",
    "x:",
    "x\0",
    "x\u200b",
]
"""Texts with a character that no name has, some of which Python would normalise to one that runs."""
WORDS = ["", "1x", "_x", "__class__", "__import__", "if", "None", "True", "class", "async"]
"""Texts of plain characters that are no names of a document's things."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text", [*NAMES, *WORDS, *(f"X{text}" for text in NAMES), Shout("x"), Shout("X")], ids=ascii
)
def test_what_is_no_name(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match="is no name of a"):
        name(kind, text)


@pytest.mark.parametrize(
    "text",
    [
        *(*NAMES, *(text for text in WORDS if text != "_x"), *(f"x.{text}" for text in NAMES), Shout("x")),
        *("__x", ".", "x..y", "x.", "x.if", ".if", "..........x", "os, sys", "x as y", "*"),
    ],
    ids=ascii,
)
def test_what_is_no_word(text: str) -> None:
    with pytest.raises(ValueError, match="is no word"):
        word(text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("message", "Mapping"),
        ("message", "Exception"),
        ("enum", "StrEnum"),
        ("field", "self"),
        ("field", "datetime"),
        ("parameter", "options"),
        ("method", "messages"),
        ("resource", "str"),
        ("class", "BaseClient"),
        ("constant", "CODECS"),
    ],
)
def test_a_name_that_generated_code_needs_is_reserved(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match="is no name of a"):
        name(kind, text)


@pytest.mark.parametrize("text", ["groundwire_runtime", "._runtime", "..earth._runtime", "a.b_c._d1", "_x"])
def test_a_module_is_a_word(text: str) -> None:
    assert word(text).text == text


@pytest.mark.parametrize("part", ["exit()", "", "\n", "()", "#", "a", Shout("."), None, 1], ids=ascii)
def test_sources_are_joined_by_punctuation_alone(part: Any) -> None:
    with pytest.raises(TypeError):
        joined(literal("a"), part, literal("b"))


@pytest.mark.parametrize(
    "value",
    [
        Shout("a"),
        Colour.RED,
        Level.LOW,
        Number(1),
        Real(1.0),
        math.inf,
        -math.inf,
        math.nan,
        Pair(1, 2),
        (1, Shout("a")),
        (math.nan,),
        ((1, (2, [3])),),
        b"a",
        [1],
        {"a": 1},
        {1},
        frozenset({1}),
        1j,
        Decimal(1),
        object(),
        ...,
        int,
        exit,
        literal("a"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_literal(value: object) -> None:
    with pytest.raises(TypeError, match="no literal of"):
        literal(value)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=6,
)


@given(plain)
def test_a_literal_is_read_back_as_it_was(value: object) -> None:
    text = literal(value).text
    assert repr(ast.literal_eval(text)) == repr(value)
    assert text.isascii()
    assert text.isprintable()


marked = st.text(st.characters(codec="utf-8") | st.sampled_from(f"\"\\'\n {OPEN}{CLOSE}"))


PROSE = [text for text in TEXTS if text.encode("utf-8", "replace").decode() == text]
"""Texts that a document may hold: the reader refuses half of a surrogate pair."""


@given(marked | st.sampled_from(PROSE), st.sampled_from([0, 4, 8]))
def test_a_docstring_is_read_back_as_it_was(text: str, indent: int) -> None:
    quoted = doc(text, indent).text
    words = " ".join(text.split()) or "Undocumented."
    pad = " " * indent
    code = f"{'class A:' if indent else ''}\n{pad}{quoted}\n{pad}x = 1\n"
    namespace: dict[str, Any] = {}
    exec(compile(code, "client.py", "exec"), namespace)  # noqa: S102 - what it defines is what is tested
    held = namespace["A"].__doc__ if indent else namespace["__doc__"]
    assert held.split() == words.split()
    assert all(line.isprintable() for line in quoted.split("\n"))
    assert not {OPEN, CLOSE} & set(quoted)
    assert len(list(tokenize.generate_tokens(io.StringIO(f"{quoted}\n").readline))) == 3


@given(marked | st.sampled_from([*PROSE, "coding: latin-1", "-*- coding=utf-7 -*-"]))
def test_a_comment_is_a_comment(text: str) -> None:
    shown = comment(text).text
    assert shown.isprintable()
    assert not {OPEN, CLOSE} & set(shown)
    line = f"# {shown}\n".encode()
    assert tokenize.detect_encoding(io.BytesIO(line).readline)[0] == "utf-8"
    assert compile(line, "client.py", "exec").co_consts == (None,)


def test_marks_of_the_layout_in_a_document_are_text(load: Load) -> None:
    document = bookshop()
    document["title"] = document["schemas"]["Book"]["description"] = f"{OPEN}(a,{CLOSE} b"
    genre = document["schemas"]["Book"]["properties"]["genre"]
    genre["enum"].append(f"{CLOSE}x{OPEN}")
    document["resources"]["books"]["methods"]["get"]["parameters"]["name"]["pattern"] = f"^{OPEN}$"
    package = load(files(document))
    assert package.Book.__doc__ == f"{OPEN}(a,{CLOSE} b"
    assert package.BookGenre.X.value == f"{CLOSE}x{OPEN}"
    client = package.Client()
    assert client.methods["bookshop.books.get"].parameters[0].pattern == f"^{OPEN}$"
    client.close()


def test_what_fits_is_folded_and_the_rest_is_not() -> None:
    short, long = "a" * 10, "a" * 60
    text = "x = f(<\n    {0},\n    g=(<\n        {1},\n    >),\n>)\n".replace("<", OPEN).replace(">", CLOSE)
    assert folded(text.format(short, short)) == f"x = f({short}, g=({short},))\n"
    assert folded(text.format(long, short)) == f"x = f({long}, g=({short},))\n"
    assert folded(text.format(long, long)) == f"x = f(\n    {long},\n    g=({long},),\n)\n"
    inside = text.format(long, long).replace("x = ", "def x():\n    return ")
    further = f"    return f(\n        {long},\n        g=({long},),\n    )\n"
    assert folded(inside) == f"def x():\n{further}"
    assert (
        folded(text.format(long, long * 2))
        == f"x = f(\n    {long},\n    g=(\n        {long * 2},\n    ),\n)\n"
    )


def test_brackets_that_only_a_long_group_needs_go_with_the_fold() -> None:
    union = "x: <(\n    {0}\n    | {1}\n)> = None\n".replace("<", OPEN).replace(">", CLOSE)
    names = "from x import <(\n    {0},\n    {1},\n)>\n".replace("<", OPEN).replace(">", CLOSE)
    assert folded(union.format("a", "b")) == "x: a | b = None\n"
    assert folded(names.format("a", "b")) == "from x import a, b\n"
    long = "a" * 60
    assert folded(union.format(long, long)) == f"x: (\n    {long}\n    | {long}\n) = None\n"
    assert folded(names.format(long, long)) == f"from x import (\n    {long},\n    {long},\n)\n"


@pytest.mark.parametrize("spare", [-1, 0, 1])
def test_a_line_is_full_when_it_is_full(spare: int) -> None:
    item = "a" * (LINE - len("x = f(),") + 1 + spare)
    text = folded(f"x = f({OPEN}\n    {item},\n{CLOSE})\n")
    assert (len(text.splitlines()) == 1) == (spare <= 0)


def test_rendering_refuses_a_name_that_another_step_let_through() -> None:
    api = read_api(encoded(bookshop()))
    assert waited(api) is None
    method = attrs.evolve(api.methods["bookshop.books.get"], name="exit()")
    wrong = attrs.evolve(api, methods={**api.methods, "bookshop.books.get": method})
    with pytest.raises(ValueError, match=r"'exit\(\)' is no name of a method"):
        render(wrong, package="client", origin="spec.json")


def test_a_command_says_that_the_fault_is_the_generators_own() -> None:
    @click.command()
    @reported
    def command() -> int:
        raise GeneratorError("text that is not safe to write: x = (")

    result = CliRunner().invoke(command)
    assert result.exit_code == 2
    assert result.stderr.startswith("internal error: text that is not safe to write: x = (")
    assert "nothing was written. Report it to Groundwire" in result.stderr
