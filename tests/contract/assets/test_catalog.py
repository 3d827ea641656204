"""Assets as values and as the catalog of a server: in memory and in a file, declared, stored and made."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from groundwire_contract.assets.asset_file import read_assets
from groundwire_contract.assets.asset_json import AssetError, asset_json, declaration, read_asset
from groundwire_contract.assets.catalog import Catalog, DeclaredAssets
from groundwire_contract.assets.names import asset_id, asset_name, parent_of
from groundwire_contract.assets.record import Asset, AssetType, Band, Grid
from groundwire_contract.clock import START
from groundwire_contract.environment import Environment
from groundwire_contract.operations.products import settle
from groundwire_contract.operations.script_library import INSTANT, STANDARD
from groundwire_contract.operations.state import Operation
from groundwire_contract.operations.store import Store
from groundwire_contract.state.memory import Memory
from groundwire_contract.state.sqlite import Sqlite
from groundwire_contract.state.sqlite_file import _FIRST, OURS

HOME = "projects/p/assets"
IMAGE = Asset(
    name=f"{HOME}/scenes/one",
    properties={"cloud": 3, "system:index": "one"},
    bands=(
        Band(
            id="B1",
            precision="INT",
            minimum=0,
            maximum=65535,
            pyramiding="MEAN",
            missing=(0.0,),
            grid=Grid(crs="EPSG:32633", width=10, height=20, transform=(30, 0, 1000, 0, -30, 2000)),
        ),
        Band(id="B2"),
    ),
    geometry={"type": "Point", "coordinates": [1, 2]},
    start_time=datetime(2024, 5, 6, 7, 8, 9, 500000, UTC),
    end_time=datetime(2024, 5, 6, 7, 9, 0, 0, UTC),
    update_time=START,
    size_bytes=9_000_000_000,
    others={"tilesets": [{"id": "t"}]},
)
TABLE = Asset(
    name="users/me/plots",
    type=AssetType.TABLE,
    feature_count=1,
    features=({"type": "Feature", "geometry": None, "properties": {"n": 1}},),
    policy={"bindings": []},
)


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    state: Store = Memory() if request.param == "memory" else Sqlite(tmp_path / "state")
    yield state
    state.close()


@pytest.mark.parametrize("asset", [IMAGE, TABLE, Asset(name="x")], ids=lambda asset: asset.id)
def test_an_asset_is_read_as_it_was_written(asset: Asset) -> None:
    assert read_asset(declaration(asset)) == asset


def test_the_basic_view_has_no_more_than_names_and_times() -> None:
    assert asset_json(IMAGE, full=False) == {
        "type": "IMAGE",
        "name": f"{HOME}/scenes/one",
        "id": f"{HOME}/scenes/one",
        "updateTime": "2026-01-01T00:00:00Z",
    }


@pytest.mark.parametrize(
    ("id_", "name", "parent"),
    [
        ("projects/p/assets/a/b", "projects/p/assets/a/b", "projects/p/assets/a"),
        ("projects/p/assets/", "projects/p/assets", "projects/p"),
        (
            "users/me/a",
            "projects/earthengine-legacy/assets/users/me/a",
            "projects/earthengine-legacy/assets/users/me",
        ),
        (
            "users/me",
            "projects/earthengine-legacy/assets/users/me",
            "projects/earthengine-legacy/assets",
        ),
        ("LANDSAT/LC09", "projects/earthengine-public/assets/LANDSAT/LC09", "projects/earthengine-public/assets/LANDSAT"),
    ],
)  # fmt: skip
def test_ids_are_names(id_: str, name: str, parent: str) -> None:
    assert (asset_name(id_), parent_of(name)) == (name, parent)
    assert asset_name(asset_id(name)) == name


def test_a_stored_asset_has_its_folders(store: Store) -> None:
    catalog = Catalog(store)
    catalog.put(IMAGE)
    folder = catalog.get(f"{HOME}/scenes")
    assert folder is not None
    assert folder.type is AssetType.FOLDER
    assert catalog.children(f"{HOME}/scenes") == (IMAGE,)
    assert catalog.children(HOME) == (folder,)
    assert catalog.everything() == (folder, IMAGE)


def test_an_asset_that_was_removed_is_not_declared_any_more(store: Store) -> None:
    declared = Environment(assets=frozenset({"users/me/x"}), catalog=(IMAGE, TABLE)).declared
    catalog = Catalog(store, declared)
    assert [asset.id for asset in catalog.children(parent_of(TABLE.name))] == ["users/me/plots", "users/me/x"]
    catalog.remove(TABLE.name)
    catalog.remove(IMAGE.name)
    assert catalog.get(TABLE.name) is None
    assert [asset.id for asset in catalog.children(parent_of(TABLE.name))] == ["users/me/x"]
    assert catalog.children(f"{HOME}/scenes") == ()
    catalog.put(IMAGE)
    assert catalog.get(IMAGE.name) == IMAGE


def test_an_operation_makes_its_asset_once(store: Store) -> None:
    declared = DeclaredAssets()

    def started(name: str, asset: str, at: datetime) -> None:
        store.add(Operation(name=f"projects/p/operations/{name}", kind="X", created=at, asset=asset))

    started("A", f"{HOME}/a/b", START)
    now = START + timedelta(seconds=STANDARD.length)
    early, late = (
        Catalog(store, declared, partial(settle, store, declared, instant)) for instant in (START, now)
    )
    assert early.get(f"{HOME}/a/b") is None
    store.forget("projects/p/operations/A")
    folder = late.get(f"{HOME}/a")
    assert folder is not None
    assert [asset.update_time for asset in late.everything()] == [now, now]
    late.remove(f"{HOME}/a/b")
    assert late.get(f"{HOME}/a/b") is None
    assert store.makers(None) == ()


def test_a_failed_operation_makes_nothing(store: Store) -> None:
    script = INSTANT.at_speed(1)
    store.add(Operation(name="projects/p/operations/A", kind="X", created=START, asset="a", script=script))
    store.add(
        Operation(
            name="projects/p/operations/B",
            kind="X",
            created=START,
            asset=f"{HOME}/b",
            script=STANDARD,
            cancelled=START,
        )
    )
    settle(store, DeclaredAssets(), START + timedelta(seconds=60), None)
    assert [asset.id for asset in Catalog(store).everything()] == ["a"]


def test_a_file_of_the_first_version_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "state"
    old = sqlite3.connect(path, isolation_level=None)
    for statement in (*_FIRST, f"PRAGMA application_id = {OURS}", "PRAGMA user_version = 1"):
        old.execute(statement)
    made = Operation(name="projects/p/operations/A", kind="X", created=START, asset=f"{HOME}/a")
    other = Sqlite(tmp_path / "other")
    other.add(made)
    other.close()
    old.execute("ATTACH ? AS other", (str(tmp_path / "other"),))
    old.execute("INSERT INTO operations SELECT * FROM other.operations")
    old.close()
    state = Sqlite(path)
    assert [operation.name for operation in state.makers(made.asset)] == [made.name]
    state.put_asset(IMAGE)
    state.close()
    state = Sqlite(path)
    assert state.asset(IMAGE.name) == IMAGE
    state.close()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "not JSON"),
        (b"7", "expected a list of assets"),
        (b"[{}]", "expected a name"),
        (b'[{"name": "a", "type": "Image"}]', "type 'Image' is none of IMAGE"),
        (b'[{"name": "a", "bands": [{}]}]', "asset 'a'"),
        (b'[{"name": "a", "startTime": "x"}]', "asset 'a'"),
        (b'[{"name": "a", "sizeBytes": "1.5"}]', "whole number"),
        (b'[{"name": "a"}, {"id": "a"}]', "declared twice: projects/earthengine-public/assets/a"),
    ],
)
def test_what_is_no_asset_is_named(data: bytes, words: str) -> None:
    with pytest.raises(AssetError, match=words):
        read_assets(data)
