"""Programs of geetools, as its documentation shows them."""

from __future__ import annotations

import ee
import geetools  # noqa: F401 - adds the accessor `geetools` and ee.Asset

from tests.contract.official.server import HOME, Server, equal, refusal

CI = ("collection_to_drive", "names_of_a_collection", "asset_paths")
HUTS = ((1, "upper"), (2, "lower"))


def _where() -> dict[str, object]:
    return {"region": ee.Geometry.Rectangle([116.2, 39.8, 116.3, 39.9]), "scale": 30}


def _scenes() -> ee.ImageCollection:
    return ee.ImageCollection(f"{HOME}/scenes")


def collection_to_drive(server: Server) -> None:
    """Export each image of a collection to Drive."""
    to_drive = ee.batch.Export.geetools.imagecollection.toDrive
    tasks = to_drive(_scenes().limit(2), "system:index", "days", **_where())
    for task in tasks:
        task.start()
    equal([each.description for each in server.started()], ["days_20240110", "days_20240211"])
    equal({each.where["folder"] for each in server.started()}, {"days"})


def names_of_a_collection(server: Server) -> None:
    """Start one export an image, named by the image: no letters of a text that stands for a list."""
    huts = [ee.Image(number).set("system:index", f"hut-{number}").set("name", name) for number, name in HUTS]
    tasks = ee.batch.Export.geetools.imagecollection.toDrive(
        ee.ImageCollection(huts), "system:index", "huts", **_where()
    )
    for task in tasks:
        task.start()
    equal([each.description for each in server.started()], ["huts_hut-1", "huts_hut-2"])


def collection_to_asset(server: Server) -> None:
    """Export each image of a collection into a new image collection."""
    to_asset = ee.batch.Export.geetools.imagecollection.toAsset
    for task in to_asset(_scenes(), "system:index", "days", assetId=f"{HOME}/copies", **_where()):
        task.start()
    equal(ee.data.getAsset(f"{HOME}/copies")["type"], "IMAGE_COLLECTION")
    server.finish()
    names = sorted(each["id"] for each in ee.data.listAssets(f"{HOME}/copies")["assets"])
    equal(names, [f"{HOME}/copies/{index}" for index in ("20240110", "20240211", "20240312")])


def collection_to_cloud_storage(server: Server) -> None:
    """Export each image of a collection to Cloud Storage."""
    to_bucket = ee.batch.Export.geetools.imagecollection.toCloudStorage
    for task in to_bucket(_scenes(), "system:index", "days", bucket="bucket", **_where()):
        task.start()
    equal({each.where["filenamePrefix"] for each in server.started()}, {"days/"})
    equal(len(server.started()), 3)


def asset_paths(server: Server) -> None:
    """Make folders, list, copy, move and delete by paths."""
    folder = (ee.Asset("~") / "work" / "deep").expanduser()
    assert not folder.exists()
    folder.mkdir(parents=True)
    assert folder.exists()
    assert folder.is_folder()
    scene = ee.Asset(f"{HOME}/scenes/20240110")
    assert scene.is_image()
    scene.copy(folder / "copy")
    (folder / "copy").move(folder / "moved")
    equal([each.name for each in folder.iterdir()], ["moved"])
    ee.Asset(f"{HOME}/work").delete(recursive=True, dry_run=False)
    assert not ee.Asset(f"{HOME}/work").exists()
    assert not folder.exists()


def asset_kinds(server: Server) -> None:
    """Ask what an asset is, and set its properties."""
    scenes = ee.Asset(f"{HOME}/scenes")
    equal((scenes.type, scenes.is_image_collection()), ("IMAGE_COLLECTION", True))
    equal(ee.Asset(f"{HOME}/fields").is_feature_collection(), True)
    equal(ee.Asset(f"{HOME}/scenes/20240110").st_size, 60000)
    equal(len(scenes.iterdir()), 3)
    assert refusal(ValueError, lambda: ee.Asset(f"{HOME}/missing").exists(raised=True))
    ee.Asset(f"{HOME}/scenes/20240110").setProperties(quality="good")
    equal(ee.data.getAsset(f"{HOME}/scenes/20240110")["properties"]["quality"], "good")


def bands(server: Server) -> None:
    """Rename and remove bands, and read their names."""
    image = _scenes().first()
    equal(image.geetools.addSuffix("_mean").bandNames().getInfo(), ["B4_mean", "B3_mean", "B2_mean"])
    equal(image.geetools.rename({"B4": "red"}).bandNames().getInfo(), ["red", "B3", "B2"])
    equal(image.geetools.remove(["B2"]).bandNames().getInfo(), ["B4", "B3"])
    equal(ee.Image.geetools.full([1, 2], ["a", "b"]).bandNames().getInfo(), ["a", "b"])


def small_values(server: Server) -> None:
    """Compute with lists, texts and dictionaries."""
    equal(ee.List(["a", "b"]).geetools.product(["c"]).getInfo(), ["ac", "bc"])
    equal(ee.List([1, 2]).geetools.union([2, 3]).getInfo(), [1, 2, 3])
    equal(ee.String("a").geetools.eq("a").getInfo(), 1)
    equal(ee.Dictionary({"b": 1, "a": 2}).geetools.getMany(["a"]).getInfo(), [2])
    equal(ee.Number(1.24).geetools.truncate(1).getInfo(), 1.2)


def intervals(server: Server) -> None:
    """Reduce a collection by month, and export each month. The last image ends the last month, and is not in it."""
    months = _scenes().geetools.reduceInterval("mean", unit="month", duration=1)
    equal(months.first().bandNames().getInfo(), ["B4", "B3", "B2"])
    for task in ee.batch.Export.geetools.imagecollection.toDrive(
        months, "system:index", "months", **_where()
    ):
        task.start()
    equal(len(server.started()), 2)


def closest(server: Server) -> None:
    """Find the images that are closest to a date."""
    found = _scenes().geetools.closest("2024-02-12", 5, "day")
    equal(found.aggregate_array("system:index").getInfo(), ["20240211"])


def bands_of_a_collection(server: Server) -> None:
    """Keep the images that have some bands."""
    equal(_scenes().geetools.containsAllBands(["B4", "B3"]).size().getInfo(), 3)
    equal(_scenes().geetools.containsAllBands(["B4", "B9"]).size().getInfo(), 0)
    equal(_scenes().geetools.containsAnyBands(["B4", "B9"]).size().getInfo(), 3)
