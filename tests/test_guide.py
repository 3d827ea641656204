"""docs/testing.md is right, command by command; `nox -s guide` follows it in an empty environment."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from . import guide


@pytest.mark.skipif(
    not shutil.which("bash") or not shutil.which("curl"), reason="the page needs bash and curl"
)
def test_the_page_on_testing_is_right(tmp_path: Path) -> None:
    assert guide.wrong(tmp_path) == []


def test_the_runner_reads_the_whole_page() -> None:
    page = guide.PAGE.read_text(encoding="utf-8")
    assert set(guide.files(page)) == {"pipeline.py", "test_pipeline.py", "service.py"}
    steps = guide.commands(page)
    assert len(steps) == page.count("\n$ ") > 15
    assert sum(len(printed) for _, printed in steps) > 10


def test_the_runner_sees_what_does_not_come_out(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ echo one\ntwo\n$ false\n```\n", encoding="utf-8")
    assert [line.partition(":")[0] for line in guide.wrong(tmp_path, page)] == [
        "the script ended with 1",
        "echo one",
    ]
