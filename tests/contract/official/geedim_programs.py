"""Programs of geedim, as its documentation shows them."""

from __future__ import annotations

import ee
import geedim  # noqa: F401 - adds the accessor `gd`

from tests.contract.official.server import HOME, Server, equal, refusal

CI = ("image_export", "collection_export", "waited_for")


def _region() -> ee.Geometry:
    return ee.Geometry.Rectangle([116.2, 39.8, 116.3, 39.9])


def image_export(server: Server) -> None:
    """Prepare an image for export, and start it."""
    image = ee.Image(f"{HOME}/scenes/20240110").gd.prepareForExport(
        crs="EPSG:32650", region=_region(), scale=30, bands=["B4", "B3"]
    )
    image.gd.toGoogleCloud("scene", type="drive", folder="geedim", wait=False)
    (start,) = server.started()
    equal((start.description, start.place), ("20240110", "driveDestination"))
    equal(start.where, {"folder": "geedim", "filenamePrefix": "scene"})


def collection_export(server: Server) -> None:
    """Filter a collection, and export it image by image."""
    collection = ee.ImageCollection(f"{HOME}/scenes").gd.filter("2024-01-01", "2024-03-01", region=_region())
    equal(list(collection.gd.properties), ["20240110", "20240211"])
    collection.gd.toGoogleCloud(type="cloud", folder="bucket/days", split="images", wait=False)
    equal([each.where["filenamePrefix"] for each in server.started()], ["days/20240110", "days/20240211"])


def collection_by_band(server: Server) -> None:
    """Export a collection as one image a band."""
    collection = ee.ImageCollection(f"{HOME}/scenes")
    collection.gd.toGoogleCloud(type="drive", folder="bands", split="bands", wait=False)
    equal([each.where["filenamePrefix"] for each in server.started()], ["B4", "B3", "B2"])


def waited_for(server: Server) -> None:
    """Export to an asset and wait for its end."""
    image = ee.Image(f"{HOME}/scenes/20240110").gd.prepareForExport(region=_region(), scale=300)
    task = image.gd.toGoogleCloud(f"{HOME}/small", type="asset", wait=True)
    equal(task.status()["state"], "COMPLETED")
    equal(ee.data.getAsset(f"{HOME}/small")["type"], "IMAGE")
    equal(len(server.started()), 1)


def information(server: Server) -> None:
    """Read what geedim tells of an image."""
    image = ee.Image(f"{HOME}/scenes/20240110").gd
    equal((image.crs, image.scale, image.shape), ("EPSG:32650", 30, (100, 100)))
    equal((image.dtype, image.count, image.bandNames), ("uint16", 3, ["B4", "B3", "B2"]))
    equal(image.date.isoformat()[:10], "2024-01-10")
    equal(image.size, 100 * 100 * 3 * 2)


def composite(server: Server) -> None:
    """Mask clouds, compose a collection, and export the result with a type of its own."""
    collection = ee.ImageCollection(f"{HOME}/scenes")
    for method in ("mosaic", "median"):
        image = collection.gd.composite(method, mask=False).gd.prepareForExport(
            crs="EPSG:32650", region=_region(), scale=30, dtype="uint16"
        )
        image.gd.toGoogleCloud(method, type="drive", folder="geedim", wait=False)
    equal([each.where["filenamePrefix"] for each in server.started()], ["mosaic", "median"])


def custom_filter(server: Server) -> None:
    """Filter a collection by a text."""
    found = ee.ImageCollection(f"{HOME}/scenes").gd.filter(
        "2024-01-01", "2024-06-01", region=_region(), custom_filter="CLOUD_COVER < 20"
    )
    equal(list(found.gd.properties), ["20240110", "20240312"])


def from_images(server: Server) -> None:
    """Build a collection of images."""
    names = [f"{HOME}/scenes/{index}" for index in ("20240110", "20240312")]
    collection = ee.ImageCollection.gd.fromImages(names)
    equal(list(collection.gd.properties), ["20240110", "20240312"])


def pixels(server: Server) -> None:
    """Be told that a download needs pixels."""
    image = ee.Image(f"{HOME}/scenes/20240110")
    message = refusal(Exception, lambda: image.gd.toNumPy())
    assert "contract" in message, message
    equal(server.started(), [])


def prepared_collection(server: Server) -> None:
    """Bring a collection into one grid by its projection alone, or by a shape, and export it by image and by band."""
    scenes = ee.ImageCollection(f"{HOME}/scenes")
    degrees = scenes.gd.prepareForExport(crs="EPSG:4326")
    shape = degrees.first().gd.shape
    equal({tuple(each["bands"][0]["dimensions"][::-1]) for each in degrees.gd.info["features"]}, {shape})
    small = scenes.gd.prepareForExport(region=_region(), shape=(10, 12), dtype="float32")
    equal((small.first().gd.shape, small.first().gd.dtype), ((10, 12), "float32"))
    degrees.gd.toGoogleCloud(type="drive", folder="degrees", split="images", wait=False)
    small.gd.toGoogleCloud(type="drive", folder="small", split="bands", wait=False)
    names = ["20240110", "20240211", "20240312", "B4", "B3", "B2"]
    equal([each.where["filenamePrefix"] for each in server.started()], names)


def exported_again(server: Server) -> None:
    """Export a collection to assets, and export what was made."""
    scenes = ee.ImageCollection(f"{HOME}/scenes").gd.prepareForExport(region=_region(), scale=300)
    scenes.gd.toGoogleCloud(type="asset", folder="contract-project/made", split="images", wait=True)
    made = ee.ImageCollection.gd.fromImages([f"{HOME}/made/{index}" for index in ("20240110", "20240211")])
    first = made.first().gd
    wanted = scenes.first().gd
    equal((first.crs, first.transform, first.shape), (wanted.crs, wanted.transform, wanted.shape))
    equal((first.dtype, first.bandNames), ("uint16", ["B4", "B3", "B2"]))
    made.gd.prepareForExport().gd.toGoogleCloud(type="drive", folder="again", split="images", wait=False)
    equal(len(server.started()), 5)


def own_ids(server: Server) -> None:
    """Give an image an id of one's own."""
    image = ee.Image(f"{HOME}/scenes/20240110").set("system:id", "my/scene")
    equal((image.gd.id, image.getInfo()["id"], image.get("system:id").getInfo()), ("my/scene",) * 3)
    equal(ee.Image(1).set({"system:id": "my/one"}).gd.id, "my/one")
    equal(ee.ImageCollection([image]).set("system:id", "my/days").gd.id, "my/days")
    equal(server.started(), [])
