"""Files that take their places together, or are what they were."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from groundwire_codegen.emit import emit
from groundwire_codegen.upgrade.replace import replace
from groundwire_codegen.whole import replaced, write_whole

from tests.codegen.documents import bookshop, with_property
from tests.codegen.packages import output
from tests.codegen.test_emit import tree

OLD, NEW = output(bookshop()).files, output(with_property("isbn", {"type": "string"})).files


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a client, a document, and a link to a changelog elsewhere."""
    emit(tmp_path / "shop", OLD)
    (tmp_path / "shop.json").write_text("old")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "CHANGELOG.md").write_text("old")
    (tmp_path / "CHANGELOG.md").symlink_to(tmp_path / "docs" / "CHANGELOG.md")
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
    assert (place / "CHANGELOG.md").is_symlink()
    assert [path.read_bytes() for path in contents(place)] == [b"new"] * 3
    assert (place / "shop.json").stat().st_mode & 0o777 == 0o640
    assert not any(path.name.startswith(".") for path in place.rglob("*"))


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("name", ["CHANGELOG.md", "shop.json.etag", "shop.json"])
def test_a_file_that_cannot_be_moved_takes_all_back(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, inside: bool
) -> None:
    if inside:
        monkeypatch.chdir(place / "shop")
    before = tree(place)
    with pytest.raises(FileNotFoundError), replaced(contents(place)) as put:
        (place / name).resolve().with_name(f".{Path(name).name}.groundwire").unlink()
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
    (place / ".shop.json.groundwire").symlink_to(place / "docs" / "CHANGELOG.md")
    with replaced({place / "shop.json": b"new"}) as put:
        put()
    assert (place / "docs" / "CHANGELOG.md").read_text() == "old"


def test_one_file_is_whole_and_a_link_is_replaced(place: Path) -> None:
    write_whole(place / "CHANGELOG.md", b"new")
    assert not (place / "CHANGELOG.md").is_symlink()
    assert (place / "docs" / "CHANGELOG.md").read_text() == "old"
    write_whole(place / "not" / "yet" / "there", b"new")
    assert os.listdir(place / "not" / "yet") == ["there"]  # noqa: PTH208 - hidden files too


def test_what_ends_a_run_after_all_is_in_place_takes_nothing_back(place: Path) -> None:
    def run(put: Callable[[], None]) -> None:
        put()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), replaced(contents(place)) as ready:
        run(ready)
    assert [path.read_bytes() for path in contents(place)] == [b"new"] * 3
