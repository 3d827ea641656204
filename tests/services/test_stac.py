"""A generated client of stac-fastapi with a catalogue in memory: typed collections, items, searches, errors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.services.conftest import application, client_of

pytest.importorskip("stac_fastapi.api", reason="`nox -s services` brings stac-fastapi")


@pytest.fixture(scope="module")
def endpoint(folder: Path) -> Iterator[str]:
    with application("catalogue:app", folder) as address:
        yield address


@pytest.fixture(scope="module")
def stac(endpoint: str, folder: Path) -> ModuleType:
    return client_of(endpoint, "stac_of_memory", folder)


@pytest.fixture
def client(stac: ModuleType, endpoint: str) -> Iterator[Any]:
    with stac.Client(endpoint=endpoint) as made:
        yield made


def test_methods_have_the_names_of_the_service(client: Any) -> None:
    names = {name for name in dir(client) if not name.startswith("_")}
    assert {"search_get", "search_post", "get_item", "get_collections", "landing_page"} <= names


def test_a_landing_page_and_collections(client: Any, stac: ModuleType) -> None:
    page = client.landing_page()
    assert page.stac_version == "1.0.0"
    assert "https://api.stacspec.org/v1.0.0/core" in client.conformance_classes().conforms_to
    [collection] = client.get_collections().collections
    assert client.get_collection(collection.id) == collection
    assert collection.extent.temporal.interval[0][1] is None
    assert isinstance(collection, stac.Collection)


def test_items(client: Any, stac: ModuleType) -> None:
    item = client.get_item("heights", "bernina")
    assert (item.bbox, item.assets["data"].href) == ((9, 46, 10, 47), "heights.tif")
    assert isinstance(item.geometry, stac.Polygon)
    assert str(item.properties.datetime_) == "2026-06-01 00:00:00+00:00"
    assert client.get_item_collection("heights").features == (item,)


@pytest.mark.parametrize(("area", "count"), [((9, 46, 9.5, 46.5), 1), ((20, 50, 21, 51), 0)])
def test_searches_by_both_verbs_agree(
    client: Any, stac: ModuleType, area: tuple[float, ...], count: int
) -> None:
    posted = client.search_post(stac.BaseSearchPostRequest(bbox=area, collections=["heights"]))
    assert client.search_get(bbox=",".join(map(str, area)), collections="heights") == posted
    assert len(posted.features) == count


def test_errors_have_the_words_of_the_service(client: Any, stac: ModuleType) -> None:
    with pytest.raises(stac.errors.NotFound, match="404: there is no collection depths"):
        client.get_collection("depths")
    with pytest.raises(stac.errors.InvalidArgument, match="must have 4 or 6 values"):
        client.search_get(bbox="1,2")
