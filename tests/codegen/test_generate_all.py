"""`generate-all`: many documents in one run, skipped where nothing changed, whatever happens to one of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from groundwire_codegen.batch.workers import RETIRE_ABOVE, run
from groundwire_codegen.lock import FILE

from tests.codegen.documents import bookshop, encoded
from tests.codegen.test_cli import run as command

OPENAPI = """\
openapi: 3.0.3
info: {title: Huts, version: "1"}
servers: [{url: "https://huts.example"}]
paths:
  /huts: {get: {operationId: listHuts, responses: {"204": {description: none}}}}
"""


class Shelf:
    """A folder of documents, and the folder of their clients."""

    def __init__(self, folder: Path) -> None:
        self.spec, self.out = folder / "spec", folder / "clients"
        self.spec.mkdir()

    def add(self, name: str, value: dict[str, Any] | str) -> Path:
        path = self.spec / name
        path.write_bytes(value.encode() if isinstance(value, str) else encoded(value))
        return path

    def run(self, *more: object) -> Result:
        return command("generate-all", self.spec, "--out", self.out, "--jobs", 2, *more)

    def tree(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.out).as_posix(): path.read_bytes()
            for path in self.out.rglob("*")
            if path.is_file()
        }

    def outcomes(self, result: Result) -> dict[str, str]:
        """The table's last column by its first."""
        rows = [line.rsplit("  ", 1) for line in result.stdout.splitlines()[1:-1]]
        return {row[0].split()[0]: row[1] for row in rows}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path)
    made.add("books.v1.json", bookshop())
    made.add("huts.yaml", OPENAPI)
    return made


def test_each_document_becomes_the_package_that_generate_writes(shelf: Shelf) -> None:
    shelf.add("index.json", {"kind": "discovery#directoryList"})
    result = shelf.run("--allow-host", "huts.example")
    assert result.exit_code == 0, result.output
    assert {path.name for path in shelf.out.iterdir()} == {"books_v1", "huts"}
    for name, package in (("books.v1.json", "books_v1"), ("huts.yaml", "huts")):
        checked = command(
            "check", shelf.spec / name, "--out", shelf.out / package, "--allow-host", "huts.example"
        )
        assert (checked.exit_code, checked.stdout) == (0, "")
    head, *rows, summary = result.stdout.splitlines()
    assert head.split() == ["document", "methods", "types", "seconds", "outcome"]
    assert [row.split()[:3] for row in rows] == [["books.v1", "3", "4"], ["huts", "1", "0"]]
    assert summary.startswith("2 documents: 2 written, 0 up to date, 0 failed; ")
    assert "[2/2] " in result.stderr
    assert "index.json: not a description, left out" in result.stderr


def test_one_that_fails_stops_no_other_and_is_named(shelf: Shelf) -> None:
    shelf.add("broken.json", '{"kind": "discovery#restDescription", ')
    wrong = bookshop()
    wrong["schemas"]["Book"]["properties"]["pages"] = {"type": "shelf"}
    shelf.add("wrong.json", wrong)
    result = shelf.run()
    assert result.exit_code == 2
    assert shelf.outcomes(result) == {
        "books.v1": "written",
        "broken": "failed",
        "huts": "written",
        "wrong": "failed",
    }
    assert "broken: document: not JSON at line 1" in result.stderr
    assert "wrong: document#/schemas/Book/properties/pages/type: unknown type 'shelf'" in result.stderr
    assert result.stderr.splitlines()[-1] == "2 of 4 documents failed: broken, wrong"
    assert {path.name for path in shelf.out.iterdir()} == {"books_v1", "huts"}


def test_what_is_up_to_date_is_skipped(shelf: Shelf) -> None:
    shelf.run()
    before, stamps = shelf.tree(), {path: path.stat().st_mtime_ns for path in shelf.out.rglob("*")}
    again = shelf.run()
    assert shelf.outcomes(again) == {"books.v1": "up to date", "huts": "up to date"}
    assert [row.split()[1:3] for row in again.stdout.splitlines()[1:-1]] == [["3", "4"], ["1", "0"]]
    assert {path: path.stat().st_mtime_ns for path in shelf.out.rglob("*")} == stamps

    (shelf.out / "huts" / "client.py").unlink()
    shelf.add("books.v1.json", {**bookshop(), "revision": "20990101"})
    changed = shelf.run()
    assert shelf.outcomes(changed) == {"books.v1": "written", "huts": "written"}
    after = shelf.tree()
    assert {path for path in after if after[path] != before[path]} == {
        f"books_v1/{FILE}",
        "books_v1/provenance.py",
    }


@pytest.mark.parametrize("path", ["huts/client.py", "huts/more.py"])
def test_an_edit_is_refused_and_may_be_discarded(shelf: Shelf, path: str) -> None:
    shelf.run()
    text = (shelf.out / "huts" / "client.py").read_text("utf-8")
    (shelf.out / path).write_text(f"{text}# mine\n", "utf-8")
    refused = shelf.run()
    assert (refused.exit_code, shelf.outcomes(refused)["huts"]) == (2, "failed")
    assert (shelf.out / path).read_text("utf-8").endswith("# mine\n")
    if path.endswith("client.py"):
        assert shelf.outcomes(shelf.run("--discard-edits"))["huts"] == "written"
        assert (shelf.out / path).read_text("utf-8") == text


def test_an_overlay_beside_a_document_is_taken(shelf: Shelf) -> None:
    shelf.add("books.v1.overlay.toml", 'package = "acme.books"\ngenerate = ["bookshop.books.get"]\n')
    result = shelf.run()
    assert result.exit_code == 0, result.output
    assert (shelf.out / "acme" / "books" / FILE).is_file()
    assert "  1  " in result.stdout.splitlines()[1]
    shelf.add("books.v1.overlay.toml", 'package = "acme.books"\n')
    assert shelf.outcomes(shelf.run()) == {"books.v1": "written", "huts": "up to date"}


@pytest.mark.parametrize(
    ("overlay", "words"),
    [
        ('package = "../evil"', "overlay#/package: '../evil' is not a package name"),
        ("package = ", "overlay: not TOML"),
        ("\udcff", "overlay: not UTF-8"),
    ],
)
def test_an_overlay_with_a_fault_stops_no_other_document(shelf: Shelf, overlay: str, words: str) -> None:
    (shelf.spec / "huts.overlay.toml").write_bytes(overlay.encode("utf-8", "surrogateescape"))
    result = shelf.run()
    assert result.exit_code == 2
    assert shelf.outcomes(result) == {"books.v1": "written", "huts": "failed"}
    assert f"huts: {words}" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows makes links for few users")
def test_a_link_is_a_document_by_its_own_name(shelf: Shelf) -> None:
    (shelf.spec / "zoo.yaml").symlink_to("huts.yaml")
    result = command("generate-all", shelf.spec, shelf.spec / "huts.yaml", "--out", shelf.out)
    assert (result.exit_code, {*shelf.outcomes(result)}) == (0, {"books.v1", "huts", "zoo"})


def test_case_does_not_tell_folders_apart(shelf: Shelf) -> None:
    shelf.add("books.v1.overlay.toml", 'package = "Huts.books"\n')
    result = shelf.run()
    assert result.exit_code == 2
    assert "writes the package Huts.books" in result.stderr


@pytest.mark.parametrize("name", ["books_v1.json", "Books-V1.yaml"])
def test_two_documents_of_one_package_are_refused_before_anything_is_written(shelf: Shelf, name: str) -> None:
    shelf.add(name, OPENAPI if name.endswith("yaml") else bookshop())
    result = shelf.run()
    assert result.exit_code == 2
    assert "writes the package books_v1" in result.stderr
    assert not shelf.out.exists()


def test_a_folder_without_a_document_is_refused(tmp_path: Path) -> None:
    result = command("generate-all", tmp_path, "--out", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"no document in {tmp_path}" in result.stderr


def test_a_file_may_be_named(shelf: Shelf) -> None:
    result = command("generate-all", shelf.spec / "huts.yaml", "--out", shelf.out)
    assert shelf.outcomes(result) == {"huts": "written"}


def test_strict_stops_a_document_that_changed_under_its_overlay_each_time(shelf: Shelf) -> None:
    shelf.add("books.v1.overlay.toml", "[messages.Book.fields.pages]\nminimum = 1\n")
    shelf.run()
    changed = bookshop()
    changed["schemas"]["Book"]["properties"]["pages"]["description"] = "Counted anew."
    shelf.add("books.v1.json", changed)
    assert shelf.run().exit_code == 0
    for _ in range(2):
        strict = shelf.run("--strict")
        assert (strict.exit_code, shelf.outcomes(strict)["books.v1"]) == (2, "failed")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_run_that_was_killed_is_taken_up_again(shelf: Shelf, tmp_path: Path) -> None:
    for number in range(12):
        shelf.add(f"books.v{number + 2}.json", bookshop())
    words = ("generate-all", str(shelf.spec), "--out", str(shelf.out), "--jobs", "2")
    with subprocess.Popen(  # noqa: S603 - our own arguments
        [sys.executable, "-m", "groundwire_codegen", *words], stderr=subprocess.PIPE, text=True
    ) as first:
        assert first.stderr is not None
        first.stderr.readline()
        first.send_signal(signal.SIGKILL)
        # The end of the file: its processes have ended too.
        first.stderr.read()
    there = {path.name for path in shelf.out.iterdir() if (path / FILE).exists()}
    second = shelf.run()
    outcomes = shelf.outcomes(second)
    assert second.exit_code == 0
    assert {name.replace(".", "_") for name, end in outcomes.items() if end == "up to date"} >= {
        name for name in there if not name.startswith(".")
    }
    assert there
    want = Shelf.__new__(Shelf)
    want.spec, want.out = shelf.spec, tmp_path / "fresh"
    want.run()
    assert shelf.tree() == want.tree()


def square(number: int) -> tuple[int, int]:
    """The square of a number, with the process that found it; some numbers end it, or fill its memory."""
    if number == 3:
        os._exit(7)
    filled = b"x" * (RETIRE_ABOVE if number == 5 else 1)
    return number * number, os.getpid() if filled else 0


def test_a_process_that_dies_takes_only_its_task_with_it() -> None:
    done = {each.task: each for each in run(range(6), square, jobs=2)}
    assert done.keys() == set(range(6))
    assert (done[3].result, done[3].exit_code) == (None, 7)
    assert all(each.result and each.result[0] == task**2 for task, each in done.items() if task != 3)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a process's memory")
def test_a_process_that_has_grown_gives_way_to_another() -> None:
    done = [*run([1, 2, 5, 1, 2], square, jobs=1)]
    processes = [each.result[1] for each in done if each.result is not None]
    assert processes[0] == processes[1] == processes[2] != processes[3] == processes[4]
    assert done[2].peak > RETIRE_ABOVE > done[3].peak > 0


def test_the_processes_end_with_the_run() -> None:
    running = run([1, 2, 4, 1, 2, 4], square, jobs=2)
    first = next(running)
    running.close()
    assert first.result is not None
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(first.result[1], 0)
        except OSError:
            return
    pytest.fail("a process is still there")
