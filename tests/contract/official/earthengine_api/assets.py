"""Programs that manage assets."""

from __future__ import annotations

import ee

from tests.contract.official.server import HOME, Server, equal, refusal

CI = ("skip_what_exists", "just_exported")


def folders(server: Server) -> None:
    """Create folders and an image collection, list them, and delete them."""
    folder = ee.data.createFolder(f"{HOME}/work")
    equal((folder["type"], folder["name"]), ("FOLDER", f"{HOME}/work"))
    made = ee.data.createAsset({"type": "ImageCollection"}, f"{HOME}/work/days", {"owner": "we"})
    equal((made["type"], made["properties"]), ("IMAGE_COLLECTION", {"owner": "we"}))
    listed = ee.data.listAssets({"parent": f"{HOME}/work"})["assets"]
    equal([(each["type"], each["id"]) for each in listed], [("IMAGE_COLLECTION", f"{HOME}/work/days")])
    assert refusal(ee.EEException, lambda: ee.data.deleteAsset(f"{HOME}/work"))
    ee.data.deleteAsset(f"{HOME}/work/days")
    ee.data.deleteAsset(f"{HOME}/work")
    equal(ee.data.getInfo(f"{HOME}/work"), None)
    assert "does not exist" in refusal(ee.EEException, lambda: ee.data.getAsset(f"{HOME}/work"))


def skip_what_exists(server: Server) -> None:
    """Export only what does not exist yet."""
    region = ee.Geometry.Rectangle([0, 0, 1, 1])
    wanted = ["20240110", "20240401", "20240502"]
    for index in wanted:
        name = f"{HOME}/scenes/{index}"
        if ee.data.getInfo(name) is None:
            ee.batch.Export.image.toAsset(ee.Image(1), index, name, region=region, scale=1000).start()
    equal([each.description for each in server.started()], ["20240401", "20240502"])


def just_exported(server: Server) -> None:
    """Read an asset as soon as its export has ended, and export a part of it."""
    name, region = f"{HOME}/rain", ee.Geometry.Rectangle([0, 0, 1, 1])
    rain = ee.Image([1, 2]).rename(["mean", "max"])
    task = ee.batch.Export.image.toAsset(rain, "rain", name, region=region, scale=1000)
    task.start()
    while task.active():
        pass
    equal(task.status()["state"], "COMPLETED")
    equal(ee.data.getAsset(name)["id"], name)
    assert name in [each["id"] for each in ee.data.listAssets(HOME)["assets"]]
    equal(ee.Image(name).bandNames().getInfo(), ["mean", "max"])
    part = ee.Image(name).select("max")
    ee.batch.Export.image.toDrive(part, "part", region=region, scale=1000).start()
    equal([each.description for each in server.started()], ["rain", "part"])


def collection_just_exported(server: Server) -> None:
    """Export images into a collection, and read back what is known of them."""
    days, region = f"{HOME}/days", ee.Geometry.Rectangle([116.2, 39.8, 116.3, 39.9])
    ee.data.createAsset({"type": "IMAGE_COLLECTION"}, days)
    scenes = ee.ImageCollection(f"{HOME}/scenes")
    for index in scenes.aggregate_array("system:index").getInfo():
        scene = scenes.filter(ee.Filter.eq("system:index", index)).first()
        made = scene.select("B4").set("version", 2)
        ee.batch.Export.image.toAsset(made, index, f"{days}/{index}", region=region, scale=30).start()
    server.finish()
    made = ee.ImageCollection(days).filterDate("2024-02-01", "2024-04-01")
    equal(made.aggregate_array("system:index").getInfo(), ["20240211", "20240312"])
    equal(made.aggregate_array("version").getInfo(), [2, 2])
    equal(made.first().bandNames().getInfo(), ["B4"])
    doubled = ee.Image(f"{days}/20240110").multiply(2)
    ee.batch.Export.image.toAsset(doubled, "doubled", f"{HOME}/doubled", region=region, scale=30).start()
    server.finish()
    asked = ee.Image(f"{HOME}/doubled").get("version")
    assert "Image.multiply" in refusal(ee.EEException, asked.getInfo)


def copy_and_move(server: Server) -> None:
    """Copy, rename and overwrite an image."""
    source = f"{HOME}/scenes/20240110"
    ee.data.copyAsset(source, f"{HOME}/copy")
    equal(ee.data.getAsset(f"{HOME}/copy")["properties"], ee.data.getAsset(source)["properties"])
    assert refusal(ee.EEException, lambda: ee.data.copyAsset(source, f"{HOME}/copy"))
    ee.data.copyAsset(source, f"{HOME}/copy", True)
    ee.data.renameAsset(f"{HOME}/copy", f"{HOME}/moved")
    equal(ee.data.getInfo(f"{HOME}/copy"), None)
    equal(ee.data.getAsset(f"{HOME}/moved")["id"], f"{HOME}/moved")


def properties(server: Server) -> None:
    """Set, replace and delete properties, and the times."""
    name = f"{HOME}/scenes/20240110"
    ee.data.setAssetProperties(name, {"quality": "good", "cloud": 12})
    equal(ee.data.getAsset(name)["properties"]["quality"], "good")
    ee.data.setAssetProperties(name, {"quality": None})
    assert "quality" not in ee.data.getAsset(name)["properties"]
    ee.data.updateAsset(name, {"start_time": "2024-01-10T00:00:00Z"}, ["start_time"])
    equal(ee.data.getAsset(name)["startTime"], "2024-01-10T00:00:00Z")
    ee.data.updateAsset(name, {"properties": {"only": 1}}, ["properties"])
    equal(ee.data.getAsset(name)["properties"], {"only": 1})


def access(server: Server) -> None:
    """Read and write who may read an asset, in the form of now and of old."""
    name = f"{HOME}/scenes"
    ee.data.setAssetAcl(name, {"readers": ["user:ann@example.com"], "all_users_can_read": True})
    policy = ee.data.getIamPolicy(name)
    readers = [each for each in policy["bindings"] if each["role"] == "roles/viewer"]
    equal(sorted(readers[0]["members"]), ["allUsers", "user:ann@example.com"])
    acl = ee.data.getAssetAcl(name)
    equal((acl["readers"], acl["all_users_can_read"]), (["user:ann@example.com"], True))
    policy["bindings"] = [{"role": "roles/editor", "members": ["user:bob@example.com"]}]
    equal(ee.data.setIamPolicy(name, policy)["bindings"], policy["bindings"])


def list_by_filter(server: Server) -> None:
    """List images of a collection by time and property, in pages."""
    parent = f"{HOME}/scenes"
    equal(len(ee.data.listImages(parent)["images"]), 3)
    january = ee.data.listImages(
        {"parent": parent, "startTime": "2024-01-01T00:00:00Z", "endTime": "2024-02-01T00:00:00Z"}
    )
    equal([each["id"] for each in january["images"]], [f"{parent}/20240110"])
    clear = ee.data.listImages({"parent": parent, "properties": ["CLOUD_COVER<20"]})
    equal([each["id"] for each in clear["images"]], [f"{parent}/20240110", f"{parent}/20240312"])
    page = ee.data.listAssets({"parent": parent, "pageSize": 2})
    equal(len(page["assets"]), 2)
    rest = ee.data.listAssets({"parent": parent, "pageSize": 2, "pageToken": page["nextPageToken"]})
    equal(len(rest["assets"]), 1)
    equal(len(ee.data.getList({"id": parent})), 3)


def roots(server: Server) -> None:
    """List the roots of the project, and read its quota."""
    equal({each["id"] for each in ee.data.listBuckets()["assets"]}, {f"{HOME}/scenes", f"{HOME}/fields"})
    equal({each["type"] for each in ee.data.getAssetRoots()}, {"ImageCollection", "Table"})
    quota = ee.data.getAssetRootQuota(HOME)
    equal((quota["asset_count"]["usage"], quota["asset_size"]["usage"]), (5, 180900))


def ingest_image(server: Server) -> None:
    """Ingest an image from Cloud Storage."""
    started = ee.data.startIngestion(
        ee.data.newTaskId()[0],
        {
            "name": f"{HOME}/ingested",
            "tilesets": [{"sources": [{"uris": ["gs://bucket/a.tif"]}]}],
            "bands": [{"id": "B1"}],
            "properties": {"version": 2},
        },
    )
    equal(started["started"], "OK")
    equal(ee.data.getTaskStatus(started["id"])[0]["state"], "READY")
    server.finish()
    equal(ee.data.getAsset(f"{HOME}/ingested")["type"], "IMAGE")
    equal([kind for kind, _ in server.kinds()], ["INGEST_IMAGE"])


def ingest_table(server: Server) -> None:
    """Ingest a table from Cloud Storage; a repeated id is refused."""
    request = ee.data.newTaskId()[0]
    manifest = {"name": f"{HOME}/towns", "sources": [{"uris": ["gs://bucket/towns.csv"], "charset": "UTF-8"}]}
    started = ee.data.startTableIngestion(request, manifest)
    assert "already started" in refusal(
        ee.EEException, lambda: ee.data.startTableIngestion(request, manifest)
    )
    server.finish(started["name"])
    equal(ee.data.getAsset(f"{HOME}/towns")["type"], "TABLE")
    equal([kind for kind, _ in server.kinds()], ["INGEST_TABLE"])


def project_config(server: Server) -> None:
    """Read and change the number of exports that run at the same time."""
    before = ee.data.getProjectConfig()
    assert before["name"].endswith("/config"), before
    after = ee.data.updateProjectConfig({"maxConcurrentExports": 5})
    equal(int(after["maxConcurrentExports"]), 5)
    equal(int(ee.data.getProjectConfig()["maxConcurrentExports"]), 5)
