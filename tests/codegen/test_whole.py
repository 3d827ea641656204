"""Files that take their places together, or are what they were."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from groundwire_codegen.emit import emit
from groundwire_codegen.problem import SpecError
from groundwire_codegen.upgrade.replace import replace
from groundwire_codegen.whole import replaced, write_whole

from tests.codegen.documents import bookshop, with_property
from tests.codegen.packages import output
from tests.codegen.test_emit import tree

OLD, NEW = output(bookshop()).files, output(with_property("isbn", {"type": "string"})).files


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a client, a document and a changelog."""
    emit(tmp_path / "shop", OLD)
    (tmp_path / "shop.json").write_text("old")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "other.md").write_text("old")
    (tmp_path / "CHANGELOG.md").write_text("old")
    return tmp_path


def contents(place: Path) -> dict[Path, bytes]:
    return {place / name: b"new" for name in ("CHANGELOG.md", "shop.json.etag", "shop.json")}


@pytest.mark.parametrize("inside", [False, True])
def test_a_client_and_its_files_are_replaced_together(
    place: Path, monkeypatch: pytest.MonkeyPatch, *, inside: bool
) -> None:
    """Also from within the folder, which cannot change places then."""
    (place / "shop.json").chmod(0o640)
    if inside:
        monkeypatch.chdir(place / "shop")
    replace(place / "shop", NEW, contents(place))
    assert tree(place / "shop") == {path: text.encode() for path, text in NEW.items()}
    assert [path.read_bytes() for path in contents(place)] == [b"new"] * 3
    assert (place / "shop.json").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in place.rglob(".*")] == [".gitattributes"]


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("name", ["CHANGELOG.md", "shop.json.etag", "shop.json"])
def test_a_file_that_cannot_be_moved_takes_all_back(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, inside: bool
) -> None:
    if inside:
        monkeypatch.chdir(place / "shop")
    before = tree(place)
    with pytest.raises(FileNotFoundError), replaced(contents(place)) as put:
        (place / name).with_name(f".{Path(name).name}.groundwire").unlink()
        emit(place / "shop", NEW, put)
    assert tree(place) == before


def test_what_is_not_put_stays(place: Path) -> None:
    before = tree(place)
    with replaced(contents(place)):
        pass
    assert tree(place) == before


@pytest.mark.parametrize("action", ["replaced", "write_whole"])
def test_a_folder_in_the_way_is_named(place: Path, action: str) -> None:
    def write() -> None:
        if action == "write_whole":
            write_whole(place / "docs", b"new")
        else:
            with replaced({place / "shop.json": b"new", place / "docs": b"new"}) as put:
                put()

    before = tree(place)
    with pytest.raises(IsADirectoryError):
        write()
    assert tree(place) == before


def test_what_a_kill_left_is_taken_away(place: Path) -> None:
    leftover = place / ".shop.json.groundwire"
    leftover.write_text("half")
    with replaced({place / "shop.json": b"new"}) as put:
        put()
    assert (place / "shop.json").read_bytes() == b"new"
    leftover.write_text("half")
    with replaced({place / "shop.json": b"new"}):
        pass
    assert not leftover.exists()


def test_a_link_where_a_file_is_made_ready_is_not_followed(place: Path) -> None:
    (place / ".shop.json.groundwire").symlink_to(place / "docs" / "other.md")
    with replaced({place / "shop.json": b"new"}) as put:
        put()
    assert (place / "docs" / "other.md").read_text() == "old"


def test_one_file_is_whole(place: Path) -> None:
    write_whole(place / "CHANGELOG.md", b"new")
    assert (place / "CHANGELOG.md").read_bytes() == b"new"
    write_whole(place / "not" / "yet" / "there", b"new")
    assert os.listdir(place / "not" / "yet") == ["there"]  # noqa: PTH208 - hidden files too


def test_what_ends_a_run_after_all_is_in_place_takes_nothing_back(place: Path) -> None:
    def run(put: Callable[[], None]) -> None:
        put()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), replaced(contents(place)) as ready:
        run(ready)
    assert [path.read_bytes() for path in contents(place)] == [b"new"] * 3


@pytest.mark.parametrize("where", ["file", "folder", "broken"])
@pytest.mark.parametrize("action", ["replaced", "write_whole", "emit"])
def test_nothing_is_written_through_a_link(place: Path, where: str, action: str) -> None:
    """At the place itself or above it, below the repository; a link above that is the machine's."""
    (place / "docs" / "shop").mkdir()
    (place / ".git").mkdir()
    target = place / ("linked" if where != "folder" else "linked/inner/name")
    (place / "linked").symlink_to(
        place / {"file": "docs/other.md", "folder": "docs", "broken": "none"}[where]
    )
    if action == "emit" and where == "file":
        (place / "linked").unlink()
        (place / "linked").symlink_to(place / "docs" / "shop", target_is_directory=True)
    before = tree(place)
    with pytest.raises(SpecError, match="a link"):
        if action == "emit":
            emit(target, NEW)
        elif action == "replaced":
            with replaced({place / "shop.json": b"new", target: b"new"}) as put:
                put()
        else:
            write_whole(target, b"new")
    assert tree(place) == before
    assert not (place / "none").exists()


def test_links_above_the_repository_and_the_working_directory_are_taken(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "repository" / ".git").mkdir(parents=True)
    (place / "way").symlink_to(place / "repository", target_is_directory=True)
    write_whole(place / "way" / "a.txt", b"a")
    (place / "repository" / ".git").rmdir()
    with pytest.raises(SpecError, match="a link"):
        write_whole(place / "way" / "b.txt", b"b")
    monkeypatch.chdir(place / "way")
    write_whole(Path("b.txt"), b"b")
    assert {path.name for path in (place / "repository").iterdir()} == {"a.txt", "b.txt"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("action", ["replaced", "write_whole"])
def test_a_pipe_is_neither_read_nor_replaced(place: Path, action: str) -> None:
    os.mkfifo(place / "pipe")
    with pytest.raises(SpecError, match="not a regular file"):
        if action == "write_whole":
            write_whole(place / "pipe", b"new")
        else:
            with replaced({place / "pipe": b"new"}) as put:
                put()
    assert (place / "pipe").is_fifo()


def test_a_file_of_somebody_else_in_the_staging_folder_stays(place: Path) -> None:
    """Also where it is in the way: the files are then replaced one by one."""
    staging = place / ".shop.groundwire"
    (staging / "part").mkdir(parents=True)
    (staging / "precious.txt").write_text("precious")
    (staging / "part" / "settings.py").write_text("precious")
    (staging / "messages.py").write_text("half of a file that is generated")
    emit(place / "shop", NEW)
    assert tree(staging) == {"precious.txt": b"precious", "part/settings.py": b"precious"}
    assert tree(place / "shop") == {path: text.encode() for path, text in NEW.items()}
    emit(place / "shop", NEW)
    assert tree(staging) == {"precious.txt": b"precious", "part/settings.py": b"precious"}


def test_a_link_in_the_place_of_the_staging_folder_stays(place: Path) -> None:
    (place / "docs" / "messages.py").write_text("precious")
    (place / ".shop.groundwire").symlink_to(place / "docs", target_is_directory=True)
    before = tree(place / "docs")
    emit(place / "shop", NEW)
    assert tree(place / "docs") == before
    assert (place / ".shop.groundwire").is_symlink()
    assert tree(place / "shop") == {path: text.encode() for path, text in NEW.items()}


def test_a_folder_of_new_files_goes_with_them(place: Path) -> None:
    before = sorted(place.iterdir())
    new = {place / "kept" / "a.json": b"a", place / "kept" / "b.json": b"b"}
    with pytest.raises(FileNotFoundError), replaced(new) as put:
        (place / "kept" / ".b.json.groundwire").unlink()
        put()
    assert sorted(place.iterdir()) == before
    with replaced(new) as put:
        put()
    assert tree(place / "kept") == {"a.json": b"a", "b.json": b"b"}
