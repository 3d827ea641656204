"""The OpenAPI document: valid, whole, the same each time, and at one with the server on what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from click.testing import CliRunner
from groundwire_codegen.ir import Field, Kind, Location, Parameter, Rules, Scalar
from groundwire_codegen.schema import AmbiguousPathError, json_text
from groundwire_codegen.schema.paths import path_of
from groundwire_codegen.schema.scalars import definition, integers
from groundwire_codegen.schema.schemas import field_schema, reached
from groundwire_contract.cli import main
from groundwire_contract.openapi import ACCEPTED, document
from groundwire_contract.validate.route import find
from groundwire_contract.validate.scalars import READERS
from groundwire_contract.validate.values import validate
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate as check

from ..bookshop import API, enveloped
from ..traffic.records import CONTRACT, places, row
from ..vectors import needed, rows
from ..wire import export
from .oracle import Oracle

EARTH: dict[str, Any] = document(CONTRACT.api)
BOOKS: dict[str, Any] = document(API)
SCHEMAS: dict[str, Any] = EARTH["components"]["schemas"]
ORACLE = Oracle(EARTH)


def schema(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def is_taken(body: Any, name: str = "ExportImageRequest") -> bool:
    """Whether the server takes a body."""
    read = validate(CONTRACT.shapes["v1beta"].records[name], body)
    return not read.faults and not read.breaches


@pytest.mark.parametrize("found", [EARTH, BOOKS], ids=["Earth Engine", "bookshop"])
def test_it_is_valid_openapi(found: dict[str, Any]) -> None:
    check(found)


def test_every_method_is_there_once() -> None:
    found = [operation["operationId"] for verbs in EARTH["paths"].values() for operation in verbs.values()]
    assert sorted(found) == sorted(CONTRACT.api.methods)
    assert all(path.startswith("/v1beta/") for path in EARTH["paths"])
    assert EARTH["servers"] == [{"url": "https://earthengine.googleapis.com"}]


def test_every_path_is_that_of_its_method() -> None:
    for method in CONTRACT.api.methods.values():
        path = path_of(CONTRACT.api, method, ACCEPTED)
        filled = path.template
        for parameter in path.parameters:
            value = "7" if parameter["schema"].get("type") == "integer" else "some"  # type: ignore[union-attr] # a schema
            filled = filled.replace(f"{{{parameter['name']}}}", value)
        route = find(CONTRACT.routes, method.verb, filled)
        assert route is not None
        assert route.method is method


def test_it_is_the_same_each_time(tmp_path: Path) -> None:
    texts = set[bytes]()
    for seed in ("0", "7"):
        out = tmp_path / f"{seed}.json"
        command = [sys.executable, "-m", "groundwire_contract", "openapi", "--out", str(out)]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(command, env=environment, check=True, timeout=30)  # noqa: S603 - our own command
        texts.add(out.read_bytes())
    assert texts == {json_text(EARTH).encode()}


def test_it_is_printed_where_no_file_is_named() -> None:
    done = CliRunner().invoke(main, ["openapi"])
    assert (done.exit_code, json.loads(done.stdout)) == (0, EARTH)


@pytest.mark.parametrize("options", [["--spec", "no-such-file"], ["--out", "."], ["--overlay", "x"]])
def test_what_cannot_be_read_or_written_exits_with_2(options: list[str]) -> None:
    done = CliRunner().invoke(main, ["openapi", *options])
    assert (done.exit_code, done.stdout) == (2, "")


def test_what_a_request_reaches_is_closed_and_what_only_answers_reach_is_open() -> None:
    assert SCHEMAS["ExportImageRequest"]["additionalProperties"] is False
    assert SCHEMAS["GeoTiffImageExportOptions"]["additionalProperties"] is False
    assert "additionalProperties" not in SCHEMAS["OperationMetadata"]
    assert "additionalProperties" not in SCHEMAS["Operation"]


def test_what_the_overlay_says_is_there() -> None:
    request = SCHEMAS["ExportImageRequest"]["properties"]
    assert request["description"]["pattern"] == "^[a-zA-Z0-9.,:;_-]*$"
    assert request["requestId"]["maxLength"] == 60
    assert request["maxPixels"]["default"] == "100000000"
    assert "earthengine-api" in request["maxWorkers"]["x-groundwire-evidence"]
    bare, wrapper = request["priority"]["oneOf"]
    assert (bare["minimum"], bare["maximum"]) == (0, 9999)
    assert wrapper["properties"] == {"value": bare}
    tiff = SCHEMAS["GeoTiffImageExportOptions"]["properties"]
    assert tiff["tileDimensions"]["x-groundwire-multiple-of"] == "tileSize"
    assert tiff["noData"]["propertyNames"] == {"enum": ["floatValue"]}
    assert len(SCHEMAS["ValueNode"]["oneOf"]) == 10


def test_a_page_size_is_never_negative() -> None:
    found = [
        (verbs["get"]["operationId"], one["schema"]["minimum"])
        for verbs in EARTH["paths"].values()
        for one in verbs.get("get", {}).get("parameters", ())
        if one.get("name") == "pageSize"
    ]
    assert len(found) == 4
    assert {low for _, low in found} == {0}
    for path in ("projects/p:listAssets", "projects/p/assets/a:listFeatures", "projects/p/operations"):
        for size, wanted in (("-1", [("query", "pageSize", "page-size-invalid")]), ("0", [])):
            listed = row(method="GET", path=f"/v1/{path}", body=None, response=None)
            assert places({**listed, "query": [["pageSize", size]]}) == wanted


NULLS: list[tuple[dict[str, Any], bool]] = [
    ({**export(), "priority": None, "maxPixels": None, "requestId": None, "grid": None}, True),
    ({**export(), "assetExportOptions": None}, True),
    (export(priority={"value": None}), True),
    (export(expression={"result": None, "values": None}), True),
    (export(expression={"values": {"0": None}}), False),
    (export(expression={"values": {"0": {"constantValue": 1, "valueReference": None}}}), True),
    (export(expression={"values": {"0": {"constantValue": None, "valueReference": "0"}}}), False),
    (export(expression={"values": {"0": {"arrayValue": {"values": [None]}}}}), False),
    (export(expression={"values": {"0": {"dictionaryValue": None}}}), True),
    (export(grid={"crsCode": None, "crsWkt": "a"}), True),
    (export(workloadTag=None, description=None), True),
]


@pytest.mark.parametrize(("body", "sound"), NULLS)
def test_the_document_says_where_null_is_taken(body: dict[str, Any], sound: bool) -> None:
    validator = Draft202012Validator({**schema("ExportImageRequest"), "components": EARTH["components"]})
    assert validator.is_valid(body) is sound
    assert is_taken(json.loads(json.dumps(body))) is sound


TIFF: dict[str, Any] = {"cloudStorageDestination": {"bucket": "b"}, "fileFormat": "GEO_TIFF"}
CANONICAL: list[tuple[dict[str, Any], bool]] = [
    (export(), True),
    (export(priority=9999, maxPixels="7", requestId="a-1"), True),
    (export(priority={"value": 1}, maxPixels={"value": "7"}), True),
    (export(priority=10000), False),
    (export(priority={"value": 10000}), False),
    (export(description="x" * 101), False),
    (export(description="\u00e9"), False),
    (export(requestId="no blanks"), False),
    (export(typo=1), False),
    (export(assetExportOptions={}), False),
    (export(fileExportOptions={**TIFF, "driveDestination": {}}), False),
    (export(fileExportOptions={**TIFF, "fileFormat": "TIF"}), False),
    (export(fileExportOptions={**TIFF, "geoTiffOptions": {"noData": {"integerValue": "1"}}}), False),
    (export(fileExportOptions={**TIFF, "geoTiffOptions": {"noData": {"floatValue": "NaN"}}}), True),
    (export(fileExportOptions={**TIFF, "geoTiffOptions": {"metadataKeys": ["a"]}}), True),
    (export(fileExportOptions={**TIFF, "geoTiffOptions": {"tileDimensions": {"width": 300}}}), False),
    (export(fileExportOptions={**TIFF, "geoTiffOptions": {"tileDimensions": {"width": 300}, "tileSize": 100}}), True),
    (export(grid={"crsCode": "EPSG:4326", "crsWkt": ""}), False),
    (export(expression={"values": {"0": {"constantValue": None}}}), True),
    (export(expression={"values": {"0": {"constantValue": 1, "valueReference": "0"}}}), False),
]  # fmt: skip
LENIENT: list[dict[str, Any]] = [
    export(priority="7"),
    export(priority=None, max_pixels=7.0),
    export(maxPixels={"value": 7}),
    export(fileExportOptions={"cloud_storage_destination": {"bucket": "b", "bucketCorsUris": "one"}, "fileFormat": "geo-tiff"}),
    export(fileExportOptions={**TIFF, "geoTiffOptions": {"cloudOptimized": "yes", "noData": {"floatValue": "1e3"}}}),
    export(expression={"values": {"0": {"bytesValue": "_-A"}}}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "sound"), CANONICAL)
def test_document_and_server_agree_on_what_is_canonical(body: dict[str, Any], sound: bool) -> None:
    assert ORACLE.is_sound(schema("ExportImageRequest"), body) is sound
    assert is_taken(body) is sound


@pytest.mark.parametrize("body", LENIENT)
def test_a_leniency_is_one_of_form_alone(body: dict[str, Any]) -> None:
    canonical = ORACLE.canonical(schema("ExportImageRequest"), body)
    assert canonical != body
    assert is_taken(body)
    assert is_taken(canonical)
    assert ORACLE.is_sound(schema("ExportImageRequest"), body)


@needed
@pytest.mark.parametrize("file", ["ee_python_client", "ee_js_client"])
def test_document_and_server_agree_on_the_recorded_requests(file: str) -> None:
    for found in rows(f"wire/{file}.jsonl"):
        if found["path"].endswith("image:export") and found["body"] is not None:
            assert ORACLE.is_sound(schema("ExportImageRequest"), found["body"]) == is_taken(found["body"])


@needed
def test_the_recorded_answers_are_allowed() -> None:
    for found in rows("wire/operation_bodies.json"):
        assert ORACLE.is_sound(schema("Operation"), found["body"]), found["id"]
    for found in rows("wire/error_bodies.json"):
        assert ORACLE.is_sound(schema("ErrorResponse"), found["body"]), found["id"]


@pytest.mark.parametrize(
    "range_", [(0, 9), (0, 10), (-(2**63), 2**63 - 1), (0, 2**64 - 1), (-128, 127), (-7, 7)]
)
def test_a_range_has_an_expression_of_its_own(range_: tuple[int, int]) -> None:
    low, high = range_
    expression = re.compile(integers(low, high))
    near = {bound + step for bound in (low, high, 0) for step in range(-130, 131)}
    tens = {sign * 10**power + step for power in range(21) for sign in (1, -1) for step in (-1, 0, 1)}
    for number in near | tens:
        assert (expression.fullmatch(str(number)) is not None) == (low <= number <= high), number
    assert not any(expression.fullmatch(text) for text in ("", "-", "00", "01", "+1", "1.0", "-0"))


KINDS = [
    Kind.INT32,
    Kind.INT64,
    Kind.UINT64,
    Kind.DOUBLE,
    Kind.FLOAT,
    Kind.BYTES,
    Kind.DURATION,
    Kind.BOOLEAN,
]


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_scalar_that_the_document_allows_is_read(kind: Kind, data: st.DataObject) -> None:
    described: Any = definition(kind)
    options = described.get("oneOf", [described])
    value = data.draw(st.one_of(*(_values(option) for option in options)))
    READERS[kind](value)


def _values(described: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "enum" in described:
        return st.sampled_from(described["enum"])
    if "pattern" in described:
        return st.from_regex(described["pattern"].removesuffix("$") + r"\Z")
    if described["type"] == "boolean":
        return st.booleans()
    bounds = {"min_value": described["minimum"], "max_value": described["maximum"]}
    return st.integers(**bounds) if described["type"] == "integer" else st.floats(**bounds)


def test_two_methods_of_one_path_cannot_be_described() -> None:
    method = API.methods["bookshop.shops.books.get"]
    twin = evolve(method, id="bookshop.shops.books.read")
    with pytest.raises(AmbiguousPathError, match=r"bookshop\.shops\.books\.read"):
        document(evolve(API, methods={**API.methods, twin.id: twin}))


def test_a_name_of_an_error_that_is_taken_gives_way() -> None:
    message = evolve(API.messages["Size"], name="ErrorResponse")
    found: Any = document(evolve(API, messages={**API.messages, "ErrorResponse": message}))
    assert {"ErrorResponse", "ErrorResponse_"} <= found["components"]["schemas"].keys()
    check(found)


def test_a_parameter_of_the_query_that_is_an_enum_is_held_to_it() -> None:
    listed = row(method="GET", path="/v1/projects/p:listAssets", body=None, response=None)
    assert places({**listed, "query": [["view", "full"]]}) == []
    assert places({**listed, "query": [["view", "all"]]}) == [("query", "view", "enum-unknown")]


def path_parameter(wire: str, pattern: str) -> Parameter:
    return Parameter(
        name=wire,
        wire=wire,
        location=Location.PATH,
        type=Scalar(Kind.STRING),
        rules=Rules(pattern=pattern),
    )


@pytest.mark.parametrize(
    ("path", "parameters", "template"),
    [
        (
            "v1/{+name}:go",
            {"name": "^[^/]+/[^/]+/jobs/[^/]+/.*$"},
            "/v1/{name}/{name2}/jobs/{jobsId}/{name5}:go",
        ),
        ("v1/{+name}", {"name": "^a/[^/]+/a/[^/]+$"}, "/v1/a/{aId}/a/{aId4}"),
        ("v1/{+a}/x/{+b}", {"a": "^p/[^/]+$", "b": "^p/[^/]+$"}, "/v1/p/{pId}/x/p/{pId2}"),
        ("v1/{+name}", {"name": "^(a|b)/.*$"}, "/v1/{name}"),
        ("v1/{name}", {}, "/v1/{name}"),
    ],
)
def test_a_pattern_is_written_out_segment_by_segment(
    path: str, parameters: dict[str, str], template: str
) -> None:
    method = evolve(
        API.methods["bookshop.shops.books.get"],
        path=path,
        parameters=tuple(path_parameter(*found) for found in parameters.items()),
    )
    found = path_of(API, method, ACCEPTED)
    assert found.template == template
    assert [parameter["name"] for parameter in found.parameters] == re.findall(r"{(.+?)}", template)


def test_a_parameter_of_a_method_stands_before_one_of_all_apis() -> None:
    method = API.methods["bookshop.shops.books.get"]
    own = Parameter(name="key", wire="key", location=Location.QUERY, type=Scalar(Kind.INT32))
    found: Any = document(
        evolve(API, methods={method.id: evolve(method, parameters=(*method.parameters, own))})
    )
    check(found)
    (verbs,) = found["paths"].values()
    assert [one["schema"]["type"] for one in verbs["get"]["parameters"] if one.get("name") == "key"] == [
        "integer"
    ]


@pytest.mark.parametrize(
    ("kind", "default", "wanted"),
    [(Kind.BOOLEAN, "true", True), (Kind.INT32, "7", 7), (Kind.INT64, 7, "7"), (Kind.INT32, "x", None), (Kind.ANY, [], None)],
)  # fmt: skip
def test_a_default_is_written_as_it_would_be_sent(kind: Kind, default: object, wanted: object) -> None:
    found = field_schema(Field(name="a", wire="a", type=Scalar(kind), default=default), ACCEPTED)
    assert found.get("default") == wanted


def test_document_and_server_agree_on_every_union() -> None:
    closed = reached(CONTRACT.api, {"ExportImageRequest"})
    conflicts = 0
    for name in sorted(closed):
        for union in CONTRACT.api.messages[name].groups:
            fields = [variant.field for variant in union.variants]
            for one, other in combinations(fields, 2):
                body = {one.wire: least(one), other.wire: least(other)}
                assert not ORACLE.is_sound(schema(name), body), body
                assert not is_taken(body, name), body
                conflicts += 1
            for field in fields:
                assert ORACLE.is_sound(schema(name), {field.wire: least(field)}), field
                assert is_taken({field.wire: least(field)}, name), field
    assert conflicts == 42


def least(field: Field) -> object:
    """A value that a field takes."""
    return {Kind.STRING: "a", Kind.INT64: "1", Kind.DOUBLE: 1, Kind.BYTES: "", Kind.ANY: 1}.get(
        getattr(field.type, "kind", Kind.STRUCT), {}
    )


def test_an_envelope_is_part_of_bodies_and_answers() -> None:
    method = enveloped(API.methods["bookshop.shops.books.create"])
    found: Any = document(evolve(API, methods={method.id: method}))
    (verbs,) = found["paths"].values()
    wanted = {"type": "object", "properties": {"data": schema("Book")}, "required": ["data"]}
    assert verbs["post"]["requestBody"]["content"]["application/json"]["schema"] == wanted
    assert verbs["post"]["responses"]["200"]["content"]["application/json"]["schema"] == wanted


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("1970-01-01T00:00:00Z", True),
        ("2026-02-28T23:59:59.123456789+05:30", True),
        ("0001-01-01T00:00:00+01:00", False),
        ("2026-02-30T00:00:00Z", False),
        ("2026-01-01t00:00:00z", False),
    ],
)
def test_document_and_server_agree_on_times(text: str, sound: bool) -> None:
    body = {"asset": {"startTime": text}}
    assert ORACLE.is_sound(schema("UpdateAssetRequest"), body) is sound
    assert is_taken(body, "UpdateAssetRequest") is sound
