"""image:export and the operations methods over the wire: what is refused, and how an operation lives."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from groundwire_contract.clock import SteppedClock
from groundwire_contract.contract import load
from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.operations.script import Script
from groundwire_contract.service import Service

from .wire import EXPORT, JSON, OPERATIONS, PROJECT, Answer, ask, export

FILES = "fileExportOptions"
TYPE = "type.googleapis.com/google.earthengine"
UNKNOWN = "Invalid JSON payload received. Unknown name "
NODE = "expression.values[0].value"


def files(**more: object) -> dict[str, Any]:
    return export(**{FILES: more})


def node(**value: object) -> dict[str, Any]:
    return export(expression={"result": "0", "values": {"0": value}})


def conflict(place: str, union: str, name: str) -> str:
    at = f" at '{place}'" if place else ""
    return f"Invalid value{at} (oneof), oneof field '{union}' is already set. Cannot set '{name}'"


REFUSED: list[tuple[str, dict[str, Any], str, list[str], str]] = [
    (
        "conflict-top",
        export(assetExportOptions={}),
        "oneof-conflict",
        [""],
        conflict("", "export_options", "assetExportOptions"),
    ),
    (
        "conflict-destination",
        files(driveDestination={}, cloudStorageDestination={}),
        "oneof-conflict",
        ["file_export_options"],
        conflict("file_export_options", "destination", "cloudStorageDestination"),
    ),
    (
        "conflict-in-snake-case",
        files(tf_record_options={}, geo_tiff_options={}),
        "oneof-conflict",
        ["file_export_options"],
        conflict("file_export_options", "format_options", "geo_tiff_options"),
    ),
    (
        "conflict-no-data",
        files(geoTiffOptions={"noData": {"floatValue": 1, "integerValue": 1}}),
        "oneof-conflict",
        ["file_export_options.geo_tiff_options.no_data"],
        conflict("file_export_options.geo_tiff_options.no_data", "value", "integerValue"),
    ),
    (
        "conflict-crs",
        export(grid={"crsCode": "EPSG:4326", "crsWkt": "GEOGCS[]"}),
        "oneof-conflict",
        ["grid"],
        conflict("grid", "crs", "crsWkt"),
    ),
    (
        "conflict-value",
        node(constantValue=None, valueReference="1"),
        "oneof-conflict",
        [NODE],
        conflict(NODE, "kind", "valueReference"),
    ),
    (
        "conflict-function",
        node(functionInvocationValue={"functionName": "a", "functionReference": "b"}),
        "oneof-conflict",
        [f"{NODE}.function_invocation_value"],
        conflict(f"{NODE}.function_invocation_value", "function", "functionReference"),
    ),
    (
        "unknown-all-at-once",
        export(grid={"origin": 1, "pixel_size": 2}, outputConfig={}),
        "unknown-field",
        ["grid", "grid", ""],
        (
            f"{UNKNOWN}\"origin\" at 'grid': Cannot find field.\n"
            f"{UNKNOWN}\"pixel_size\" at 'grid': Cannot find field.\n"
            f'{UNKNOWN}"outputConfig": Cannot find field.'
        ),
    ),
    (
        "unknown-case-matters",
        export(maxpixels=1),
        "unknown-field",
        [""],
        f'{UNKNOWN}"maxpixels": Cannot find field.',
    ),
    (
        "wrapper",
        export(maxPixels={"value": "many"}),
        "invalid-value",
        ["max_pixels.value"],
        "Invalid value at 'max_pixels.value' (TYPE_INT64), \"many\"",
    ),
    (
        "enum",
        files(fileFormat="JPEG2000"),
        "enum-unknown",
        ["file_export_options.file_format"],
        f"Invalid value at 'file_export_options.file_format' ({TYPE}.v1beta.ImageFileFormat), \"JPEG2000\"",
    ),
    (
        "enum-no-lower-camel",
        files(fileFormat="geoTiff"),
        "enum-unknown",
        ["file_export_options.file_format"],
        f"Invalid value at 'file_export_options.file_format' ({TYPE}.v1beta.ImageFileFormat), \"geoTiff\"",
    ),
    (
        "object-on-scalar",
        node(functionDefinitionValue={"body": {}}),
        "object-on-scalar",
        [f"{NODE}.function_definition_value"],
        f"Invalid value at '{NODE}.function_definition_value' (body), Starting an object on a scalar field",
    ),
    (
        "list-on-singular",
        export(description=["a"]),
        "list-on-singular",
        [""],
        f'{UNKNOWN}"description": Proto field is not repeating, cannot start list.',
    ),
]


@pytest.mark.parametrize(
    ("body", "rule", "fields", "message"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_what_the_front_end_refuses(
    earthengine_contract: EarthEngineContract,
    body: dict[str, Any],
    rule: str,
    fields: list[str],
    message: str,
) -> None:
    answer = ask(earthengine_contract.endpoint, "POST", EXPORT, body)
    assert (answer.status, answer.rule, answer.message) == (400, rule, message)
    assert (answer.error["code"], answer.error["status"]) == (400, "INVALID_ARGUMENT")
    (detail,) = answer.error["details"]
    assert detail["@type"] == "type.googleapis.com/google.rpc.BadRequest"
    violations = detail["fieldViolations"]
    assert [violation.get("field", "") for violation in violations] == fields
    assert [violation["description"] for violation in violations] == message.split("\n")
    assert earthengine_contract.operations == ()


@pytest.mark.parametrize(
    ("body", "rule", "place"),
    [
        (export(description="caf\u00e9"), "description-invalid", "The description must contain only"),
        (export(description="d" * 101), "description-invalid", "at most 100 characters long."),
        (export(priority=10000), "bounds", "priority.value"),
        (export(priority={"value": -1}), "bounds", "priority.value"),
        (
            files(geoTiffOptions={"tileDimensions": {"width": 300, "height": 256}}),
            "bounds",
            "file_export_options.geo_tiff_options.tile_dimensions",
        ),
    ],
)
def test_bounds_are_the_services_own(
    earthengine_contract: EarthEngineContract, body: dict[str, Any], rule: str, place: str
) -> None:
    answer = ask(earthengine_contract.endpoint, "POST", EXPORT, body)
    assert (answer.status, answer.rule) == (400, rule)
    assert place in answer.message
    # The front end's details are not there: what is malformed comes before what is out of bounds.
    assert "details" not in answer.error
    both = ask(earthengine_contract.endpoint, "POST", EXPORT, {**body, "bogus": 1})
    assert both.message == f'{UNKNOWN}"bogus": Cannot find field.'


@pytest.mark.parametrize("version", ["v1beta", "v1", "v1alpha"])
def test_types_are_of_the_version_of_the_path(
    earthengine_contract: EarthEngineContract, version: str
) -> None:
    endpoint, path = earthengine_contract.endpoint, f"/{version}/{PROJECT}"
    started = ask(endpoint, "POST", f"{path}/image:export", export()).json
    looked = ask(endpoint, "GET", f"/{version}/{started['name']}").json
    (listed,) = ask(endpoint, "GET", f"{path}/operations").json["operations"]
    kinds = {found["metadata"]["@type"] for found in (started, looked, listed)}
    assert kinds == {f"{TYPE}.{version}.OperationMetadata"}
    refused = ask(endpoint, "POST", f"{path}/image:export", files(fileFormat="X"))
    assert f"({TYPE}.{version}.ImageFileFormat)" in refused.message


def test_a_repeated_request_id_is_refused(earthengine_contract: EarthEngineContract) -> None:
    def start(project: str = "a", bearer: str = "t", **more: str) -> Answer:
        return ask(
            earthengine_contract.endpoint,
            "POST",
            f"/v1beta/projects/{project}/image:export",
            export(**more),
            {"authorization": f"Bearer {bearer}"},
        )

    assert start(requestId="1").status == 200
    assert start(bearer="refreshed", requestId="1").status == 409
    again = start(requestId="1", description="another")
    assert (again.status, again.error["status"], again.rule) == (409, "ALREADY_EXISTS", "request-id-reused")
    assert again.message == "A different Operation was already started with the given request_id."
    others = [
        start(requestId="2"),
        start("b", requestId="1"),
        start(),
        start(),
    ]
    assert [other.status for other in others] == [200] * 4
    empty = [start(requestId=""), start(requestId="")]
    assert [answer.status for answer in empty] == [200, 200]
    assert start(requestId="3", bogus="x").status == 400
    assert start(requestId="3").status == 200, "a start that was refused for its body has used no id"


def test_the_queue_holds_3000(earthengine_contract: EarthEngineContract) -> None:
    service = Service(load(), clock=SteppedClock(), script=Script(pending=10, running=0))
    raw = b'{"requestId":"%d"}'

    def start(number: int) -> Reply:
        body = raw % number
        found = service.handle(Exchange(verb="POST", path=EXPORT, headers=JSON, body=body, length=len(body)))
        assert isinstance(found, Reply)
        return found

    assert {start(number).status for number in range(3000)} == {200}
    full = start(3000)
    assert (full.status, full.rule) == (429, "queue-full")
    service.clock.elapse(10)
    assert start(3001).status == 200
    assert start(3000).rule == "request-id-reused", "the refused start has used its id"


@pytest.mark.parametrize("burnt", [True, False])
def test_the_queue_holds_what_a_test_declares(earthengine_contract: EarthEngineContract, burnt: bool) -> None:
    contract = earthengine_contract
    contract.queue_limit = 2
    if not burnt:
        contract.relax("queue-full-burns-id")

    def start(request_id: str, project: str = "a") -> Answer:
        path = f"/v1beta/projects/{project}/image:export"
        return ask(contract.endpoint, "POST", path, export(requestId=request_id))

    assert [start(str(number)).status for number in range(2)] == [200, 200]
    full = start("2")
    assert (full.status, full.rule) == (429, "queue-full")
    assert full.message == (
        "Too many tasks already in the queue (2). Please wait for some of them to complete."
    )
    assert start("2", "b").status == 200, "the limit is of a project"
    contract.finish(contract.operations[0])
    assert start("2").status == (409 if burnt else 200)
    contract.queue_limit = 0
    assert start("3", "empty").status == 429


def test_a_listing_lags_as_a_test_declares(earthengine_contract: EarthEngineContract) -> None:
    contract = earthengine_contract
    contract.listing_lag = 30
    contract.hold()

    def listed() -> list[str]:
        body = ask(contract.endpoint, "GET", OPERATIONS).json
        return [operation["name"] for operation in body.get("operations", ())]

    first, second = (ask(contract.endpoint, "POST", EXPORT, export()).json["name"] for _ in range(2))
    assert listed() == []
    assert ask(contract.endpoint, "GET", f"/v1beta/{first}").status == 200
    contract.advance(30)
    assert listed() == [second, first]
    third = ask(contract.endpoint, "POST", EXPORT, export()).json["name"]
    assert listed() == [second, first]
    contract.listing_lag = 0
    assert listed() == [third, second, first]


@pytest.mark.parametrize("wrong", [{"queue_limit": -1}, {"listing_lag": -1}, {"listing_lag": float("nan")}])
def test_what_cannot_be_declared_is_refused(
    earthengine_contract: EarthEngineContract, wrong: dict[str, Any]
) -> None:
    (name, value), *_ = wrong.items()
    with pytest.raises(ValueError, match=name):
        setattr(earthengine_contract, name, value)


def metadata(answer: Answer) -> dict[str, Any]:
    return answer.json["metadata"]


def test_an_operation_lives_on_the_injected_clock() -> None:
    clock = SteppedClock(datetime(2026, 5, 1, tzinfo=UTC))
    service = Service(load(), clock=clock, script=Script(pending=2, running=8, steps=4))

    def send(verb: str, path: str, body: bytes = b"") -> dict[str, Any]:
        found = service.handle(Exchange(verb=verb, path=path, headers=JSON, body=body, length=len(body)))
        assert isinstance(found, Reply)
        return Answer(found.status, {}, found.body).json

    name = send("POST", EXPORT, b'{"description":"d","priority":7}')["name"]
    assert re.fullmatch(rf"{PROJECT}/operations/[A-Z2-7]{{24}}", name)
    seen: list[dict[str, Any]] = []
    for seconds in (0, 2, 2, 4, 2):
        clock.elapse(seconds)
        seen.append(send("GET", f"/v1beta/{name}"))
    assert [found["metadata"]["state"] for found in seen] == ["PENDING", *["RUNNING"] * 3, "SUCCEEDED"]
    assert [found.get("done") for found in seen] == [None] * 4 + [True]
    assert [found["metadata"].get("progress") for found in seen] == [None, None, 0.25, 0.75, 1]
    first, begun, quarter, most, last = (found["metadata"] for found in seen)
    assert (first["startTime"], begun["startTime"]) == ("1970-01-01T00:00:00Z", "2026-05-01T00:00:02Z")
    assert first["createTime"] == last["createTime"] == "2026-05-01T00:00:00Z"
    assert (most["updateTime"], last["endTime"]) == ("2026-05-01T00:00:08Z", "2026-05-01T00:00:10Z")
    assert not {"stages", "attempt", "endTime"} & first.keys()
    assert [
        [stage.get("completeWorkUnits") for stage in found["stages"]] for found in (begun, quarter, most)
    ] == [
        [None, None],
        [1, None],
        [2, 1],
    ]
    assert (last["description"], last["priority"], last["type"]) == ("d", 7, "EXPORT_IMAGE")
    assert seen[-1]["response"] == {"@type": "type.googleapis.com/google.protobuf.Empty"}
