"""Programs that start exports."""

from __future__ import annotations

from typing import Any

import ee

from tests.contract.official.server import HOME, Server, equal, refusal

CI = ("image_to_drive", "table_to_drive", "image_too_large")


def _region() -> ee.Geometry:
    return ee.Geometry.Rectangle([116.2, 39.8, 116.3, 39.9])


def _table() -> ee.FeatureCollection:
    return ee.FeatureCollection([ee.Feature(ee.Geometry.Point([8.5, 47.4]), {"name": "Zug", "height": 425})])


def image_to_drive(server: Server) -> None:
    """Export an image to Drive."""
    task = ee.batch.Export.image.toDrive(
        image=ee.Image(1).rename("one"),
        description="to-drive",
        folder="maps",
        fileNamePrefix="one",
        region=_region(),
        scale=30,
        crs="EPSG:4326",
    )
    task.start()
    equal(task.status()["state"], "READY")
    (start,) = server.started()
    equal(
        (start.method, start.description, start.place, start.where),
        ("image.export", "to-drive", "driveDestination", {"folder": "maps", "filenamePrefix": "one"}),
    )
    equal(server.kinds(), [("EXPORT_IMAGE", "to-drive")])


def image_to_cloud_storage(server: Server) -> None:
    """Export a cloud-optimized GeoTIFF with a transform."""
    task = ee.batch.Export.image.toCloudStorage(
        image=ee.Image("projects/earthengine-public/assets/USGS/SRTMGL1_003"),
        description="to-bucket",
        bucket="bucket",
        fileNamePrefix="a/b",
        region=_region(),
        crs="EPSG:32650",
        crsTransform=[30, 0, 400000, 0, -30, 4500000],
        maxPixels=1e9,
        formatOptions={"cloudOptimized": True},
    )
    task.start()
    (start,) = server.started()
    equal((start.place, start.where["bucket"]), ("cloudStorageDestination", "bucket"))
    equal(start.where["filenamePrefix"], "a/b")


def image_to_asset(server: Server) -> None:
    """Export to an asset, which exists when the export has ended."""
    name = f"{HOME}/exported"
    task = ee.batch.Export.image.toAsset(
        image=ee.Image(7).toByte(),
        description="to-asset",
        assetId=name,
        region=_region(),
        scale=100,
        pyramidingPolicy={".default": "mode"},
    )
    task.start()
    equal(ee.data.getInfo(name), None)
    server.finish(task.name)
    equal(task.status()["state"], "COMPLETED")
    equal(ee.data.getAsset(name)["type"], "IMAGE")
    (start,) = server.started()
    equal(start.place, "earthEngineDestination")
    equal(start.where["name"], name)


def image_too_large(server: Server) -> None:
    """Fail inside the operation when the region has more pixels than maxPixels."""
    task = ee.batch.Export.image.toDrive(
        image=ee.Image(1), description="large", region=_region(), scale=1, maxPixels=1000
    )
    task.start()
    states = [task.status() for _ in range(6)]
    equal(states[-1]["state"], "FAILED")
    assert states[-1]["error_message"].startswith("Export too large: specified "), states[-1]


def table_to_drive(server: Server) -> None:
    """Export a table as CSV with chosen columns."""
    task = ee.batch.Export.table.toDrive(
        collection=_table(), description="towns", folder="tables", fileFormat="CSV", selectors=["name"]
    )
    task.start()
    equal(task.status()["task_type"], "EXPORT_FEATURES")
    (start,) = server.started()
    equal((start.method, start.place), ("table.export", "driveDestination"))
    equal(server.kinds(), [("EXPORT_FEATURES", "towns")])


def table_to_cloud_storage(server: Server) -> None:
    """Export a table in every format."""
    for number, form in enumerate(["CSV", "GeoJSON", "KML", "KMZ", "SHP", "TFRecord"]):
        ee.batch.Export.table.toCloudStorage(
            collection=_table(), description=f"t{number}", bucket="bucket", fileFormat=form
        ).start()
    formats = [each["body"]["fileExportOptions"]["fileFormat"] for each in server.requests("table.export")]
    equal(formats, ["CSV", "GEO_JSON", "KML", "KMZ", "SHP", "TF_RECORD_TABLE"])
    equal(len(server.started()), 6)


def table_to_asset(server: Server) -> None:
    """Export a table to an asset, and list it."""
    name = f"{HOME}/towns"
    task = ee.batch.Export.table.toAsset(collection=_table(), description="asset", assetId=name)
    task.start()
    server.finish()
    equal(task.status()["state"], "COMPLETED")
    equal(ee.data.getAsset(name)["type"], "TABLE")
    assert name in [each["name"] for each in ee.data.listAssets(HOME)["assets"]]


def table_to_feature_view(server: Server) -> None:
    """Export a table to a feature view with rules of thinning."""
    ee.batch.Export.table.toFeatureView(
        collection=_table(),
        description="view",
        assetId=f"{HOME}/view",
        ingestionTimeParameters={
            "maxFeaturesPerTile": 500,
            "thinningStrategy": "HIGHER_DENSITY",
            "thinningRanking": ["height DESC"],
            "zOrderRanking": ["height ASC"],
        },
    ).start()
    (start,) = server.started()
    equal((start.place, start.where), ("featureViewDestination", {"name": f"{HOME}/view"}))


def table_to_big_query(server: Server) -> None:
    """Export a table to BigQuery."""
    ee.batch.Export.table.toBigQuery(
        collection=_table(), description="query", table="my-project.towns.all", overwrite=True
    ).start()
    (start,) = server.started()
    equal(start.place, "bigqueryDestination")
    equal(start.where["table"], "my-project.towns.all")


def video(server: Server) -> None:
    """Export videos to Drive and Cloud Storage."""
    frames = ee.ImageCollection([ee.Image([1, 2, 3]).toByte(), ee.Image([4, 5, 6]).toByte()])
    for to, more in (
        (ee.batch.Export.video.toDrive, {"folder": "films"}),
        (ee.batch.Export.video.toCloudStorage, {"bucket": "bucket"}),
    ):
        to(frames, description="film", dimensions=720, framesPerSecond=12, region=_region(), **more).start()
    equal([each.method for each in server.started()], ["video.export"] * 2)
    equal(server.kinds(), [("EXPORT_VIDEO", "film")] * 2)


def map_tiles(server: Server) -> None:
    """Export map tiles to Cloud Storage."""
    ee.batch.Export.map.toCloudStorage(
        image=ee.Image([1, 2, 3]).toByte(),
        description="tiles",
        bucket="bucket",
        path="tiles",
        minZoom=0,
        maxZoom=3,
        region=_region(),
        writePublicTiles=False,
    ).start()
    equal(server.kinds(), [("EXPORT_TILES", "tiles")])


def classifier(server: Server) -> None:
    """Export a trained classifier to an asset."""
    trained = ee.Classifier.smileRandomForest(3).train(_table(), "height", ["height"])
    task = ee.batch.Export.classifier.toAsset(
        classifier=trained, description="trees", assetId=f"{HOME}/classifier"
    )
    task.start()
    server.finish()
    equal(task.status()["state"], "COMPLETED")
    equal(server.kinds(), [("EXPORT_CLASSIFIER", "trees")])
    equal(ee.data.getAsset(f"{HOME}/classifier")["type"], "CLASSIFIER")


def low_level_starts(server: Server) -> None:
    """Start an export by ee.data with an id of newTaskId; a repeated id is refused."""
    request = ee.data.newTaskId()[0]
    options = {"fileFormat": "GEO_TIFF", "driveDestination": {"folder": "f", "filenamePrefix": "p"}}

    def start() -> dict[str, Any]:
        params = {"expression": ee.Image(1), "description": "by-hand", "fileExportOptions": options}
        return ee.data.exportImage(request, params)

    equal(start()["metadata"]["state"], "PENDING")
    assert "already started with the given request_id" in refusal(ee.EEException, start)
    equal([each.description for each in server.started()], ["by-hand"])


def export_each_of_a_collection(server: Server) -> None:
    """Export each image of a collection in a loop over its indices, as the guide shows."""
    collection = ee.ImageCollection(f"{HOME}/scenes").filterDate("2024-01-01", "2024-03-01")
    indices = collection.aggregate_array("system:index").getInfo()
    equal(indices, ["20240110", "20240211"])
    images = collection.toList(collection.size())
    for number, index in enumerate(indices):
        image = ee.Image(images.get(number)).select("B4")
        ee.batch.Export.image.toDrive(image, description=f"scene-{index}", region=_region(), scale=30).start()
    equal([each.description for each in server.started()], ["scene-20240110", "scene-20240211"])


def masked_by_a_join(server: Server) -> None:
    """Export a composite of images that are masked by their matches in another collection, as the cloud tutorials do."""
    scenes = ee.ImageCollection(f"{HOME}/scenes")
    masks = scenes.map(lambda image: image.select(["B2"], ["clouds"]).gt(9))
    same = ee.Filter.equals(leftField="system:index", rightField="system:index")
    joined = ee.ImageCollection(ee.Join.saveFirst("clouds").apply(scenes, masks, same))
    equal(joined.size().getInfo(), 3)
    masked = joined.map(
        lambda image: image.addBands(ee.Image(image.get("clouds"))).updateMask(
            ee.Image(image.get("clouds")).focalMax(2).Not()
        )
    )
    equal(masked.first().bandNames().getInfo(), ["B4", "B3", "B2", "clouds"])
    ee.batch.Export.image.toDrive(masked.median(), description="clear", region=_region(), scale=30).start()
    equal([each.description for each in server.started()], ["clear"])


def overwrite(server: Server) -> None:
    """Refuse to overwrite an asset inside the operation, unless it is asked for."""
    name = f"{HOME}/scenes/20240110"
    arguments = {"image": ee.Image(1), "assetId": name, "region": _region(), "scale": 100}
    task = ee.batch.Export.image.toAsset(description="twice", **arguments)
    task.start()
    last = [task.status() for _ in range(6)][-1]
    equal((last["state"], last["error_message"]), ("FAILED", f"Cannot overwrite asset '{name}'."))
    allowed = ee.batch.Export.image.toAsset(description="anew", overwrite=True, **arguments)
    allowed.start()
    equal([allowed.status()["state"] for _ in range(6)][-1], "COMPLETED")
    equal(len(server.started()), 2)
