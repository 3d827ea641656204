"""What the plugin does to a run, in a run of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .table import ROOT

TESTS = """
import logging
import pytest

@pytest.mark.promise(3)
def test_that_reports(measured):
    measured("1 ms")

@pytest.mark.promise(3)
def test_that_reports_nothing():
    pass

def test_that_logs_a_secret():
    logging.getLogger("x").debug("authorization: %s", "Bearer abc")

def test_without_a_promise():
    pass
"""


def run(folder: Path, *options: str) -> tuple[int, str]:
    """The exit status and the output of a run of the tests above."""
    (folder / "test_it.py").write_text(TESTS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.promises.plugin", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    ran = subprocess.run(  # noqa: S603 - our own command
        [*command, "-rA", "--rootdir", str(folder), str(folder), *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_a_test_that_measures_nothing_or_logs_a_secret_fails_and_no_page_is_written(tmp_path: Path) -> None:
    target = tmp_path / "promises.md"
    status, said = run(tmp_path, "--write-promises", str(target))
    assert status == 1
    assert not target.exists()
    assert "PASSED test_it.py::test_that_reports\n" in said
    assert "PASSED test_it.py::test_without_a_promise\n" in said
    assert "FAILED test_it.py::test_that_reports_nothing" in said
    assert "measured nothing" in said
    assert "ERROR test_it.py::test_that_logs_a_secret" in said


def test_a_page_with_a_row_missing_is_not_written(tmp_path: Path) -> None:
    target = tmp_path / "promises.md"
    status, said = run(tmp_path, "--write-promises", str(target), "-k", "test_that_reports and not nothing")
    assert status != 0
    assert "no test measured promises [1, 2, 4," in said
    assert not target.exists()
