"""What the official Python client does in a process of its own: start, list, look at and cancel exports.

Run with the endpoint; what was seen is printed as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import ee
import ee.deprecation
from google.oauth2.credentials import Credentials


def no_catalogue() -> dict[str, Any]:
    """Stand in for the catalogue of data sets, which the client fetches from an address of its own."""
    return {}


def others() -> list[Any]:
    """An export to each destination in each format, and one of a large expression."""
    image = ee.Image(1).rename("one")
    region = ee.Geometry.Rectangle([0, 0, 1, 1])
    large = ee.ImageCollection([image.add(number) for number in range(2000)]).mosaic()
    to_drive = ee.batch.Export.image.toDrive
    to_bucket = ee.batch.Export.image.toCloudStorage
    to_asset = ee.batch.Export.image.toAsset
    asset = "projects/contract-project/assets/official"
    return [
        to_drive(image, description="drive", folder="folder", fileNamePrefix="p", region=region, scale=1000),
        to_drive(
            image,
            description="tiff",
            region=region,
            scale=1000,
            fileFormat="GeoTIFF",
            formatOptions={"cloudOptimized": True, "noData": -1},
            fileDimensions=[256, 512],
            skipEmptyTiles=True,
        ),
        to_bucket(
            image,
            description="records",
            bucket="bucket",
            region=region,
            scale=1000,
            fileFormat="TFRecord",
            formatOptions={"patchDimensions": [256, 256], "compressed": True, "kernelSize": [1, 1]},
        ),
        to_asset(
            image,
            description="asset",
            assetId=asset,
            region=region,
            scale=1000,
            pyramidingPolicy={".default": "sample"},
            maxPixels=10**9,
        ),
        to_asset(image, description="again", assetId=asset, region=region, scale=1000, overwrite=True),
        to_bucket(large, description="large", bucket="bucket", region=region, scale=1000, priority=9999),
    ]


def main(endpoint: str) -> None:
    ee.deprecation._FetchDataCatalogStac = no_catalogue
    ee.Initialize(Credentials("static-token"), url=endpoint, project="contract-project")
    task = ee.batch.Export.image.toCloudStorage(
        ee.Image(1).rename("one"),
        description="official",
        bucket="bucket",
        fileNamePrefix="folder/official",
        dimensions="16x16",
        crs="EPSG:4326",
        crsTransform=[0.1, 0, 10, 0, -0.1, 50],
        maxPixels=1000,
        priority=7,
    )
    task.start()
    seen: dict[str, Any] = {"name": task.operation_name, "started": task.status()}
    seen["listed"] = [found.config["description"] for found in ee.batch.Task.list()]
    task.cancel()
    seen["cancelled"] = [task.status()["state"] for _ in range(2)]
    for number, other in enumerate(others()):
        other.start()
        seen[f"other {number}"] = [other.status()["state"] for _ in range(4)][-1]
    again = {"expression": ee.Image(1), "description": "again", "requestId": "job-1"}
    ee.data.exportImage("job-1", dict(again))
    try:
        ee.data.exportImage("job-1", dict(again))
    except ee.EEException as error:
        seen["repeated"] = str(error)
    try:
        ee.batch.Export.image.toCloudStorage(ee.Image(1), description="\u00e9", bucket="bucket").start()
    except ee.EEException as error:
        seen["refused"] = str(error)
    print(json.dumps(seen))


if __name__ == "__main__":
    main(sys.argv[1])
