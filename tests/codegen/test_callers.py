"""`upgrade --against`: exactly the errors that a change brings to somebody's code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from groundwire_codegen.callers import Finding, brought

from tests.codegen.documents import bookshop, encoded
from tests.codegen.test_cli import run
from tests.codegen.test_emit import tree
from tests.codegen.test_upgrade import renamed

APP = """\
from shop.books import Book, BookGenre


def pages(book: Book) -> int:
    wrong: str = 1
    return book.pages or wrong


def untyped(name):
    return Book(name=name, pages=3)


def genre(book: Book) -> str:
    if book.genre is BookGenre.POETRY:
        return "verse"
    return str(book.name)
"""
WANTED = [
    'src/app.py:6:12: error: "Book" has no attribute "pages" [attr-defined]',
    'src/app.py:10:12: error: Unexpected keyword argument "pages" for "Book" [call-arg]',
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a document, its client inside a package of callers, and what is to come."""
    pytest.importorskip("mypy")
    (tmp_path / "shop.json").write_bytes(encoded(bookshop()))
    (tmp_path / "new.json").write_bytes(encoded(renamed()))
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "__init__.py").touch()
    (tmp_path / "src" / "app.py").write_text(APP)
    (tmp_path / "mypy.ini").write_text("[mypy]\n")
    assert command(tmp_path, "generate").returncode == 0
    return tmp_path


def command(place: Path, name: str, *more: str) -> subprocess.CompletedProcess[str]:
    return python(place, name, "shop.json", "--out", "src/shop/books", *more)


def python(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in the callers' folder: their settings count, and none of this project's."""
    return subprocess.run(  # noqa: S603 - our own arguments
        [sys.executable, "-m", "groundwire_codegen", *arguments],
        cwd=place,
        env={key: value for key, value in os.environ.items() if key != "MYPYPATH"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def errors(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stdout.splitlines() if ": error: " in line]


def upgrade(place: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return command(place, "upgrade", "--new", "new.json", *more)


def test_it_lists_the_errors_that_the_change_brings_and_no_other(place: Path) -> None:
    before = tree(place)
    refused = upgrade(place, "--against", "src", "--fail-on", "callers")
    assert errors(refused) == WANTED
    assert (refused.returncode, tree(place)) == (1, before)
    done = upgrade(place, "--against", "src/app.py", "--report", "report.md")
    assert done.returncode == 0, done.stderr
    assert errors(done) == WANTED
    assert (
        f"### Your code (2)\n\nErrors that mypy did not find with the old client:\n\n```text\n{WANTED[0]}"
        in (place / "report.md").read_text("utf-8")
    )
    assert {path.name for path in place.iterdir()} == {
        "shop.json",
        "new.json",
        "src",
        "mypy.ini",
        "report.md",
    }


def test_code_that_the_change_does_not_touch_passes_the_gate(place: Path) -> None:
    (place / "src" / "app.py").write_text(APP.replace("pages", "name").replace("name=name, ", ""))
    done = upgrade(place, "--against", "src", "--fail-on", "callers", "--report", "report.md")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mypy finds no error that the change brings." in (place / "report.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import shop.books\ndef (:\n", "cannot check the code"),
        ("print('hello')\n", "mypy sees no use of books there"),
        ("from books import Book\n\nprint(Book())\n", "mypy sees no use of books there"),
        (None, "no such file or folder"),
    ],
)
def test_code_that_cannot_be_checked_stops_it(place: Path, text: str | None, said: str) -> None:
    path = place / "src" / "app.py"
    path.unlink()
    if text is not None:
        path.write_text(text)
    before = tree(place)
    done = upgrade(place, "--against", "src/app.py")
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert tree(place) == before


def test_settings_that_lead_the_import_elsewhere_do_not_pass_for_no_error(place: Path) -> None:
    (place / "mypy.ini").write_text("[mypy]\nexplicit_package_bases = True\n")
    done = upgrade(place, "--against", "src")
    assert (done.returncode, "settings of mypy may lead the import elsewhere" in done.stderr) == (2, True)
    (place / "mypy.ini").write_text("[mypy]\nexplicit_package_bases = True\nmypy_path = src\n")
    assert errors(upgrade(place, "--against", "src")) == WANTED


def test_no_code_of_the_working_directory_runs(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout may hold a package that is called like mypy."""
    monkeypatch.chdir(place)
    (place / "mypy").mkdir()
    for name in ("__init__.py", "__main__.py"):
        (place / "mypy" / name).write_text("import pathlib\npathlib.Path('ran').touch()\n")
    done = run("upgrade", "shop.json", "--out", "src/shop/books", "--new", "new.json", "--against", "src")
    assert "has no attribute" in done.stdout, done.output
    assert not (place / "ran").exists()


def finding(line: int, code: str = "attr-defined", message: str = "m") -> Finding:
    return Finding("app.py", line, 1, code, message)


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ([], [finding(1)], [finding(1)]),
        ([finding(1)], [finding(1)], []),
        ([finding(1)], [finding(1, message="A | B")], []),
        ([finding(1)], [finding(1, code="call-arg")], [finding(1, code="call-arg")]),
        ([finding(1)], [finding(1), finding(1, message="n")], [finding(1, message="n")]),
        ([finding(1)], [], []),
        ([finding(2)], [finding(3), finding(1)], [finding(1), finding(3)]),
    ],
)
def test_an_old_error_in_other_words_is_an_old_error(
    before: list[Finding], after: list[Finding], new: list[Finding]
) -> None:
    assert brought(before, after) == tuple(new)


def test_a_finding_shows_nothing_that_hides() -> None:
    assert str(finding(1, message="a\x1b[31m\nb")) == "app.py:1:1: error: a\\x1b[31m\\nb [attr-defined]"


def test_a_copy_is_held_to_its_callers_before_it_is_updated(place: Path) -> None:
    (place / "src" / "app.py").write_text(APP.replace("shop.books", "shop._books"))
    copy = ("vendor", "src/shop/_books")
    assert python(place, *copy, "--document", "shop.json").returncode == 0
    (place / "shop.json").write_bytes((place / "new.json").read_bytes())
    before = tree(place)
    refused = python(place, *copy, "--update", "--against", "src/app.py", "--fail-on", "callers")
    assert errors(refused) == WANTED
    assert (refused.returncode, tree(place)) == (1, before)
    assert python(place, *copy, "--update", "--against", "src").returncode == 0
