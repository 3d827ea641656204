"""All methods that start operations: their types, and the rules that they share with image exports."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire_contract.environment import Environment
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.rules.refusals import DESCRIPTION_INVALID

from tests.contract.wire import PROJECT, Answer, ask

HOME = f"{PROJECT}/assets"
EXPRESSION = {"result": "0", "values": {"0": {"constantValue": 1}}}
FILES = {"cloudStorageDestination": {"bucket": "b", "filenamePrefix": "f/p"}}
STARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "image:export": ("EXPORT_IMAGE", {"fileExportOptions": {**FILES, "fileFormat": "GEO_TIFF"}}),
    "table:export": ("EXPORT_FEATURES", {"fileExportOptions": {**FILES, "fileFormat": "CSV"}}),
    "video:export": ("EXPORT_VIDEO", {"fileExportOptions": {**FILES, "fileFormat": "MP4"}}),
    "map:export": ("EXPORT_TILES", {"tileExportOptions": {**FILES, "fileFormat": "PNG"}}),
    "classifier:export": (
        "EXPORT_CLASSIFIER",
        {"assetExportOptions": {"earthEngineDestination": {"name": f"{HOME}/forest"}}},
    ),
    "image:import": ("INGEST_IMAGE", {"imageManifest": {"name": f"{HOME}/ingested"}}),
    "table:import": ("INGEST_TABLE", {"tableManifest": {"name": f"{HOME}/rows"}}),
}
TO_ASSETS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "image:export": ("IMAGE", "made", {"assetExportOptions": {"earthEngineDestination": {"name": f"{HOME}/made"}}}),
    "table:export": ("TABLE", "made", {"assetExportOptions": {"earthEngineDestination": {"name": f"{HOME}/made"}}}),
    "classifier:export": ("CLASSIFIER", "forest", STARTS["classifier:export"][1]),
    "image:import": ("IMAGE", "ingested", STARTS["image:import"][1]),
    "table:import": ("TABLE", "rows", STARTS["table:import"][1]),
}  # fmt: skip


def start(contract: EarthEngineContract, method: str, version: str = "v1", **more: object) -> Answer:
    body = {**STARTS[method][1], **more}
    if method.endswith("export"):
        body = {"expression": EXPRESSION, **body}
    return ask(contract.endpoint, "POST", f"/{version}/{PROJECT}/{method}", body)


def state(contract: EarthEngineContract, name: str) -> Any:
    return ask(contract.endpoint, "GET", f"/v1/{name}").json["metadata"]["state"]


@pytest.mark.parametrize("version", ["v1", "v1beta"])
@pytest.mark.parametrize("method", STARTS)
def test_a_start_is_an_operation_of_its_own_type(
    earthengine_contract: EarthEngineContract, method: str, version: str
) -> None:
    started = start(earthengine_contract, method, version, description="a", requestId="id-1").json
    assert started["metadata"]["type"] == STARTS[method][0]
    assert (
        started["metadata"]["@type"] == f"type.googleapis.com/google.earthengine.{version}.OperationMetadata"
    )
    assert (started["metadata"]["description"], started["metadata"]["state"]) == ("a", "PENDING")
    listed = ask(earthengine_contract.endpoint, "GET", f"/{version}/{PROJECT}/operations").json
    assert [each["name"] for each in listed["operations"]] == [started["name"]]
    states = [state(earthengine_contract, started["name"]) for _ in range(4)]
    assert states[-1] == "SUCCEEDED"
    done = ask(earthengine_contract.endpoint, "GET", f"/v1/{started['name']}").json
    assert len(done["metadata"]["destinationUris"]) == 1


@pytest.mark.parametrize("method", STARTS)
def test_ids_descriptions_and_the_queue_are_those_of_image_exports(
    earthengine_contract: EarthEngineContract, method: str
) -> None:
    earthengine_contract.queue_limit = 1
    refused = start(earthengine_contract, method, description="\u00e9")
    assert (refused.status, refused.rule, refused.message) == (
        400,
        "description-invalid",
        DESCRIPTION_INVALID,
    )
    first = start(earthengine_contract, method, requestId="id-1")
    assert first.status == 200
    again = start(earthengine_contract, method, requestId="id-1")
    assert (again.status, again.rule) == (409, "request-id-reused")
    full = start(earthengine_contract, method, requestId="id-2")
    assert (full.status, full.rule) == (429, "queue-full")
    ask(earthengine_contract.endpoint, "POST", f"/v1/{first.json['name']}:cancel", {})
    assert state(earthengine_contract, first.json["name"]) == "CANCELLED"
    assert earthengine_contract.assets == ()


@pytest.mark.parametrize("method", TO_ASSETS)
def test_a_finished_start_makes_its_asset(earthengine_contract: EarthEngineContract, method: str) -> None:
    type_, name, place = TO_ASSETS[method]
    body = {"expression": EXPRESSION, **place} if method.endswith("export") else place
    path = f"/v1/{PROJECT}/{method}"
    started = ask(earthengine_contract.endpoint, "POST", path, body).json
    asset = f"/v1/{HOME}/{name}"
    assert ask(earthengine_contract.endpoint, "GET", asset).status == 404
    earthengine_contract.finish(started["name"])
    assert ask(earthengine_contract.endpoint, "GET", asset).json["type"] == type_
    again = ask(earthengine_contract.endpoint, "POST", path, body).json
    earthengine_contract.advance(60)
    failed = ask(earthengine_contract.endpoint, "GET", f"/v1/{again['name']}").json
    assert failed["error"] == {"code": 3, "message": f"Cannot overwrite asset '{HOME}/{name}'."}


@pytest.mark.parametrize("method", ["image:import", "table:import"])
def test_an_import_replaces_an_asset_where_it_may(
    earthengine_contract: EarthEngineContract, method: str
) -> None:
    manifest = next(iter(STARTS[method][1]))
    name = STARTS[method][1][manifest]["name"]
    earthengine_contract.declare(name)
    sent: dict[str, Any] = {manifest: {"name": name, "properties": {"n": 1}}, "overwrite": True}
    start(earthengine_contract, method, **sent)
    earthengine_contract.advance(60)
    assert earthengine_contract.asset(name).properties == {"n": 1}


def test_a_failed_start_makes_no_asset(earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.life = "internal"
    start(earthengine_contract, "classifier:export")
    earthengine_contract.advance(60)
    assert earthengine_contract.assets == ()


def test_a_feature_view_is_one(earthengine_contract: EarthEngineContract) -> None:
    options = {"featureViewDestination": {"name": f"{HOME}/view"}}
    body = {"expression": EXPRESSION, "featureViewExportOptions": options}
    ask(earthengine_contract.endpoint, "POST", f"/v1/{PROJECT}/table:export", body)
    earthengine_contract.advance(60)
    assert earthengine_contract.asset(f"{HOME}/view").type == "FEATURE_VIEW"


def test_a_result_goes_to_one_place(earthengine_contract: EarthEngineContract) -> None:
    options = {"earthEngineDestination": {"name": f"{HOME}/x"}}
    answer = start(earthengine_contract, "table:export", assetExportOptions=options)
    assert (answer.status, answer.rule) == (400, "oneof-conflict")
    assert "Cannot set 'assetExportOptions'" in answer.message


@pytest.mark.parametrize("method", ["table:export", "video:export", "map:export"])
def test_an_unwritable_bucket_fails_inside(earthengine_contract: EarthEngineContract, method: str) -> None:
    earthengine_contract.surroundings = Environment(unwritable=frozenset({"b"}))
    name = start(earthengine_contract, method).json["name"]
    earthengine_contract.advance(60)
    assert state(earthengine_contract, name) == "FAILED"


def test_a_missing_folder_fails_inside_where_that_is_enforced(
    earthengine_contract: EarthEngineContract,
) -> None:
    earthengine_contract.enforce("asset-parent-missing")
    options = {"earthEngineDestination": {"name": f"{HOME}/folder/x"}}
    body = {"expression": EXPRESSION, "assetExportOptions": options}
    name = ask(earthengine_contract.endpoint, "POST", f"/v1/{PROJECT}/image:export", body).json["name"]
    earthengine_contract.advance(60)
    error = ask(earthengine_contract.endpoint, "GET", f"/v1/{name}").json["error"]
    assert error["message"] == f"Asset '{HOME}/folder' does not exist or doesn't allow this operation."


@pytest.mark.parametrize(
    "body",
    [
        {"maxVertices": {"value": 10}, "priority": {"value": 5}, "maxWorkers": {"value": 2}},
        {"maxVertices": 10, "priority": 5, "maxErrorMeters": 1.5, "selectors": ["a"]},
    ],
)
def test_wrapped_numbers_travel_in_two_spellings(
    earthengine_contract: EarthEngineContract, body: dict[str, Any]
) -> None:
    assert start(earthengine_contract, "table:export", **body).json["metadata"]["priority"] == 5
    earthengine_contract.assert_valid()


def _node(name: str, **arguments: object) -> dict[str, Any]:
    return {"functionInvocationValue": {"functionName": name, "arguments": arguments}}


def _made(contract: EarthEngineContract, node: dict[str, Any], **more: object) -> list[dict[str, Any]]:
    """The bands of the asset that an export makes."""
    started = start(
        contract,
        "image:export",
        expression={"result": "0", "values": {"0": node}},
        fileExportOptions=None,
        assetExportOptions=TO_ASSETS["image:export"][2]["assetExportOptions"],
        **more,
    )
    contract.finish(started.json["name"])
    return ask(contract.endpoint, "GET", f"/v1/{HOME}/made").json["bands"]


REGION = _node(
    "GeometryConstructors.Rectangle", coordinates={"constantValue": [[10, 47], [10.5, 47.25]]}, geodesic={"constantValue": False}
)  # fmt: skip
SMALL = _node("Image.toByte", value=_node("Image.constant", value={"constantValue": 7}))


def test_an_exported_image_has_the_types_and_the_grid_of_its_bands(
    earthengine_contract: EarthEngineContract,
) -> None:
    projection = _node("Projection", crs={"constantValue": "EPSG:4326"})
    placed = _node(
        "Image.reproject",
        image=SMALL,
        crs=projection,
        crsTransform={"constantValue": [0.25, 0, 0, 0, -0.25, 0]},
    )
    (band,) = _made(earthengine_contract, _node("Image.clip", input=placed, geometry=REGION))
    assert band["dataType"]["precision"] == "INT"
    assert band["grid"] == {
        "crsCode": "EPSG:4326",
        "dimensions": {"width": 2, "height": 1},
        "affineTransform": {"scaleX": 0.25, "translateX": 10, "scaleY": -0.25, "translateY": 47.25},
    }
    # What the request states is the grid.
    grid = {"crsCode": "EPSG:3857", "dimensions": {"width": 3, "height": 4}}
    earthengine_contract.reset()
    (band,) = _made(earthengine_contract, _node("Image.clip", input=SMALL, geometry=REGION), grid=grid)
    assert band["grid"] == grid


def test_a_band_whose_grid_is_not_known_has_an_empty_one(earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.declare({"name": f"{HOME}/declared", "bands": [{"id": "b"}]})
    (band,) = ask(earthengine_contract.endpoint, "GET", f"/v1/{HOME}/declared").json["bands"]
    assert band == {"id": "b", "grid": {}}
