"""What the official clients were recorded to send, against what the server makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.rules.error_bodies import Refusal

from .vectors import needed, rows
from .wire import EXPORT, ask, export

LAX: dict[str, str] = {
    "description-unicode": "description-invalid",
    "tiff-nodata-nan": "malformed-json",
    "not-refused-unknown-format": "enum-unknown",
    "not-refused-bad-priority": "bounds",
    "not-refused-file-dims-not-multiple": "bounds",
    "not-refused-bad-pyramid": "enum-unknown",
    "not-refused-long-description": "description-invalid",
}
"""Sent by the official client without a check of its own, and taken by what answered the recording; the service
refuses it, by this rule."""


def exports(file: str) -> list[dict[str, Any]]:
    return [row for row in rows(f"wire/{file}.jsonl") if row["path"].endswith("image:export")]


def raw(row: dict[str, Any]) -> bytes:
    """The body as it was sent: as it stands where it was no JSON."""
    return (row["raw_body"] or json.dumps(row["body"])).encode()


def send(contract: EarthEngineContract, row: dict[str, Any]) -> tuple[int, str | None, Any]:
    """Send a recorded request again. Errors that the recording's server made up are ordered first."""
    wanted = row["response"]["status"]
    if wanted not in (200, 409) or row["case"] == "error-once-409":
        told = row["response"]["body"]["error"]
        contract.refuse(
            Refusal(
                rule="unavailable",
                code=wanted,
                message=told["message"],
                details=tuple(told.get("details", ())),
            )
        )
    query = "&".join(f"{name}={value}" for name, value in row["query"])
    path = f"{row['path']}?{query}" if query else row["path"]
    headers = {name.lower(): value for name, value in row["headers"]}
    kept = {name: headers[name] for name in ("content-type", "authorization", "x-goog-api-client")}
    answer = ask(contract.endpoint, row["method"], path, raw(row), kept)
    return answer.status, answer.rule, answer.json


@needed
@pytest.mark.parametrize("file", ["ee_python_client", "ee_js_client"])
def test_every_recorded_export_gets_its_recorded_answer(
    earthengine_contract: EarthEngineContract, file: str
) -> None:
    wrong: list[str] = []
    recorded = exports(file)
    for row in recorded:
        status, rule, body = send(earthengine_contract, row)
        wanted, refused_by = row["response"]["status"], LAX.get(row["case"])
        good = (
            (status, rule) == (400, refused_by)
            if refused_by
            else status == wanted and (status == 200 or body == row["response"]["body"])
        )
        if not good:
            wrong.append(f"{row['case']}: {status} {rule}")
    assert recorded
    assert wrong == []


@needed
@pytest.mark.parametrize("file", ["ee_python_client", "ee_js_client"])
def test_an_answer_has_the_recorded_members(earthengine_contract: EarthEngineContract, file: str) -> None:
    row = next(row for row in exports(file) if row["response"]["status"] == 200)
    _, _, body = send(earthengine_contract, row)
    recorded = row["response"]["body"]
    assert body.keys() == recorded.keys()
    assert body["metadata"].keys() == recorded["metadata"].keys()
    assert body["metadata"]["startTime"] == recorded["metadata"]["startTime"]


FILES: dict[str, Any] = {"cloudStorageDestination": {"bucket": "b"}}
ASSET: dict[str, Any] = {"earthEngineDestination": {"name": "projects/p/assets/a", "overwrite": False}}
OWN: list[tuple[str, dict[str, Any]]] = [
    ("wrappers as Python writes them", export(maxPixels={"value": "1000"}, priority={"value": 500})),
    ("wrappers as JavaScript writes them", export(maxPixels=1000, priority=500)),
    ("a wrapper that is unset", export(maxPixels=None, priority={})),
    ("an asset, overwritten or not", export(fileExportOptions=None, assetExportOptions=ASSET)),
    (
        "a lower-case enum",
        export(fileExportOptions=None, assetExportOptions={**ASSET, "pyramidingPolicy": "sample"}),
    ),
    ("fields outside the reference", export(maxWorkers={"value": 4}, workloadTag="tag")),
    ("metadata keys", export(fileExportOptions={**FILES, "geoTiffOptions": {"metadataKeys": ["a"]}})),
    ("a union whose other member is null", export(assetExportOptions=None) | {"assetExportOptions": None}),
    ("snake case", export(max_pixels="7", request_id="id", fileExportOptions=None) | {"file_export_options": FILES}),
]  # fmt: skip


@pytest.mark.parametrize("body", [row[1] for row in OWN], ids=[row[0] for row in OWN])
def test_what_official_clients_write_is_taken(
    earthengine_contract: EarthEngineContract, body: dict[str, Any]
) -> None:
    answer = ask(earthengine_contract.endpoint, "POST", f"{EXPORT}?alt=json", body)
    assert answer.status == 200, answer.message


def test_a_bare_nan_is_no_json(earthengine_contract: EarthEngineContract) -> None:
    options = {"geoTiffOptions": {"noData": {"floatValue": float("nan")}}}
    answer = ask(earthengine_contract.endpoint, "POST", EXPORT, export(fileExportOptions=options))
    assert (answer.status, answer.rule) == (400, "malformed-json")
    said = {"geoTiffOptions": {"noData": {"floatValue": "NaN"}}}
    assert ask(earthengine_contract.endpoint, "POST", EXPORT, export(fileExportOptions=said)).status == 200
