"""Programs that read values, and what they are told when a value needs pixels."""

from __future__ import annotations

import json

import ee

from tests.contract.official.server import HOME, PROJECT, Server, equal, refusal

CI = ("collection",)


def collection(server: Server) -> None:
    """Read size, indices, properties and the first image of a collection."""
    scenes = ee.ImageCollection(f"{HOME}/scenes")
    equal(scenes.size().getInfo(), 3)
    equal(scenes.aggregate_array("system:index").getInfo(), ["20240110", "20240211", "20240312"])
    equal(scenes.first().bandNames().getInfo(), ["B4", "B3", "B2"])
    info = scenes.getInfo()
    equal((info["type"], info["id"], len(info["features"])), ("ImageCollection", f"{HOME}/scenes", 3))
    equal(scenes.first().get("CLOUD_COVER").getInfo(), 10)
    equal(scenes.aggregate_max("CLOUD_COVER").getInfo(), 40)


def image(server: Server) -> None:
    """Read bands, projection and properties of an image."""
    picture = ee.Image(f"{HOME}/scenes/20240110")
    info = picture.getInfo()
    equal((info["type"], info["id"]), ("Image", f"{HOME}/scenes/20240110"))
    equal([each["id"] for each in info["bands"]], ["B4", "B3", "B2"])
    equal(picture.select("B4").projection().crs().getInfo(), "EPSG:32650")
    equal(picture.select(["B4"], ["red"]).bandNames().getInfo(), ["red"])
    equal(picture.projection().nominalScale().getInfo(), 30)
    equal(picture.date().format("YYYY-MM-dd").getInfo(), "2024-01-10")
    equal(picture.set("a", 1).get("a").getInfo(), 1)
    equal(picture.addBands(ee.Image(1).rename("one")).bandNames().getInfo(), ["B4", "B3", "B2", "one"])


def filters(server: Server) -> None:
    """Filter by date, bounds and property."""
    scenes = ee.ImageCollection(f"{HOME}/scenes")
    equal(scenes.filterDate("2024-02-01", "2024-04-01").size().getInfo(), 2)
    equal(scenes.filterBounds(ee.Geometry.Point([116.3, 39.9])).size().getInfo(), 3)
    equal(scenes.filterBounds(ee.Geometry.Point([0, 0])).size().getInfo(), 0)
    equal(scenes.filter(ee.Filter.lt("CLOUD_COVER", 20)).size().getInfo(), 2)
    both = ee.Filter.And(ee.Filter.lt("CLOUD_COVER", 20), ee.Filter.eq("system:index", "20240312"))
    equal(scenes.filter(both).aggregate_array("system:index").getInfo(), ["20240312"])
    equal(scenes.sort("CLOUD_COVER", False).first().get("system:index").getInfo(), "20240211")
    equal(scenes.limit(2).size().getInfo(), 2)


def lists(server: Server) -> None:
    """Compute with numbers, texts, lists and dictionaries."""
    equal(ee.Number(1).add(2).multiply(3).getInfo(), 9)
    equal(ee.Number(7).divide(2).floor().getInfo(), 3)
    equal(ee.String("a").cat("b").getInfo(), "ab")
    equal(ee.List.sequence(1, 5).map(lambda each: ee.Number(each).multiply(2)).getInfo(), [2, 4, 6, 8, 10])
    equal(ee.Dictionary({"a": 1, "b": 2}).keys().getInfo(), ["a", "b"])
    equal(ee.Dictionary({"a": 1}).set("b", 2).getInfo(), {"a": 1, "b": 2})
    equal(ee.List([3, 1, 2]).sort().getInfo(), [1, 2, 3])
    equal(ee.Algorithms.If(ee.Number(2).gt(1), "yes", "no").getInfo(), "yes")


def dates(server: Server) -> None:
    """Compute with dates."""
    day = ee.Date("2024-01-31")
    equal(day.advance(1, "day").format("YYYY-MM-dd").getInfo(), "2024-02-01")
    equal(day.get("year").getInfo(), 2024)
    equal(ee.Date("2024-02-01").difference(day, "day").getInfo(), 1)
    equal(ee.Date("2024-01-01").millis().getInfo(), 1704067200000)
    equal(ee.Date("2024-01-01").getInfo(), {"type": "Date", "value": 1704067200000})


def table(server: Server) -> None:
    """Read a table of the account and one that the program makes."""
    fields = ee.FeatureCollection(f"{HOME}/fields")
    equal(fields.size().getInfo(), 2)
    equal(fields.aggregate_array("crop").getInfo(), ["wheat", "maize"])
    equal(fields.first().get("crop").getInfo(), "wheat")
    made = ee.FeatureCollection([ee.Feature(ee.Geometry.Point([1, 2]), {"a": 1})]).getInfo()
    equal((made["type"], made["features"][0]["properties"]), ("FeatureCollection", {"a": 1}))


def reduced(server: Server) -> None:
    """Read what reducers make of columns and lists, and the features of a table."""
    scenes = ee.ImageCollection(f"{HOME}/scenes")
    both = ee.Reducer.minMax().combine(ee.Reducer.mean(), sharedInputs=True)
    equal(scenes.reduceColumns(both, ["CLOUD_COVER"]).getInfo()["max"], 40)
    equal(scenes.aggregate_array("CLOUD_COVER").reduce(ee.Reducer.count()).getInfo(), 3)
    fields = ee.data.computeFeatures({"expression": ee.FeatureCollection(f"{HOME}/fields")})
    equal([each["properties"]["crop"] for each in fields["features"]], ["wheat", "maize"])
    vegetation = scenes.first().expression(
        "(n - r) / (n + r)", {"n": scenes.first().select("B4"), "r": ee.Image(1)}
    )
    equal(scenes.first().addBands(vegetation.rename("index")).bandNames().getInfo()[-1], "index")
    equal(scenes.reduce(ee.Reducer.percentile([10])).bandNames().getInfo(), ["B4_p10", "B3_p10", "B2_p10"])


def an_unknown_asset(server: Server) -> None:
    """Be told that an asset does not exist, in the words of the service."""
    missing = ee.Image(f"{HOME}/missing")
    message = refusal(ee.EEException, missing.getInfo)
    assert f"'{HOME}/missing' not found" in message, message
    start = ee.batch.Export.image.toDrive(
        missing, "missing", region=ee.Geometry.Rectangle([0, 0, 1, 1]), scale=1000
    ).start
    assert "not found" in refusal(ee.EEException, start)
    equal(server.started(), [])


def a_service_account(server: Server) -> None:
    """Initialize with the key of a service account."""
    key = server.key()
    ee.Reset()
    credentials = ee.ServiceAccountCredentials(key["client_email"], key_data=json.dumps(key))
    ee.Initialize(credentials, url=server.endpoint, project=PROJECT)
    equal(ee.ImageCollection(f"{HOME}/scenes").size().getInfo(), 3)


def pixels(server: Server) -> None:
    """Be told which method needs pixels."""
    picture = ee.Image(f"{HOME}/scenes/20240110")
    region = ee.Geometry.Rectangle([116.2, 39.8, 116.3, 39.9])
    for call in (
        lambda: picture.getMapId({"min": 0, "max": 3000}),
        lambda: picture.getThumbURL({"region": region, "dimensions": 64}),
        lambda: picture.getDownloadURL({"region": region, "scale": 100}),
        lambda: ee.data.computePixels({"expression": picture, "fileFormat": "NPY"}),
        lambda: ee.data.getPixels({"assetId": f"{HOME}/scenes/20240110", "fileFormat": "NPY"}),
        lambda: picture.reduceRegion(ee.Reducer.mean(), region, 100).getInfo(),
    ):
        message = refusal(ee.EEException, call)
        assert "contract" in message, message
    equal(server.started(), [])
