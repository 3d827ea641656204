"""How tests report the figures of promises: a mark says which, a fixture takes them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from .canary import Watch
from .rows import ROWS
from .table import page

Measured = Callable[[str], None]
_FIGURES = pytest.StashKey[dict[int, dict[str, list[str]]]]()
_WATCH = pytest.StashKey[Watch]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("promises")
    group.addoption("--full", action="store_true", help="run the whole load of tests that have one")
    group.addoption("--write-promises", type=Path, metavar="FILE", help="write what was measured")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "promise(*rows): the test measures these rows of docs/promises.md")
    config.stash[_FIGURES] = {}
    watch = config.stash[_WATCH] = Watch()
    logging.getLogger().addHandler(watch)
    logging.getLogger().setLevel(logging.DEBUG)


def pytest_unconfigure(config: pytest.Config) -> None:
    logging.getLogger().removeHandler(config.stash[_WATCH])


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """Report what a test measured of the promises that it is marked with."""

    def report(figure: str) -> None:
        assert figure.strip()
        assert "|" not in figure
        for row in _rows(request.node):
            _figures_of(request.node, row).append(figure)

    return report


@pytest.fixture(scope="session")
def full(pytestconfig: pytest.Config) -> bool:
    """Whether the whole load is asked for, not the suite's part of it."""
    return bool(pytestconfig.getoption("--full"))


def _rows(item: pytest.Item) -> list[int]:
    return [row for mark in item.iter_markers("promise") for row in mark.args]


def _figures_of(item: pytest.Item, row: int) -> list[str]:
    name = item.nodeid.partition("[")[0]
    return item.config.stash[_FIGURES].setdefault(row, {}).setdefault(name, [])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    result = yield
    silent = [row for row in _rows(item) if not _figures_of(item, row)]
    assert not silent, f"the test is marked with promises {silent}, but measured nothing"
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    result = yield
    hits = item.config.stash[_WATCH].taken()
    assert not hits, f"a secret shows in {len(hits)} log records, first: {hits[0]}"
    return result


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    target: Path | None = session.config.getoption("--write-promises")
    if target is None or exitstatus != 0:
        return
    figures = session.config.stash[_FIGURES]
    missing = sorted(ROWS.keys() - figures.keys())
    if missing:
        raise pytest.UsageError(f"nothing was written: no test measured promises {missing}")
    target.write_text(page(figures), encoding="utf-8")
