"""Files of an export, listed by a client of storage.v1 that is generated from its own document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import groundwire as gw
import pytest
from attrs import evolve
from groundwire_contract.api_fixture import ApiContract, serving
from groundwire_contract.fixture import EarthEngineContract
from groundwire_exports import expression, grid, outputs
from groundwire_exports.files import OutputFile, Outputs, shard_name
from groundwire_runtime.errors import ArgumentError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audits.corpus import documents
from tests.media.packages import built, written

P = "dem/berlin"
GRID = grid((0, 0, 700, 500), crs="EPSG:32633", scale=1)
SHARDS = [shard_name(P, y, x) for y in (0, 256) for x in (0, 256, 512)]


def request(
    prefix: str | None = P, *, pixels: gw.PixelGrid | None = None, tile: int | None = None, **options: Any
) -> gw.ExportImageRequest:
    side = None if tile is None else gw.GridDimensions(width=tile, height=tile)
    return gw.ExportImageRequest(
        grid=pixels,
        export_options=gw.ImageFileExportOptions(
            file_format=gw.ImageFileFormat.GEO_TIFF,
            destination=gw.CloudStorageDestination(bucket="b", filename_prefix=prefix),
            format_options=gw.GeoTiffImageExportOptions(tile_dimensions=side, **options),
        ),
    )


def records(**options: Any) -> gw.ExportImageRequest:
    return gw.ExportImageRequest(
        export_options=gw.ImageFileExportOptions(
            file_format=gw.ImageFileFormat.TF_RECORD_IMAGE,
            destination=gw.CloudStorageDestination(bucket="b", filename_prefix=P),
            format_options=gw.TfRecordImageExportOptions(**options),
        )
    )


def names(result: Outputs) -> list[str]:
    return [file.name for file in result.files]


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ModuleType, ApiContract]]:
    """A client of storage.v1, and a stand-in of its service, both from the document that Google publishes."""
    if documents.folder() is None:
        pytest.skip("google-api-python-client, which ships the documents, is not installed")
    folder: Path = tmp_path_factory.mktemp("storage")
    document = folder / "storage.v1.json"
    document.write_bytes(documents.read("storage.v1"))
    contract = serving(document)
    for package in built(folder, written(folder, "storage.v1")):
        yield package, contract
    contract.stop()


def listed(storage: tuple[ModuleType, ApiContract], *objects: str, **sizes: int) -> list[Any]:
    """The objects that the client lists, in two pages."""
    package, contract = storage
    contract.reset()
    items = [
        {
            "kind": "storage#object",
            "name": name,
            "bucket": "b",
            "size": str(sizes.get(name, 10)),
            "crc32c": "AAAAAA==",
        }
        for name in objects
    ]
    middle = len(items) // 2
    pages = [
        {"kind": "storage#objects", "items": items[:middle], "nextPageToken": "more"},
        {"kind": "storage#objects", "items": items[middle:]},
    ]
    contract.answers("storage.objects.list", lambda asked: pages["pageToken" in str(asked)])
    client = contract.client_of(package.Client)
    found = list(client.objects.list(bucket="b", prefix=P))
    contract.assert_valid()
    contract.close_clients()
    return found


def test_a_complete_split_export(storage: tuple[ModuleType, ApiContract]) -> None:
    found = outputs(request(pixels=GRID, tile=256), listed(storage, *reversed(SHARDS), "dem/berlin2.tif"))
    assert found.complete
    assert names(found) == SHARDS
    assert (found.missing, found.conflicting, found.strange) == ((), (), ("dem/berlin2.tif",))
    assert found.files[4] == OutputFile(
        uri=f"gs://b/{SHARDS[4]}", name=SHARDS[4], size=10, crc32c="AAAAAA==", offset=(256, 256)
    )
    assert found.bytes == 60
    assert found.uris[0] == "gs://b/dem/berlin0000000000-0000000000.tif"
    assert found.gdal[0] == "/vsigs/b/dem/berlin0000000000-0000000000.tif"
    assert found.gdalbuildvrt("all of it.vrt").startswith("gdalbuildvrt 'all of it.vrt' /vsigs/b/dem/")


def test_the_files_that_are_missing_have_names(storage: tuple[ModuleType, ApiContract]) -> None:
    only = listed(storage, SHARDS[2], f"{P}-x.tif", f"{P}.json")
    found = outputs(request(pixels=GRID, tile=256), only)
    assert not found.complete
    assert found.missing == tuple(SHARDS[:2] + SHARDS[3:])
    assert found.strange == (f"{P}-x.tif", f"{P}.json")


def test_an_empty_bucket_is_an_export_that_is_not_there(storage: tuple[ModuleType, ApiContract]) -> None:
    found = outputs(request(), listed(storage))
    assert (found.complete, found.files, found.missing) == (False, (), ("dem/berlin.tif",))
    assert outputs(request(pixels=GRID, tile=256), []).missing == tuple(SHARDS)


def test_both_spellings_are_the_same_files() -> None:
    dashed = [shard_name(P, y, x, dash=True) for y in (0, 256) for x in (0, 256, 512)]
    assert dashed[1] == "dem/berlin-0000000000-0000000256.tif"
    found = outputs(request(pixels=GRID, tile=256), dashed[:-1])
    assert (names(found), found.missing, found.conflicting) == (dashed[:-1], (dashed[-1],), ())
    assert outputs(request(), dashed).complete


def test_a_mixture_of_spellings_is_two_exports() -> None:
    other = shard_name(P, 0, 0, dash=True)
    found = outputs(request(pixels=GRID, tile=256), [*SHARDS, other])
    assert (found.complete, found.missing, found.conflicting) == (False, (), (other,))


@pytest.mark.parametrize("lacking", [(0, 256), (256, 512), (0, 0)])
def test_a_hole_shows_without_a_grid(lacking: tuple[int, int]) -> None:
    name = shard_name(P, *lacking)
    found = outputs(request(), [each for each in SHARDS if each != name])
    assert (found.missing, found.complete) == ((name,), False)


def test_a_whole_row_that_lacks_shows_by_the_distance_of_the_others() -> None:
    four = [shard_name(P, y, x) for y in (0, 100, 200, 300) for x in (0, 100)]
    found = outputs(request(), [name for name in four if "0000000100-" not in name])
    assert found.missing == (shard_name(P, 100, 0), shard_name(P, 100, 100))


def test_a_grid_tells_the_last_row_even_without_tile_dimensions() -> None:
    found = outputs(request(pixels=GRID), [name for name in SHARDS if "-0000000512" not in name])
    assert found.missing == (SHARDS[2], SHARDS[5])
    found = outputs(request(pixels=GRID), SHARDS[:1])
    assert (found.missing, found.complete) == ((), False), "one file of a split export is not all of it"


@pytest.mark.parametrize("options", [{}, {"cloud_optimized": True}])
def test_an_export_of_one_file(options: dict[str, Any]) -> None:
    for pixels, tile in ((None, None), (GRID, None), (GRID, 1024), (None, 256)):
        found = outputs(
            request(pixels=pixels, tile=tile, **options), [f"{P}.tif", f"{P}s.tif", f"{P}.tif.aux.xml"]
        )
        assert (found.complete, found.uris) == (True, ("gs://b/dem/berlin.tif",))
        assert found.strange == (f"{P}.tif.aux.xml", f"{P}s.tif")


def test_files_of_an_earlier_export_are_in_conflict() -> None:
    assert outputs(request(pixels=GRID, tile=1024), [f"{P}.tif", *SHARDS]).conflicting == tuple(SHARDS)
    for asked in (request(pixels=GRID, tile=256), request()):
        found = outputs(asked, [f"{P}.tif", *SHARDS])
        assert (found.complete, found.missing, found.conflicting) == (False, (), (f"{P}.tif",))
    found = outputs(request(pixels=GRID, tile=256), [*SHARDS, shard_name(P, 300, 0)])
    assert (found.complete, found.conflicting) == (False, (shard_name(P, 300, 0),))


def test_empty_files_may_be_absent_where_the_request_says_so() -> None:
    found = outputs(request(pixels=GRID, tile=256, skip_empty_files=True), SHARDS[1:])
    assert (found.complete, found.missing, found.skipped) == (True, (), (SHARDS[0],))
    assert outputs(request(skip_empty_files=True), SHARDS[3:4]).complete
    assert not outputs(request(skip_empty_files=True), []).complete, "nothing there may also be nothing yet"


def test_a_file_without_bytes_is_missing(storage: tuple[ModuleType, ApiContract]) -> None:
    found = outputs(request(pixels=GRID, tile=256), listed(storage, *SHARDS, **{SHARDS[3]: 0}))
    assert (found.complete, found.missing, names(found)) == (False, (SHARDS[3],), SHARDS[:3] + SHARDS[4:])


def test_a_file_for_each_band() -> None:
    bands = [f"{P}.B4.tif", f"{P}.B8.tif"]
    found = outputs(request(), bands, bands=("B4", "B8"))
    assert (found.complete, [file.band for file in found.files]) == (True, ["B4", "B8"])
    found = outputs(request(), bands, bands=("B4", "B8", "B11"))
    assert (found.complete, found.missing) == (False, (f"{P}.B11.tif",))
    found = outputs(request(), bands)
    assert (names(found), found.missing, found.complete) == (bands, (), False), (
        "a band that lacks would not show"
    )
    shards = [
        shard_name(P, y, x, band=band) for y in (0, 256) for x in (0, 256, 512) for band in ("B4", "B8")
    ]
    assert outputs(request(pixels=GRID, tile=256), shards, bands=("B4", "B8")).complete
    assert outputs(request(), shards[1:], bands=("B4", "B8")).missing == (shards[0],)


def test_a_neighbour_with_a_dot_is_no_band() -> None:
    found = outputs(request(), [f"{P}.tif", f"{P}.v2.tif"])
    assert (found.complete, names(found), found.strange) == (True, [f"{P}.tif"], (f"{P}.v2.tif",))


def test_records_and_the_file_that_describes_them(storage: tuple[ModuleType, ApiContract]) -> None:
    for start in ("-", ""):
        files = [f"{P}{start}{number:05d}.tfrecord.gz" for number in range(3)]
        mixer = f"{P}{start}mixer.json"
        found = outputs(records(compress=True), listed(storage, *files, mixer, f"{P}{start}00003.tfrecord"))
        assert (found.complete, names(found)) == (True, [*files, mixer])
        assert (found.strange, found.gdal) == ((f"{P}{start}00003.tfrecord",), ())
        assert outputs(records(compress=True), [*files[::2], mixer]).missing == (files[1],)
        assert outputs(records(compress=True), files).missing == (mixer,)
    assert outputs(records(max_masked_ratio=0.5), [f"{P}-00000.tfrecord"]).complete
    assert outputs(records(), [f"{P}.tfrecord", f"{P}-mixer.json"]).complete
    found = outputs(records(), [f"{P}.tfrecord", f"{P}-00000.tfrecord", f"{P}-mixer.json"])
    assert (found.complete, found.conflicting) == (False, (f"{P}.tfrecord",))
    assert outputs(records(), []).missing == (f"{P}-00000.tfrecord", f"{P}-mixer.json")
    other = [f"{P}0-00000.tfrecord", f"{P}1-mixer.json", f"{P}000000.tfrecord"]
    assert outputs(records(), other).strange == tuple(sorted(other))


def test_objects_of_other_libraries_are_listed_too() -> None:
    class Blob:
        name, size, crc32c = f"{P}.tif", 12, "AAAAAA=="

    for item in (
        Blob(),
        SimpleNamespace(name=f"{P}.tif", size="12", crc32c="AAAAAA=="),
        {"name": f"gs://b/{P}.tif", "size": "12", "crc32c": "AAAAAA=="},
    ):
        [file] = outputs(request(), [item]).files
        assert file == OutputFile(uri=f"gs://b/{P}.tif", name=f"{P}.tif", size=12, crc32c="AAAAAA==")
    [file] = outputs(request(), [f"gs://b/{P}.tif"]).files
    assert (file.size, file.crc32c) == (None, None)


@settings(database=None, deadline=None)
@given(
    prefix=st.text(min_size=1, max_size=8),
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    side=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    data=st.data(),
)
def test_whatever_is_taken_away_is_missing(
    prefix: str, size: tuple[int, int], side: tuple[int, int], data: st.DataObject
) -> None:
    pixels = evolve(GRID, dimensions=gw.GridDimensions(width=size[0], height=size[1]))
    asked = request(prefix, pixels=pixels)
    options: Any = asked.export_options
    tile = gw.GridDimensions(width=side[0], height=side[1])
    options = evolve(options, format_options=gw.GeoTiffImageExportOptions(tile_dimensions=tile))
    asked = evolve(asked, export_options=options)
    every = [shard_name(prefix, y, x) for y in range(0, size[1], side[1]) for x in range(0, size[0], side[0])]
    if len(every) == 1:
        every = [f"{prefix}.tif"]
    there = data.draw(st.lists(st.sampled_from(every), unique=True))
    neighbours = data.draw(
        st.lists(st.text(min_size=1, max_size=5).map(lambda end: f"{prefix}{end}/x"), unique=True)
    )
    found = outputs(asked, there + neighbours)
    assert sorted(found.missing) == sorted(set(every) - set(there))
    assert sorted(names(found)) == sorted(there)
    assert found.strange == tuple(sorted(neighbours))
    assert found.complete == (set(there) == set(every))


@pytest.mark.parametrize(
    ("asked", "objects", "message"),
    [
        (gw.ExportImageRequest(), [], "writes no files"),
        (gw.ExportImageRequest(export_options=gw.ImageAssetExportOptions()), [], "writes no files"),
        (
            gw.ExportImageRequest(
                export_options=gw.ImageFileExportOptions(destination=gw.DriveDestination())
            ),
            [],
            "does not write to Cloud Storage",
        ),
        (request(None), [], "has no filename_prefix"),
        (request(""), [], "has no filename_prefix"),
        (
            evolve(
                request(), export_options=evolve(request().export_options, file_format=gw.ImageFileFormat.PNG)
            ),
            [],
            "the names of 'PNG' files are not known",
        ),
        (request(), [7], "7 has no name"),
        (request(), [{"size": 1}], "has no name"),
        (
            request(),
            [shard_name(P, 1, 9_999_999_999), shard_name(P, 0, 1)],
            "20000000000 files would be expected",
        ),
    ],
)
def test_bad_input_is_refused_by_name(asked: gw.ExportImageRequest, objects: list[Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        outputs(asked, objects)


def test_the_page_on_tiles_runs(
    storage: tuple[ModuleType, ApiContract],
    earthengine_contract: EarthEngineContract,
    capsys: pytest.CaptureFixture[str],
) -> None:
    package, contract = storage
    contract.reset()
    page = Path(__file__).parents[2] / "docs" / "tiles.md"
    written_there = shard_name("dem/germany", 0, 0)
    item = {"kind": "storage#object", "name": written_there, "bucket": "my-bucket", "size": "10"}
    contract.answers("storage.objects.list", {"kind": "storage#objects", "items": [item]})
    graph = '{"result": "0", "values": {"0": {"constantValue": 1}}}'
    names: dict[str, Any] = {
        "client": earthengine_contract.client(),
        "image": expression(graph),
        "objects": SimpleNamespace(Client=lambda: contract.client_of(package.Client)),
    }
    snippets = re.findall(r"^```python\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    for snippet in snippets:
        exec(compile(snippet, page.name, "exec"), names)  # noqa: S102 - our own page
    contract.close_clients()
    assert len(snippets) == 3
    assert len(names["requests"]) == 12
    [started] = names["client"].projects.operations.list()
    assert started.metadata.description.startswith("dem-y000000-x008192.gw-")
    assert names["found"].missing[0] == shard_name("dem/germany", 0, 4096)
    shown = capsys.readouterr().out
    assert "y000000-x008192-y1x1 GridDimensions(width=4096, height=4096)" in shown
    assert f"gdalbuildvrt germany.vrt /vsigs/my-bucket/{written_there}" in shown


@pytest.mark.parametrize("size", ["x", -5, float("nan"), True, "-1", "9" * 30], ids=repr)
def test_a_size_that_is_none_is_refused(size: object) -> None:
    with pytest.raises(ArgumentError, match=r"outputs: the size of .* is none"):
        outputs(request(), [{"name": "dem/berlin.tif", "size": size}])


@pytest.mark.parametrize("objects", [None, 3, "dem/berlin.tif", {"name": "x"}], ids=repr)
def test_what_is_no_listing_is_refused(objects: Any) -> None:
    with pytest.raises(ArgumentError, match="outputs: expected objects of a listing"):
        outputs(request(), objects)
    with pytest.raises(ArgumentError, match="outputs: expected bands"):
        outputs(request(), [], bands="B4")


@pytest.mark.parametrize("offset", [-1, 1.5, "1", True, 10**10, float("nan")], ids=repr)
def test_an_offset_that_no_file_has_is_refused(offset: Any) -> None:
    with pytest.raises(ArgumentError, match="expected whole pixels"):
        shard_name("p", offset, 0)
    with pytest.raises(ArgumentError, match="expected whole pixels"):
        shard_name("p", 0, offset)
