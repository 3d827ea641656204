"""Programs of geemap, as its book and its examples show them."""

from __future__ import annotations

import contextlib
import io

import ee
import geemap

from tests.contract.official.server import HOME, Server, equal

CI = ("collection_to_drive", "collection_to_asset", "vector_to_drive")


def _scenes() -> ee.ImageCollection:
    return ee.ImageCollection(f"{HOME}/scenes")


def _region() -> ee.Geometry:
    return ee.Geometry.Rectangle([116.2, 39.8, 116.3, 39.9])


def _towns() -> ee.FeatureCollection:
    return ee.FeatureCollection([ee.Feature(ee.Geometry.Point([8.5, 47.4]), {"name": "Zug"})])


def collection_to_drive(server: Server) -> None:
    """Export each image of a collection to Drive."""
    geemap.ee_export_image_collection_to_drive(_scenes(), folder="export", scale=30, region=_region())
    equal([each.description for each in server.started()], ["20240110", "20240211", "20240312"])
    equal({each.where["folder"] for each in server.started()}, {"export"})


def collection_to_asset(server: Server) -> None:
    """Export each image of a collection to an asset of its own."""
    names = [f"{HOME}/copy-{number}" for number in range(3)]
    geemap.ee_export_image_collection_to_asset(_scenes(), assetIds=names, scale=30, region=_region())
    equal([each.where["name"] for each in server.started()], names)
    server.finish()
    equal(ee.data.getAsset(names[2])["type"], "IMAGE")


def collection_to_cloud_storage(server: Server) -> None:
    """Export each image of a collection to Cloud Storage under names of our own."""
    names = ["first", "second", "third"]
    geemap.ee_export_image_collection_to_cloud_storage(
        _scenes(), descriptions=names, bucket="bucket", scale=30, region=_region()
    )
    equal([each.description for each in server.started()], names)
    equal({each.where["bucket"] for each in server.started()}, {"bucket"})


def image(server: Server) -> None:
    """Export an image to Drive, Cloud Storage and an asset."""
    picture, where = _scenes().first().select("B4"), {"region": _region(), "scale": 30}
    geemap.ee_export_image_to_drive(picture, description="drive", folder="f", **where)
    geemap.ee_export_image_to_cloud_storage(picture, description="bucket", bucket="b", **where)
    geemap.ee_export_image_to_asset(picture, description="asset", assetId=f"{HOME}/made", **where)
    equal(
        [(each.description, each.place) for each in server.started()],
        [
            ("drive", "driveDestination"),
            ("bucket", "cloudStorageDestination"),
            ("asset", "earthEngineDestination"),
        ],
    )


def vector_to_drive(server: Server) -> None:
    """Export tables to Drive, an asset and a feature view."""
    geemap.ee_export_vector_to_drive(_towns(), description="drive", folder="f", fileFormat="SHP")
    geemap.ee_export_vector_to_asset(_towns(), description="asset", assetId=f"{HOME}/towns")
    geemap.ee_export_vector_to_feature_view(_towns(), description="view", assetId=f"{HOME}/view")
    equal(server.kinds(), [("EXPORT_FEATURES", name) for name in ("drive", "asset", "view")])
    equal(len(server.started()), 3)


def video_and_map(server: Server) -> None:
    """Export a video and map tiles."""
    frames = _scenes().select(["B4", "B3", "B2"])
    geemap.ee_export_video_to_drive(
        frames, description="film", folder="f", framesPerSecond=2, dimensions=100, region=_region()
    )
    geemap.ee_export_map_to_cloud_storage(
        frames.first(), description="tiles", bucket="b", maxZoom=3, region=_region()
    )
    equal(server.kinds(), [("EXPORT_VIDEO", "film"), ("EXPORT_TILES", "tiles")])


def properties(server: Server) -> None:
    """Read dates, names of bands and properties."""
    equal(geemap.image_dates(_scenes()).getInfo(), ["2024-01-10", "2024-02-11", "2024-03-12"])
    equal(geemap.image_band_names(_scenes().first()).getInfo(), ["B4", "B3", "B2"])
    read = geemap.image_props(_scenes().first()).getInfo()
    equal((read["system:index"], read["IMAGE_DATE"]), ("20240110", "2024-01-10"))
    equal(geemap.image_scale(_scenes().first()).getInfo(), 30)


def tables(server: Server) -> None:
    """Turn tables into GeoJSON and back."""
    fields = geemap.ee_to_geojson(ee.FeatureCollection(f"{HOME}/fields"))
    equal([each["properties"]["crop"] for each in fields["features"]], ["wheat", "maize"])
    read = geemap.geojson_to_ee(fields)
    equal(read.size().getInfo(), 2)


def data_frames(server: Server) -> None:
    """Turn a table into a data frame."""
    frame = geemap.ee_to_gdf(ee.FeatureCollection(f"{HOME}/fields"))
    equal(list(frame["crop"]), ["wheat", "maize"])
    equal(str(frame.crs), "EPSG:4326")


def time_series(server: Server) -> None:
    """Reduce a collection month by month, without the months that have no image, and export it."""
    months = geemap.create_timeseries(
        _scenes(), "2024-01-01", "2024-06-01", region=_region(), frequency="month", reducer="median"
    )
    equal(months.aggregate_array("system:date").getInfo(), ["2024-01", "2024-02", "2024-03"])
    geemap.ee_export_image_collection_to_drive(months, folder="export", scale=30, region=_region())
    equal(len(server.started()), 3)


def trees(server: Server) -> None:
    """Export the trees of a forest as a table."""
    from geemap import ml

    ml.export_trees_to_fc(["1) root 10 0.5 0.5", "1) root 20"], f"{HOME}/trees", description="trees")
    equal(server.kinds(), [("EXPORT_FEATURES", "trees")])


def pixels(server: Server) -> None:
    """Be told which method a download to this machine needs."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        geemap.ee_export_image(_scenes().first(), "image.tif", scale=30, region=_region())
    assert "contract" in printed.getvalue(), printed.getvalue()
    equal(server.started(), [])
