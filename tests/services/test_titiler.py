"""A generated client of titiler: typed answers, images, errors, and a vendored copy that needs two packages."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.services.conftest import application, client_of

pytest.importorskip("titiler.application", reason="`nox -s services` brings titiler")

AREA = (9.4, 46.3, 9.6, 46.5)
ONE_CALL = """\
import sys
import tiles_copy
client = tiles_copy.Client(endpoint=sys.argv[1])
print(client.cloud_optimized_geo_tiff.cog_get_info("heights.tif").bounds)
print(sorted({name.partition(".")[0] for name in sys.modules} & {"cattrs", "google", "requests", "attrs", "urllib3"}))
"""


def run(*command: str) -> str:
    """Run a command, and return what it prints."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - our own
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def endpoint(folder: Path) -> Iterator[str]:
    with application("titiler.application.main:app", folder) as address:
        yield address


@pytest.fixture(scope="module")
def tiles(endpoint: str, folder: Path) -> ModuleType:
    return client_of(endpoint, "tiles_of_titiler", folder)


@pytest.fixture
def client(tiles: ModuleType, endpoint: str) -> Iterator[Any]:
    with tiles.Client(endpoint=endpoint) as made:
        yield made


def test_answers_are_messages_not_pages(client: Any, tiles: ModuleType) -> None:
    images = client.cloud_optimized_geo_tiff
    info = images.cog_get_info("heights.tif")
    assert (info.bounds, info.dtype) == ((9.0, 46.0, 10.0, 47.0), "uint16")
    assert info.unknown_fields["driver"] == "GTiff"
    [(name, band)] = images.cog_get_statistics("heights.tif").items()
    assert (name, band.min, band.max, band.count) == ("b1", 0.0, 4088.0, 512.0 * 512.0)
    feature = images.cog_get_info_geo_json("heights.tif")
    assert feature.geometry == tiles.Polygon(coordinates=feature.geometry.coordinates)
    assert images.cog_get_data_for_point(9.5, 46.5, "heights.tif").values[0] > 0
    assert [each.id for each in client.algorithms.get_algorithm_list().algorithms][:1] == ["hillshade"]
    assert client.color_maps.get_color_map("viridis")["0"] == (68, 1, 84, 255)
    matrices = client.tiling_schemes.get_tile_matrix_set("WebMercatorQuad")
    assert (matrices.id, len(matrices.tile_matrices)) == ("WebMercatorQuad", 25)
    assert client.ogc_common.landing().title == "TiTiler"


def test_a_page_is_there_for_who_asks_for_it(client: Any) -> None:
    page = client.color_maps.get_color_map_list(accept="text/html")
    assert page.lower().startswith("<!doctype html>")


def test_lists_are_sent_as_the_document_says(client: Any) -> None:
    images = client.cloud_optimized_geo_tiff
    one = images.cog_get_tile_with_format(
        9, 269, 181, "WebMercatorQuad", "png", "heights.tif", rescale=["0,4088"]
    )
    plain = images.cog_get_tile_with_format(
        9, 269, 181, "WebMercatorQuad", "png", "heights.tif", rescale=["0,9"]
    )
    assert one[:4] == plain[:4] == b"\x89PNG"
    assert one != plain
    both = images.cog_get_statistics("heights.tif", bidx=[1, 1], p=[2, 50])
    assert [len(band.unknown_fields) for band in both.values()] == [2] * len(both), (
        "a percentile for each value"
    )


def test_an_image_goes_to_a_file(client: Any) -> None:
    images, file = client.cloud_optimized_geo_tiff, io.BytesIO()
    saved = client.save(file, images.cog_get_data_for_bounding_box_with_format, *AREA, "tif", "heights.tif")
    assert saved.size == len(file.getvalue()) > 1_000
    assert saved.headers["content-type"].startswith("image/tiff")
    assert file.getvalue()[:4] == b"II*\0"


def test_a_message_is_posted(client: Any, tiles: ModuleType) -> None:
    west, south, east, north = AREA
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    area = tiles.FeatureInput(geometry=tiles.Polygon(coordinates=(ring,)), properties={})
    answered = client.cloud_optimized_geo_tiff.cog_post_statistics_for_geo_json("heights.tif", area)
    assert answered.properties.statistics["b1"].max < 4088


def test_errors_have_the_words_of_the_service(client: Any, tiles: ModuleType) -> None:
    with pytest.raises(tiles.errors.ApiError, match="No such file"):
        client.cloud_optimized_geo_tiff.cog_get_info("nothing.tif", retry=None)
    with pytest.raises(tiles.errors.ArgumentError, match="expected one of CDB1GlobalGrid"):
        client.tiling_schemes.get_tile_matrix_set("Nowhere")


def test_a_vendored_copy_needs_attrs_and_urllib3_alone(
    endpoint: str, folder: Path, tmp_path: Path, tiles: ModuleType
) -> None:
    del tiles  # its document is in the folder
    document = folder / "tiles_of_titiler.json"
    copy = str(tmp_path / "tiles_copy")
    run(sys.executable, "-m", "groundwire_codegen", "vendor", copy, "--document", str(document))
    run(sys.executable, "-m", "venv", str(tmp_path / "env"))
    python = str(tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    run(python, "-m", "pip", "install", "-q", "attrs", "urllib3")
    (tmp_path / "one_call.py").write_text(ONE_CALL, "utf-8")
    printed = run(python, str(tmp_path / "one_call.py"), endpoint)
    assert printed == "(9.0, 46.0, 10.0, 47.0)\n['attrs', 'urllib3']\n"
