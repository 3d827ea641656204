"""docs/promises.md: the promises, and what the test run measured of each."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from .rows import ROWS

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "promises.md"
_BREAK: Final = "<br>"
_HEAD: Final = """# What the runtime promises

Written by `nox -s promises`, which runs every test named here at its full size and fails where a figure is not held.
The usual test run makes the same checks with a part of the load, and fails when this page and the tests disagree.
Times are of the machine that wrote the page.

| # | behaviour | figure to hold | measured | test |
|---|---|---|---|---|
"""


@frozen
class Line:
    """One line of the table."""

    row: int
    behaviour: str
    figure: str
    measured: str
    tests: tuple[str, ...]


def page(measured: Mapping[int, Mapping[str, Sequence[str]]]) -> str:
    """The page, from the figures of each row by test."""
    return _HEAD + "".join(_line(row, measured[row]) for row in sorted(measured))


def _line(row: int, figures: Mapping[str, Sequence[str]]) -> str:
    told = [figure for test in sorted(figures) for figure in sorted(set(figures[test]))]
    tests = (f"[{name.partition('::')[2]}](../{name.partition('::')[0]})" for name in sorted(figures))
    cells = (str(row), ROWS[row].behaviour, ROWS[row].figure, _BREAK.join(told), _BREAK.join(tests))
    return f"| {' | '.join(cells)} |\n"


def lines(text: str) -> list[Line]:
    """What a page says."""
    rows = (line.strip("|\n ").split(" | ") for line in text.splitlines() if line[:3].strip("| ").isdigit())
    return [
        Line(int(number), behaviour, figure, measured, tuple(map(_test, tests.split(_BREAK))))
        for number, behaviour, figure, measured, tests in rows
    ]


def _test(link: str) -> str:
    name, _, path = link.strip("[)").partition("](../")
    return f"{path}::{name}"


def marked(folder: Path = ROOT / "tests") -> dict[int, tuple[str, ...]]:
    """The tests that report a figure of each row, read from their source."""
    found: dict[int, set[str]] = {}
    for path in folder.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        if "mark.promise" in text:
            for row, name in _marks(ast.parse(text)):
                found.setdefault(row, set()).add(f"{path.relative_to(ROOT).as_posix()}::{name}")
    return {row: tuple(sorted(names)) for row, names in sorted(found.items())}


def _marks(module: ast.Module) -> Iterator[tuple[int, str]]:
    for function in module.body:
        if isinstance(function, ast.FunctionDef):
            for mark in function.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.promise":
                    for row in mark.args:
                        yield ast.literal_eval(row), function.name
