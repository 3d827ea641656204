"""What the official Python client does in a process of its own: start, list, look at and cancel an export.

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
