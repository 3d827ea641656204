"""Bodies as the official clients send them are read, and written again with the same meaning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from groundwire import ExportImageRequest, GeoTiffImageExportOptions, Number, decode, encode
from groundwire_runtime.errors import DecodeError, EncodeError

from .vectors import exports, lines, needed

OURS = lines(Path(__file__).with_name("recordings.jsonl"))
THEIRS = exports("ee_python_client.jsonl") + exports("ee_js_client.jsonl")

WRAPPED = {
    "maxPixels",
    "priority",
    "maxWorkers",
    "tileSize",
    "maxSizeBytes",
    "maxMaskedRatio",
}
INT64 = {"maxPixels", "maxSizeBytes", "integerValue"}
ENUMS = {"fileFormat", "pyramidingPolicy", "permissions"}
CONTAINERS = {"values", "arguments", "metadataKeys", "tensorDepths", "pyramidingPolicyOverrides"}

REFUSED = {
    "not-refused-bad-priority": ("/priority", "must be at most 9999"),
    "not-refused-long-description": ("/description", "must have at most 100 characters, has 500"),
    "not-refused-file-dims-not-multiple": (
        "/fileExportOptions/geoTiffOptions/tileDimensions/width",
        "must be a multiple of tileSize (256)",
    ),
    "description-unicode": ("/description", "must match ^[a-zA-Z0-9.,:;_-]*$"),
}
NAN = "tiff-nodata-nan"


def enum_name(text: str) -> str:
    return text.upper().replace("-", "_")


def normal(value: Any) -> Any:
    """The meaning of a body: one spelling for what may be spelled in several ways."""
    if isinstance(value, list):
        return [normal(item) for item in value]
    if not isinstance(value, dict):
        return value
    out: dict[str, Any] = {}
    for key, item in value.items():
        if key == "constantValue":
            out[key] = item
            continue
        if key in WRAPPED and isinstance(item, dict):
            item = item["value"]
        if item is None or (key in CONTAINERS and not item):
            continue
        if key in INT64:
            item = int(item)
        elif key in ENUMS:
            item = enum_name(item)
        elif key == "pyramidingPolicyOverrides":
            item = {band: enum_name(name) for band, name in item.items()}
        out[key] = normal(item)
    return out


def assert_same_meaning(body: dict[str, Any]) -> None:
    request = decode(ExportImageRequest, json.dumps(body).encode())
    assert normal(json.loads(encode(request))) == normal(body)


@pytest.mark.parametrize("row", OURS, ids=lambda row: f"{row['client']}-{row['case']}")
def test_our_recordings_keep_their_meaning(row: dict[str, Any]) -> None:
    assert_same_meaning(row["body"])


@pytest.mark.parametrize("row", OURS[:-1], ids=lambda row: row["case"])
def test_every_recorded_field_is_known(row: dict[str, Any]) -> None:
    request = decode(ExportImageRequest, json.dumps(row["body"]).encode())
    assert "unknown_fields" not in repr(request)
    assert "Unlisted" not in repr(request)


def test_fields_newer_than_the_client_are_kept() -> None:
    sent = json.loads(encode(decode(ExportImageRequest, json.dumps(OURS[-1]["body"]).encode())))
    assert sent["notifyOnEnd"] == {"value": True}
    assert sent["fileExportOptions"]["zarrOptions"] == {"chunks": [256, 256]}
    assert sent["fileExportOptions"]["driveDestination"] == {"shared": True, "folder": None}
    assert sent["expression"]["values"]["0"] == {"constantValue": 1, "nodeHint": {"cost": 2}}


@needed
def test_the_recordings_are_there() -> None:
    assert {row["case"] for row in THEIRS} >= {*REFUSED, NAN}
    assert len(THEIRS) > 60


@needed
@pytest.mark.parametrize(
    "row",
    [row for row in THEIRS if row["case"] not in {*REFUSED, NAN}],
    ids=lambda row: f"{row['seq']}-{row['case']}",
)
def test_recordings_keep_their_meaning(row: dict[str, Any]) -> None:
    assert_same_meaning(row["body"])


@needed
@pytest.mark.parametrize(
    "row", [row for row in THEIRS if row["case"] in REFUSED], ids=lambda row: str(row["case"])
)
def test_what_the_official_client_lets_through_is_refused(row: dict[str, Any]) -> None:
    request = decode(ExportImageRequest, json.dumps(row["body"]).encode())
    with pytest.raises(EncodeError) as caught:
        encode(request)
    assert (caught.value.path, caught.value.rule) == REFUSED[row["case"]]


@needed
@pytest.mark.parametrize("row", [row for row in THEIRS if row["case"] == NAN], ids=lambda row: row["case"])
def test_a_bare_nan_of_the_official_client_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(DecodeError, match="NaN is not JSON"):
        decode(ExportImageRequest, row["raw_body"].encode())


def test_our_own_nan_is_a_string() -> None:
    options = GeoTiffImageExportOptions(no_data=Number.FloatValue(float("nan")))
    assert json.loads(encode(options)) == {"noData": {"floatValue": "NaN"}}


@pytest.mark.parametrize(
    ("change", "path", "rule"),
    [
        ({"priority": {"value": 10_000}}, "/priority", "must be at most 9999"),
        ({"priority": -1}, "/priority", "must be at least 0"),
        ({"description": "a" * 101}, "/description", "must have at most 100 characters, has 101"),
        ({"description": "two words"}, "/description", "must match ^[a-zA-Z0-9.,:;_-]*$"),
        ({"description": "line\n"}, "/description", "must match ^[a-zA-Z0-9.,:;_-]*$"),
        ({"requestId": "a_b"}, "/requestId", "must match ^[A-Za-z0-9-]*$"),
        (
            {"assetExportOptions": {"earthEngineDestination": {"name": "users/ada/x"}}},
            "/assetExportOptions/earthEngineDestination/name",
            "must match ^projects/[^/]+/assets/.+$",
        ),
        (
            {"fileExportOptions": {"geoTiffOptions": {"tileDimensions": {"width": 512, "height": 300}}}},
            "/fileExportOptions/geoTiffOptions/tileDimensions/height",
            "must be a multiple of tileSize (256)",
        ),
        (
            {"fileExportOptions": {"geoTiffOptions": {"noData": {"integerValue": "1"}}}},
            "/fileExportOptions/geoTiffOptions/noData",
            "must be Number.FloatValue here",
        ),
    ],
)
def test_bounds_are_kept_when_a_request_is_written(change: dict[str, Any], path: str, rule: str) -> None:
    request = decode(ExportImageRequest, json.dumps(change).encode())
    with pytest.raises(EncodeError) as caught:
        encode(request)
    assert (caught.value.path, caught.value.rule) == (path, rule)
