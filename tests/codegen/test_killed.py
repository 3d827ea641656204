"""A run that is stopped at any step, by a kill too, leaves the old tree or the new one, and the next run mends all."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from groundwire_codegen.lock import FILE, Lock, digest
from groundwire_codegen.vendor import vendored

from tests.codegen.documents import bookshop, with_property
from tests.codegen.packages import ROOT, output

pytestmark = pytest.mark.skipif(
    sys.platform not in ("linux", "darwin"), reason="folders cannot change places"
)
POINTS = 50
"""Kills of a run over an old tree; a fifth of it for a first run, and for each other way to stop."""


def earlier(files: Mapping[str, str]) -> dict[str, str]:
    """A vendored copy of an earlier version: one file is another, one is gone by now, one was not there yet."""
    old = {path: text for path, text in files.items() if path not in (FILE, "_runtime/retry.py")}
    old |= {"client.py": old["client.py"] + "\n# older\n", "_runtime/gone.py": "# gone\n"}
    return {**old, FILE: Lock(files={path: digest(text) for path, text in old.items()}).text()}


def upgrading(document: dict[str, Any], changelog: str, client: Mapping[str, str]) -> dict[str, str]:
    """What an upgrade replaces together, the document as the last."""
    inside = {f"client/{path}": text for path, text in client.items()}
    return {**inside, "CHANGELOG.md": changelog, "spec/shop.json": json.dumps(document)}


def trees(command: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    if command in ("generate", "upgrade"):
        old, new = bookshop(), with_property("isbn", {"type": "string"})
        clients = output(old).files, output(new).files
        if command == "generate":
            return clients
        return upgrading(old, "# Changelog\n", clients[0]), upgrading(new, "# Changelog\n\n- x\n", clients[1])
    new = vendored("groundwire")
    return earlier(new), new


@pytest.mark.parametrize("command", ["generate", "upgrade", "vendor"])
def test_a_run_that_is_stopped_leaves_one_tree_whole(command: str, tmp_path: Path) -> None:
    for name, files in zip(("old.json", "new.json"), trees(command), strict=True):
        (tmp_path / name).write_text(json.dumps(dict(files)), "utf-8")
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "tests.codegen.killed", str(tmp_path), str(POINTS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert [each for each in found if each["left"] == "torn" or not each["mended"]] == []
    # Three renames cannot be one step: killed between two, or when nothing can be undone, the next run ends in the new tree.
    between = [each for each in found if each["left"] == "between"]
    assert between == [] or command == "upgrade"
    assert {each["how"] for each in between} <= {"killed", "failed from there on"}
    assert len({each["step"] for each in between}) <= 2
    states = Counter(each["left"] for each in found if each["how"] == "killed" and not each["first"])
    assert states["old"] > 3
    assert states["new"] > 3
    assert sum(each["stopped"] for each in found if each["how"] == "killed") >= POINTS / 2
