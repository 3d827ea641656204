"""Which tests reach which line, and how long each test takes: told by one run of all of them under coverage."""

from __future__ import annotations

import ast
import sys
from collections.abc import Generator, Iterator, Mapping
from typing import Any, Final

import pytest
from attrs import define, field, frozen
from coverage import Coverage

from .mutant import RUNTIME, Mutant

IMPORT: Final = ""
"""The context of what runs for no one test: imports, and fixtures that tests share."""
TESTS: Final = (
    "tests/runtime",
    "tests/client",
    "tests/vectors",
    "tests/exports",
    "tests/test_observability.py",
    "tests/promises",
    *(f"--deselect=tests/promises/test_{name}.py" for name in ("deadlines", "plugin", "sharing", "table")),
    "--deselect=tests/runtime/test_bad_responses.py::test_76_a_byte_each_fifth_of_a_second_for_ever",
)
"""Without those that measure time by the millisecond: beside trials, they fail for no mutant."""
OPTIONS: Final = ("-x", "-q", "--tb=no", "-p", "no:randomly")
FAILED: Final = 5
"""Tests that may fail without a mutant: those of time do, on a busy machine."""
LONGEST: Final = 4.0
"""Seconds of tests that a mutant gets."""
_BUILT_AT_IMPORT: Final = ("tests/client/", "tests/vectors/")
"""Where what is built at import is used: codecs."""


@frozen
class Plan:
    """How a mutant is tried."""

    tests: tuple[str, ...]
    """The likeliest to fail first."""
    seconds: float
    """What they take."""
    fresh: bool
    """Whether it must be there before anything of ours is imported."""


@define
class Reach:
    """What a run of all tests shows."""

    tests_by_line: dict[str, dict[int, frozenset[str]]] = field(factory=dict)
    seconds: dict[str, float] = field(factory=dict)

    def plan(self, mutant: Mutant, tree: ast.Module) -> Plan:
        """The tests that may notice a mutant."""
        lines = self.tests_by_line.get(mutant.module, {})
        function = _function(tree, mutant.function)
        body = range(function.body[0].lineno, (function.end_lineno or 0) + 1)
        whole = _tests(lines, body)
        statement = _statement(function, mutant.line)
        # A signature is read when the function is made.
        in_body = statement.start >= body.start
        reached = _tests(lines, statement) if in_body else whole | {IMPORT}
        if IMPORT in reached:
            reached |= whole | {test for test in self.seconds if test.startswith(_BUILT_AT_IMPORT)}
        own = f"/test_{mutant.path.stem}"
        chosen: list[str] = []
        total = 0.0
        for test in sorted(reached - {IMPORT}, key=lambda test: (own not in test, self.seconds[test], test)):
            if total < LONGEST:
                chosen.append(test)
                total += self.seconds[test]
        return Plan(tuple(chosen), total, IMPORT in whole or not in_body)


def _tests(lines: Mapping[int, frozenset[str]], which: range) -> frozenset[str]:
    nothing: frozenset[str] = frozenset()
    return nothing.union(*(lines.get(line, nothing) for line in which))


def reach() -> Reach:
    """Run all tests, each in a context of its own."""
    coverage = Coverage(data_file=None, include=[f"{RUNTIME}/*"], config_file=False)
    watch = _Watch(coverage)
    coverage.start()
    ended = pytest.main([*OPTIONS, "--maxfail=0", *TESTS], plugins=[watch])
    coverage.stop()
    if ended not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or len(watch.failed) > FAILED:
        sys.exit("without a mutant, the tests fail")
    for test in watch.failed:
        print(f"left out, since it fails without a mutant: {test}")
        del watch.seconds[test]
    data = coverage.get_data()
    found: dict[str, dict[int, frozenset[str]]] = {}
    for path in data.measured_files():
        parts = path.removeprefix(f"{RUNTIME}/").removesuffix(".py").removesuffix("/__init__").split("/")
        by_line = data.contexts_by_lineno(path)
        found[".".join(parts)] = {line: frozenset(tests) - watch.failed for line, tests in by_line.items()}
    return Reach(found, watch.seconds)


@define(eq=False)
class _Watch:
    coverage: Coverage
    seconds: dict[str, float] = field(factory=dict)
    failed: set[str] = field(factory=set)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        for cached in _caches():
            cached.cache_clear()
        self.coverage.switch_context(item.nodeid)
        ended = yield
        self.coverage.switch_context(IMPORT)
        return ended

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: Any
    ) -> Generator[None, Any, Any]:
        if fixturedef.scope != "function":
            self.coverage.switch_context(IMPORT)
        made = yield
        self.coverage.switch_context(request._pyfuncitem.nodeid)
        return made

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.failed.add(report.nodeid)


def _caches() -> Iterator[Any]:
    # What an earlier test left in a cache, the next does not reach.
    for name, module in list(sys.modules.items()):
        if name.startswith("groundwire_runtime"):
            yield from (made for made in vars(module).values() if hasattr(made, "cache_clear"))


def _function(tree: ast.Module, name: str) -> ast.FunctionDef:
    body: list[ast.stmt] = tree.body
    holder, _, last = name.rpartition(".")
    if holder:
        body = next(each for each in body if isinstance(each, ast.ClassDef) and each.name == holder).body
    return next(each for each in body if isinstance(each, ast.FunctionDef) and each.name == last)


def _statement(function: ast.FunctionDef, line: int) -> range:
    """The lines of the innermost statement of a line, without those of statements within it."""
    found = range(function.lineno, function.body[0].lineno)
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and node is not function:
            within = [
                each.lineno for each in ast.walk(node) if isinstance(each, ast.stmt) and each is not node
            ]
            span = range(node.lineno, min(within) if within else (node.end_lineno or 0) + 1)
            if line in span:
                found = span
    return found
