"""A hand edit is named and never overwritten, and every command ends with the exit code that says what is wrong."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from groundwire_codegen.emit import emit
from groundwire_codegen.fetch.normal import normal
from groundwire_codegen.lock import FILE, Lock, digest
from groundwire_codegen.problem import EditedError

from tests.audits.builds.origin import git
from tests.codegen.documents import bookshop, encoded, with_property
from tests.codegen.test_cli import run
from tests.codegen.test_emit import locked, tree

CRLF = b"\r\n"
BOM = b"\xef\xbb\xbf"


class Place:
    """A document with a client, a vendored copy, and a document that is to come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spec = folder / "bookshop.json"
        self.overlay = folder / "bookshop.toml"
        self.client = folder / "bookshop"
        self.copy = folder / "service" / "shop"
        self.new = folder / "new.json"

    def fill(self) -> None:
        self.overlay.write_bytes(b'[messages.Book]\ndoc = """One.\n\nTwo."""\n')
        self.spec.write_bytes(normal(encoded(bookshop()), "bookshop", prose=True))
        self.new.write_bytes(encoded({**with_property("isbn", {"type": "string"}), "revision": "20260202"}))
        assert self.run("generate").exit_code == 0
        assert self.run("vendor").exit_code == 0

    def run(self, command: str, *more: str) -> Result:
        inputs = (str(self.spec), "--overlay", str(self.overlay), "--out", str(self.client))
        source = ("--document", str(self.spec), "--overlay", str(self.overlay))
        arguments = {
            "generate": ("generate", *inputs),
            "check": ("check", *inputs),
            "upgrade": ("upgrade", *inputs, "--new", str(self.new)),
            "vendor": ("vendor", str(self.copy), *source),
            "vendor --check": ("vendor", str(self.copy), "--check"),
            "vendor --update": ("vendor", str(self.copy), "--update"),
        }
        return run(*arguments[command], *more)

    def edited(self, command: str) -> Path:
        """A module of what the command is about, with an edit in its fifth line."""
        path = (self.copy if command.startswith("vendor") else self.client) / "messages.py"
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join([*lines[:4], "# mine\n", *lines[5:]]), "utf-8", newline="")
        return path


WRITERS = ("generate", "upgrade", "vendor", "vendor --update")
COMMANDS = (*WRITERS, "check", "vendor --check")


@cache
def filled(folder: Path) -> Path:
    """The place that every test gets a copy of."""
    Place(folder).fill()
    return folder


@pytest.fixture
def place(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    first = tmp_path_factory.getbasetemp() / "place"
    first.mkdir(exist_ok=True)
    shutil.copytree(filled(first), tmp_path / "place")
    return Place(tmp_path / "place")


def stale(place: Place) -> None:
    place.spec.write_bytes(encoded({**with_property("pages2", {"type": "string"}), "revision": "20260109"}))


def bad(place: Place) -> None:
    place.spec.write_bytes(encoded(with_property("x", {"type": "int128"})))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("prepare", "writes", "checks"),
    [(None, 0, 0), (stale, 0, 1), (bad, 2, 2)],
    ids=["clean", "stale", "bad"],
)
def test_exit_codes(
    place: Place, command: str, prepare: Callable[[Place], None] | None, writes: int, checks: int
) -> None:
    if prepare is not None:
        prepare(place)
    assert place.run(command).exit_code == (writes if command in WRITERS else checks)


@pytest.mark.parametrize("command", ["upgrade", "vendor --update"])
def test_a_gate_ends_with_one(place: Place, command: str) -> None:
    stale(place)
    assert place.run(command, "--fail-on", "compatible").exit_code == 1


@pytest.mark.parametrize("is_stale", [False, True])
@pytest.mark.parametrize("command", COMMANDS)
def test_an_edit_is_named_and_ends_with_three(place: Place, command: str, is_stale: bool) -> None:
    path = place.edited(command)
    if is_stale:
        stale(place)
    before = tree(place.folder)
    done = place.run(command)
    assert done.exit_code == 3, done.output
    assert tree(place.folder) == before
    name = path.parent.name
    if command in WRITERS:
        assert f"{name}#/messages.py: edited by hand" in done.stderr
        assert "--discard-edits" in done.stderr
        assert "nothing was written" in done.stderr
    else:
        assert f"{name}/messages.py" in done.stdout
    # Where the document is another by now, only `upgrade` has the text that was edited, when it starts from the old one.
    assert ("line 5" in done.output) or is_stale


def test_an_upgrade_names_the_line_although_the_document_changes_the_file(place: Place) -> None:
    path = place.edited("upgrade")
    done = place.run("upgrade")
    assert f"{path.parent.name}#/messages.py: edited by hand, line 5 (" in done.stderr


@pytest.mark.parametrize("command", WRITERS)
def test_edits_are_discarded_when_that_is_said(place: Place, command: str) -> None:
    path = place.edited(command)
    assert place.run(command, "--discard-edits").exit_code == 0
    assert "# mine" not in path.read_text("utf-8")


def test_an_edited_runtime_is_put_back(place: Place) -> None:
    path = place.copy / "_runtime" / "retry.py"
    text = path.read_text("utf-8")
    path.write_text(text + "# mine\n", "utf-8")
    assert place.run("vendor --update").exit_code == 3
    assert place.run("vendor --update", "--discard-edits").exit_code == 0
    assert path.read_text("utf-8") == text


def test_an_edit_that_lost_our_first_line_is_not_ours_to_drop(place: Place) -> None:
    path = place.client / "messages.py"
    path.write_text("mine\n", "utf-8")
    for more in ((), ("--discard-edits",)):
        done = place.run("generate", *more)
        assert (done.exit_code, "move it out of the folder" in done.stderr) == (3, True)
    assert path.read_text("utf-8") == "mine\n"


def test_an_edit_in_a_report_is_shown_too(place: Place) -> None:
    place.edited("upgrade")
    report = place.folder / "report.md"
    assert place.run("upgrade", "--report", str(report)).exit_code == 3
    assert "messages.py: edited by hand, line 5" in report.read_text("utf-8")


@pytest.mark.parametrize("command", ["generate", "check", "upgrade"])
def test_a_lock_does_not_vouch_for_itself(place: Place, command: str) -> None:
    path, lock = place.client / "client.py", place.client / FILE
    edited = path.read_text("utf-8") + "import os\n"
    lock.write_text(
        lock.read_text("utf-8").replace(digest(path.read_bytes()), digest(edited)), "utf-8", newline=""
    )
    path.write_text(edited, "utf-8", newline="")
    place.new.write_bytes(place.spec.read_bytes())
    before = tree(place.folder)
    done = place.run(command)
    assert done.exit_code == 3, done.output
    assert "client.py" in done.output
    assert FILE in done.output
    assert tree(place.folder) == before


def test_a_manifest_does_not_vouch_for_itself(place: Place) -> None:
    path, lock = place.copy / "_runtime" / "retry.py", place.copy / FILE
    edited = path.read_text("utf-8") + "import os\n"
    lock.write_text(lock.read_text("utf-8").replace(digest(path.read_bytes()), digest(edited)), "utf-8")
    path.write_text(edited, "utf-8", newline="")
    done = place.run("vendor --check")
    assert (done.exit_code, "shop/_runtime/retry.py" in done.stdout) == (1, True)


def test_an_edited_name_of_the_lock_is_an_edit(place: Place) -> None:
    lock = place.client / FILE
    lock.write_text(lock.read_text("utf-8").replace('"pages"', '"leaves"'), "utf-8")
    done = place.run("check")
    assert (done.exit_code, f"edited by hand: bookshop/{FILE}, line" in done.stdout) == (3, True)
    assert place.run("generate").exit_code == 3


@pytest.mark.parametrize("name", ["messages.py", "py.typed", FILE])
def test_a_file_that_is_gone_is_stale_and_comes_back(place: Place, name: str) -> None:
    (place.client / name).unlink()
    done = place.run("check")
    assert done.exit_code == 1
    assert name == FILE or f"gone: bookshop/{name}" in done.stdout
    assert place.run("generate").output == f"wrote {place.client / name}\n"
    (place.copy / "_runtime" / "retry.py").unlink()
    found = place.run("vendor --check")
    assert (found.exit_code, found.stdout) == (1, "stale: shop/_runtime/retry.py is gone\n")
    assert place.run("vendor --update").exit_code == 0
    assert place.run("vendor --check").output == ""


@pytest.mark.parametrize("command", WRITERS)
def test_a_folder_where_a_file_goes_is_an_edit(place: Place, command: str) -> None:
    folder = place.copy if command.startswith("vendor") else place.client
    (folder / "py.typed").unlink()
    (folder / "py.typed").mkdir()
    for more in ((), ("--discard-edits",)):
        done = place.run(command, *more)
        assert (done.exit_code, "a folder, where a file goes" in done.stderr) == (3, True)


def with_line_ends(folder: Path, end: bytes) -> None:
    """Give every file of a folder this line end, and every second line if that is mixed."""
    for path in (path for path in folder.rglob("*") if path.is_file()):
        lines = path.read_bytes().split(b"\n")
        if end == CRLF:
            path.write_bytes(CRLF.join(lines))
        else:
            path.write_bytes(b"".join(line + (b"\n" if n % 2 else CRLF) for n, line in enumerate(lines[:-1])))


@pytest.mark.parametrize("end", [CRLF, b"mixed"])
def test_other_line_ends_are_no_edit(place: Place, end: bytes) -> None:
    with_line_ends(place.folder, end)
    assert CRLF in (place.client / FILE).read_bytes()
    place.new.write_bytes(place.spec.read_bytes())
    before = tree(place.folder)
    assert [(place.run(command).exit_code, command) for command in COMMANDS] == [
        (0, each) for each in COMMANDS
    ]
    assert place.run("check").output == place.run("vendor --check").output == ""
    assert tree(place.folder) == before


def test_a_file_that_changes_is_written_with_lf_beside_others(place: Place) -> None:
    with_line_ends(place.client, CRLF)
    stale(place)
    assert place.run("generate").exit_code == 0
    assert CRLF not in (place.client / "messages.py").read_bytes()
    assert place.run("check").output == ""


@pytest.mark.parametrize("name", ["messages.py", "py.typed", "_runtime/retry.py"])
def test_a_byte_order_mark_is_an_edit(place: Place, name: str) -> None:
    folder, command = (place.copy, "vendor --check") if name.startswith("_") else (place.client, "check")
    (folder / name).write_bytes(BOM + (folder / name).read_bytes())
    done = place.run(command)
    assert (done.exit_code, f"{name}, line 1" in done.stdout) == (3, True)


def test_a_byte_order_mark_in_the_lock_is_a_bad_input(place: Place) -> None:
    path = place.client / FILE
    path.write_bytes(BOM + path.read_bytes())
    done = place.run("check")
    assert (done.exit_code, "byte order mark" in done.stderr) == (2, True)


@pytest.mark.skipif(not shutil.which("git"), reason="this needs git")
@pytest.mark.parametrize("attributes", [True, False], ids=["shipped", "without"])
def test_a_checkout_with_autocrlf_is_not_edited(place: Place, tmp_path: Path, attributes: bool) -> None:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    repository = tmp_path / "clone" / "here"
    if not attributes:
        for folder in (place.client, place.copy):
            (folder / ".gitattributes").unlink()
    git(place.folder, environment, "init", "--quiet")
    git(place.folder, environment, "add", "bookshop", "service", "bookshop.json", "bookshop.toml")
    who = ("-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "commit.gpgsign=false")
    git(place.folder, environment, *who, "commit", "--quiet", "--message", "first")
    git(place.folder, environment, "-c", "core.autocrlf=true", "clone", "--quiet", ".", str(repository))
    here = Place(repository)
    assert CRLF in here.spec.read_bytes()
    assert (CRLF in (here.client / "client.py").read_bytes()) is not attributes
    checked, copied = here.run("check"), here.run("vendor --check")
    if attributes:
        assert (checked.output, copied.output) == ("", "")
    else:
        assert "edited" not in checked.output + copied.output
        assert (checked.exit_code, copied.exit_code) == (1, 1)


def test_a_lock_from_before_is_read(place: Place) -> None:
    """One without .gitattributes, by an older generator: stale, not edited, and brought up to date."""
    for folder in (place.client, place.copy):
        value: dict[str, Any] = json.loads((folder / FILE).read_text("utf-8"))
        del value["files"][".gitattributes"]
        value["inputs"]["generator"] = "0" * 64
        (folder / FILE).write_text(json.dumps(value, indent=1) + "\n", "utf-8")
        (folder / ".gitattributes").unlink()
    assert [place.run(command).exit_code for command in ("check", "vendor --check")] == [1, 1]
    assert [place.run(command).exit_code for command in ("generate", "vendor --update")] == [0, 0]
    assert [place.run(command).output for command in ("check", "vendor --check")] == ["", ""]


def test_attributes_of_somebody_else_are_kept(place: Place) -> None:
    path = place.client / ".gitattributes"
    value: dict[str, Any] = json.loads((place.client / FILE).read_text("utf-8"))
    del value["files"][".gitattributes"]
    value["inputs"]["generator"] = "0" * 64
    (place.client / FILE).write_text(json.dumps(value), "utf-8")
    path.write_text("* linguist-generated\n")
    done = place.run("generate")
    assert (done.exit_code, "move its lines to the .gitattributes of a folder above" in done.stderr) == (
        2,
        True,
    )
    assert path.read_text() == "* linguist-generated\n"


@pytest.mark.parametrize("listed", ["0" * 64, digest("precious\n")])
def test_a_lock_does_not_say_what_may_be_deleted(tmp_path: Path, listed: str) -> None:
    """Only the lock's hash or our first line does."""
    out = tmp_path / "src"
    emit(out, locked({"a.py": "a\n"}))
    (out / "settings.py").write_text("precious\n")
    lock = Lock(files={"a.py": digest("a\n"), "settings.py": listed, "b.py": digest("other")})
    (out / FILE).write_text(lock.text())
    (out / "b.py").write_text("theirs\n")
    for discard in (False, True):
        with pytest.raises(EditedError, match=r"/b\.py: edited by hand \(move it out"):
            emit(out, locked({"a.py": "a\n", "b.py": "ours\n"}), discard_edits=discard)
        assert (out / "settings.py").read_text() == "precious\n"
    (out / "b.py").unlink()
    if listed == "0" * 64:
        with pytest.raises(EditedError, match=r"/settings\.py: edited by hand \(move it out"):
            emit(out, locked({"a.py": "a\n"}), discard_edits=True)
        assert (out / "settings.py").read_text() == "precious\n"


def test_a_client_and_a_copy_do_not_take_each_others_folder(place: Place) -> None:
    before = tree(place.copy)
    inputs = (str(place.spec), "--overlay", str(place.overlay), "--out", str(place.copy))
    for command in ("generate", "check", "upgrade"):
        more = ("--new", str(place.new)) if command == "upgrade" else ()
        done = run(command, *inputs, *more)
        assert (done.exit_code, "shop: holds a vendored copy" in done.stderr) == (2, True)
    assert tree(place.copy) == before
