from __future__ import annotations

import logging
from pathlib import Path

import pytest

from .canary import CANARY, Watch
from .figures import percentile, spread
from .plugin import Measured
from .rows import ROWS
from .table import PAGE, lines, marked, page


def test_every_promise_has_a_test() -> None:
    assert marked().keys() == ROWS.keys() == set(range(1, 42))


def test_the_page_says_what_the_tests_promise() -> None:
    told = lines(PAGE.read_text(encoding="utf-8"))
    assert [(line.row, line.behaviour, line.figure) for line in told] == [
        (number, row.behaviour, row.figure) for number, row in ROWS.items()
    ]
    assert all(line.measured for line in told)


def test_the_page_names_the_tests_that_there_are() -> None:
    told = {line.row: line.tests for line in lines(PAGE.read_text(encoding="utf-8"))}
    assert told == marked(), "run `nox -s promises`"


def test_a_page_is_read_as_it_was_written() -> None:
    text = page({3: {"tests/b.py::test_b": ["3 ms", "2 ms", "2 ms"], "tests/a.py::test_a": ["1 ms"]}})
    (line,) = lines(text)
    assert (line.row, line.behaviour, line.figure) == (3, ROWS[3].behaviour, ROWS[3].figure)
    assert line.measured == "1 ms<br>2 ms<br>3 ms"
    assert line.tests == ("tests/a.py::test_a", "tests/b.py::test_b")


def test_marks_are_found_in_the_source(tmp_path: Path) -> None:
    assert marked(tmp_path) == {}
    assert f"tests/promises/test_table.py::{test_no_secret_shows_in_any_record.__name__}" in marked()[20]


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(number) for number in range(1, 1001)]
    assert [percentile(values, part) for part in (0.0, 0.5, 0.99, 0.999, 1.0)] == [1, 500, 990, 999, 1000]
    assert spread([0.001, 0.002, 0.003]) == "p50 2.0 ms, p99 3.0 ms, max 3.0 ms over 3 calls"


@pytest.mark.parametrize(
    "text", [f"token {CANARY}", "authorization: Bearer abc", "ya29.a0Af", "-----BEGIN PRIVATE KEY-----"]
)
@pytest.mark.parametrize("place", ["message", "argument", "traceback"])
def test_the_watch_sees_a_secret_wherever_a_record_holds_it(text: str, place: str) -> None:
    watch, log = Watch(), logging.Logger("alone", logging.DEBUG)
    log.addHandler(watch)
    if place == "message":
        log.debug(text)
    elif place == "argument":
        log.debug("%d calls: %s", 1, {"headers": [text]})
    else:
        try:
            raise ValueError(text)
        except ValueError:
            log.debug("failed", exc_info=True)
    assert len(watch.taken()) == 1
    assert watch.taken() == []


@pytest.mark.promise(20)
def test_no_secret_shows_in_any_record(measured: Measured, pytestconfig: pytest.Config) -> None:
    """The watch itself is on every test: a hit fails the test during which it came."""
    root = logging.getLogger()
    assert any(isinstance(handler, Watch) for handler in root.handlers)
    assert root.level == logging.DEBUG
    measured("0 hits in the records of the whole run: a hit fails it")
