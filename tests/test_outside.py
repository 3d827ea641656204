"""A run without the outside vectors says how many cases are missing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .outside import CASES, FOLDER, needed

ROOT = Path(__file__).parent.parent


def collected(files: Sequence[str], vectors: str | None) -> str:
    """What pytest prints when it collects these files."""
    environment = {key: value for key, value in os.environ.items() if key != "GROUNDWIRE_VECTORS"}
    if vectors is not None:
        environment["GROUNDWIRE_VECTORS"] = vectors
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *files]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - our own
    return done.stdout


def count(printed: str) -> int:
    """The cases of all files (`-q` from the settings and once more: a line a file)."""
    return sum(map(int, re.findall(r"^tests/\S+\.py: (\d+)$", printed, re.MULTILINE)))


def test_a_run_without_the_vectors_counts_what_is_missing() -> None:
    file = "tests/client/test_recordings.py"
    printed = collected([file, "tests/test_readme.py"], None)
    assert f"\nabout {CASES[file]} cases need the outside vectors and were not made" in printed


@needed
def test_the_count_is_about_right() -> None:
    files = [*CASES]
    whole, rest = collected(files, FOLDER), collected(files, None)
    (said,) = re.findall(r"^about ([0-9,]+) cases need", rest, re.MULTILINE)
    missing = count(whole) - count(rest)
    assert abs(int(said.replace(",", "")) - missing) <= missing / 10, (
        "tests/outside.py: CASES are out of date"
    )
    assert "outside vectors" not in whole
