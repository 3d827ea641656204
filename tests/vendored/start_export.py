"""Run by an interpreter that has the copy `earth` on its path, and no Groundwire: `start_export.py ENDPOINT`."""

from __future__ import annotations

import json
import sys

import earth
from earth import _exports


def main(endpoint: str) -> None:
    for name in ("groundwire", "groundwire_runtime", "groundwire_exports", "groundwire_codegen"):
        # From here on an import of the originals is an ImportError, installed or not.
        sys.modules[name] = None  # type: ignore[assignment] # what Python documents for this
    client = earth.Client(
        project="vendored", endpoint=endpoint, credentials=earth.credentials.anonymous(), timeout=20
    )
    graph = {"result": "0", "values": {"0": {"constantValue": 1}}}
    request = earth.ExportImageRequest(
        expression=_exports.expression(json.dumps(graph)),
        grid=_exports.grid((0, 0, 10, 10), scale=1, crs="EPSG:4326"),
        export_options=earth.ImageFileExportOptions(
            file_format=earth.ImageFileFormat.GEO_TIFF,
            destination=earth.CloudStorageDestination(bucket="b", filename_prefix="p"),
        ),
    )
    export = _exports.start_export(client, request)
    assert export.operation.result is None
    assert export.cancel(timeout=30).done
    names = [each.name for each in client.projects.operations.list()]
    print(export.name in names)


if __name__ == "__main__":
    main(sys.argv[1])
