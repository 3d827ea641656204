"""Writing the output: whole or not at all, only what changed, and never outside the folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from groundwire_codegen.emit import differences, emit, lock_of
from groundwire_codegen.lock import FILE, MAX_BYTES, Lock, digest, read_lock
from groundwire_codegen.problem import EditedError, SpecError


def locked(files: Mapping[str, str], names: Mapping[str, str] | None = None) -> dict[str, str]:
    """The files with the lock that owns them."""
    lock = Lock(files={path: digest(text) for path, text in files.items()}, names=names or {})
    return {**files, FILE: lock.text()}


OLD = locked({"a.py": "old a\n", "b.py": "old b\n", "part/c.py": "old c\n", "py.typed": ""})
NEW = locked({"a.py": "new a\n", "b.py": "old b\n", "d.py": "new d\n", "py.typed": ""})


def tree(folder: Path) -> dict[str, bytes]:
    """Everything in a folder; empty folders are not looked at."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def as_bytes(files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in files.items()}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder that an earlier run wrote, with a neighbour's file in it and one beside it."""
    folder = tmp_path / "out"
    emit(folder, OLD)
    (folder / "mine.txt").write_text("mine")
    (tmp_path / "outside.txt").write_text("outside")
    return folder


def test_a_first_run_writes_everything(tmp_path: Path) -> None:
    done = emit(tmp_path / "deep" / "out", OLD)
    assert done.written == tuple(sorted(OLD))
    assert done.removed == ()
    assert tree(tmp_path / "deep" / "out") == as_bytes(OLD)


def test_a_next_run_writes_what_changed_and_removes_what_it_no_longer_owns(out: Path) -> None:
    os.utime(out / "b.py", ns=(1, 1))
    done = emit(out, NEW)
    assert done.written == ("a.py", "d.py", FILE)
    assert done.removed == ("part/c.py",)
    assert tree(out) == {**as_bytes(NEW), "mine.txt": b"mine"}
    assert (out / "b.py").stat().st_mtime_ns == 1


def test_the_same_again_touches_nothing(out: Path) -> None:
    for path in out.rglob("*"):
        os.utime(path, ns=(1, 1))
    os.utime(out, ns=(1, 1))
    done = emit(out, OLD)
    assert (done.written, done.removed) == ((), ())
    assert {path.stat().st_mtime_ns for path in (out, *out.rglob("*"))} == {1}


def test_a_run_from_inside_the_folder_stays_inside(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(out / "part")
    place = (out / "part").stat().st_ino
    emit(Path(".."), NEW)
    assert Path.cwd().stat().st_ino == place
    assert tree(out) == {**as_bytes(NEW), "mine.txt": b"mine"}


@pytest.mark.parametrize("files", [OLD, NEW])
def test_what_a_killed_run_left_is_taken_away(out: Path, files: Mapping[str, str]) -> None:
    left = out.with_name(".out.groundwire")
    left.mkdir()
    (left / "a.py").write_text("half")
    emit(out, files)
    assert not left.exists()
    assert tree(out) == {**as_bytes(files), "mine.txt": b"mine"}


def test_files_beside_the_output_stay_the_same_files(out: Path) -> None:
    (out / "sub").mkdir(mode=0o700)
    (out / "sub" / "run").write_text("mine")
    before = {path: (out / path).lstat().st_ino for path in ("mine.txt", "sub/run")}
    emit(out, NEW)
    assert {path: (out / path).lstat().st_ino for path in before} == before
    assert (out / "sub").stat().st_mode & 0o777 == 0o700
    assert [path.name for path in out.parent.iterdir() if path.name.startswith(".")] == []


def test_text_is_written_byte_by_byte(out: Path) -> None:
    emit(out, locked({"a.py": "é\r\n\n"}))
    assert (out / "a.py").read_bytes() == b"\xc3\xa9\r\n\n"


@pytest.mark.parametrize("path", ["mine.py", "part/theirs.py"])
def test_a_file_that_was_not_generated_is_never_replaced(out: Path, path: str) -> None:
    (out / path).write_text("theirs")
    before = tree(out)
    with pytest.raises(SpecError, match="exists and was not generated") as caught:
        emit(out, {**NEW, path: "ours"})
    assert f"out#/{path}" in str(caught.value)
    assert tree(out) == before


def test_a_folder_without_a_lock_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("theirs")
    with pytest.raises(SpecError, match="was not generated"):
        emit(tmp_path, NEW)
    assert tree(tmp_path) == {"a.py": b"theirs"}


def test_a_run_that_fails_leaves_the_old_output(out: Path) -> None:
    # By the time that a folder cannot be made where a file stands, other files are in their places already.
    (out / "z").write_text("mine")
    before = tree(out)
    with pytest.raises(OSError, match="z"):
        emit(out, {**NEW, "z/x.py": "x"})
    assert tree(out) == before
    assert not list(out.glob(".groundwire-*"))


def test_a_folder_in_the_place_of_a_file_is_kept(out: Path) -> None:
    for path in ("d.py", "a.py"):
        (out / path).unlink(missing_ok=True)
        (out / path).mkdir()
        (out / path / "precious.txt").write_text("precious")
    before = tree(out)
    with pytest.raises(SpecError, match=r"out#/a\.py: a folder, where a file goes.*\nout#/d\.py: a folder"):
        emit(out, NEW)
    assert tree(out) == before


def test_text_that_cannot_be_written_leaves_the_old_output(out: Path) -> None:
    before = tree(out)
    with pytest.raises(UnicodeEncodeError):
        emit(out, {**NEW, "z.py": "\ud800"})
    assert tree(out) == before


@pytest.mark.parametrize(
    "path",
    ["../x.py", "/x.py", "a/../../x.py", "a\\..\\x.py", "C:x.py", "", ".", "a\n.py", "a/" * 9 + "x.py"],
)
def test_a_path_that_could_leave_the_folder_is_refused(out: Path, path: str) -> None:
    before = tree(out.parent)
    with pytest.raises(SpecError, match="unsafe path"):
        emit(out, {**NEW, path: "x"})
    # The same for what a lock says to remove.
    (out / FILE).write_text(Lock(files={path: ""}).text())
    with pytest.raises(SpecError, match="unsafe path"):
        emit(out, NEW)
    (out / FILE).write_text(OLD[FILE])
    assert tree(out.parent) == before


def test_a_lock_cannot_own_a_file_outside_through_a_link(out: Path, tmp_path: Path) -> None:
    victims = tmp_path / "victims"
    victims.mkdir()
    (victims / "c.py").write_text("precious")
    (out / "part" / "c.py").unlink()
    (out / "part").rmdir()
    (out / "part").symlink_to(victims, target_is_directory=True)
    for files in (NEW, {**OLD, "part/c.py": "changed"}, locked({"part/new.py": "new"})):
        with pytest.raises(SpecError, match="a link out of the folder"):
            emit(out, files)
    assert tree(victims) == {"c.py": b"precious"}


def test_a_link_is_an_edit_and_its_target_is_kept(out: Path, tmp_path: Path) -> None:
    (out / "a.py").unlink()
    (out / "a.py").symlink_to(tmp_path / "outside.txt")
    (out / "part" / "c.py").unlink()
    (out / "part" / "c.py").symlink_to(tmp_path / "outside.txt")
    before = tree(out)
    with pytest.raises(EditedError, match=r"out#/a\.py: a link, where a file goes"):
        emit(out, NEW)
    assert tree(out) == before
    emit(out, NEW, discard_edits=True)
    assert not (out / "a.py").is_symlink()
    assert not (out / "part" / "c.py").exists()
    assert tree(out) == {**as_bytes(NEW), "mine.txt": b"mine"}
    assert (tmp_path / "outside.txt").read_text() == "outside"


def test_a_link_is_never_read(out: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    (out / "a.py").unlink()
    (out / "a.py").symlink_to(tmp_path / "outside.txt")
    assert "--- (absent)" in list(differences(out, OLD))
    assert not any("secret" in line for line in differences(out, OLD))
    (out / FILE).unlink()
    (out / FILE).symlink_to(tmp_path / "outside.txt")
    assert lock_of(out) is None
    before = tree(out)
    with pytest.raises(SpecError, match=r"groundwire\.lock: exists and was not generated"):
        emit(out, OLD)
    assert tree(out) == before
    assert (out / "a.py").is_symlink()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_opened(out: Path) -> None:
    for name in ("a.py", "e.py"):
        (out / name).unlink(missing_ok=True)
        os.mkfifo(out / name)
    assert "+old a" in list(differences(out, OLD))
    with pytest.raises(
        EditedError, match=r"out#/a\.py: not a regular file.*\nout#/e\.py: not a regular file"
    ):
        emit(out, {**NEW, "e.py": "x"}, discard_edits=True)
    assert not (out / "a.py").is_file()
    (out / FILE).unlink()
    os.mkfifo(out / FILE)
    assert lock_of(out) is None


@pytest.mark.parametrize(
    "path", [".git/config", "notes.txt", "run.sh", ".env", "x.pth", "part", "CON", "a b.py"]
)
def test_a_lock_owns_nothing_but_files_of_packages(out: Path, path: str) -> None:
    (out / path).parent.mkdir(exist_ok=True)
    if not (out / path).exists():
        (out / path).write_text("precious")
    (out / FILE).write_text(Lock(files={path: digest("precious")}).text())
    before = tree(out)
    with pytest.raises(SpecError, match="unsafe path"):
        emit(out, NEW)
    assert tree(out) == before


def test_a_lock_that_is_too_large_is_refused(out: Path) -> None:
    os.truncate(out / FILE, MAX_BYTES + 1)
    with pytest.raises(SpecError, match=f"larger than {MAX_BYTES} bytes"):
        lock_of(out)


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        ({"a.py": b"edited\n"}, "-edited"),
        ({"a.py": None}, "+old a"),
        ({"a.py": b"\xef\xbb\xbfold a\n"}, "-\\ufeffold a"),
        ({"a.py": b"old a\r"}, "(no line differs"),
        ({"a.py": b"old a"}, "(no line differs"),
        ({"a.py": b"\xff"}, "-\ufffd"),
        ({"a.py": b"\x1b[2J\xe2\x80\xae\n"}, "-\\x1b[2J\\u202e"),
        ({"py.typed": None}, "(no line differs"),
    ],
)
def test_every_edit_is_a_difference(out: Path, edit: Mapping[str, bytes | None], line: str) -> None:
    assert not list(differences(out, OLD))
    for path, content in edit.items():
        (out / path).unlink()
        if content is not None:
            (out / path).write_bytes(content)
    found = list(differences(out, OLD))
    assert any(each.startswith(line) for each in found), found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a lock of format 1"),
        ('{"lock": 2}', "not a lock of format 1"),
        ('{"lock": 1, "inputs": {}, "files": [], "names": {}}', "#/files: expected an object of strings"),
        (
            '{"lock": 1, "inputs": {}, "files": {}, "names": {}, "revision": 5}',
            "#/revision: expected a string",
        ),
        (
            '{"lock": 1, "inputs": {}, "files": {"a": 1}, "names": {}}',
            "#/files: expected an object of strings",
        ),
        ('{"lock": 1, "inputs": {}, "files": {}, "names": {"message:A": "A; import os"}}', "is not a name"),
        ('{"lock": 1, "inputs": {}, "files": {}, "names": {"message:A": "class"}}', "is not a name"),
    ],
)
def test_a_lock_that_is_none_is_refused(out: Path, text: str, words: str) -> None:
    (out / FILE).write_text(text)
    before = tree(out)
    with pytest.raises(SpecError) as caught:
        emit(out, NEW)
    assert words in str(caught.value)
    assert tree(out) == before


def test_a_lock_reads_what_it_writes(out: Path) -> None:
    lock = Lock(inputs={"document": "1"}, files={"a": "2"}, names={"message:A": "A", "field:A.é": "n"})
    assert read_lock(lock.text()) == lock
    assert lock.text().isascii()
    assert lock_of(out) == read_lock(OLD[FILE])
    assert lock_of(out / "part") is None
    (out / FILE).write_bytes(b"\xff")
    with pytest.raises(SpecError, match="not UTF-8"):
        lock_of(out)
