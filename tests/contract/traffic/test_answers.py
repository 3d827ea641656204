"""What is wrong with recorded answers."""

from __future__ import annotations

import io
from typing import Any

import pytest
from groundwire_contract.contract import build
from groundwire_contract.traffic.answer import error_faults
from groundwire_contract.traffic.recording import Answer, Parsed, read_jsonl
from groundwire_contract.traffic.verify import Verifier

from ..bookshop import API
from ..vectors import needed, rows
from ..wire import OPERATIONS
from .records import jsonl, places, row

META = "type.googleapis.com/google.earthengine.v1.OperationMetadata"


def answered(status: int, body: object, **more: object) -> list[tuple[str, str, str]]:
    return places(row(response={"status": status, "body": body}, **more))


@pytest.mark.parametrize(
    ("body", "pointer", "rule"),
    [
        ({"nmae": "x"}, "/nmae", "unknown-field"),
        ({"name": 7}, "/name", "invalid-value"),
        ({"metadata": {"@type": META, "state": "DOING"}}, "/metadata/state", "enum-unknown"),
        ({"metadata": {"@type": META, "stages": [{"x": 1}]}}, "/metadata/stages/0/x", "unknown-field"),
        ({"metadata": []}, "/metadata", "list-on-singular"),
        ({"done": True, "error": {"code": 1}, "response": {}}, "/response", "oneof-conflict"),
        ([], "", "root-not-object"),
    ],
)
def test_a_result_is_of_the_type_of_its_method(body: object, pointer: str, rule: str) -> None:
    assert answered(200, body) == [("response", pointer, rule)]


@pytest.mark.parametrize(
    "body",
    [
        None,
        "<41048 bytes>",
        {},
        {"metadata": {"@type": "type.googleapis.com/another", "x": 1}},
        {"metadata": {"no": "type"}},
        {"metadata": {"@type": META, "progress": 7}},
    ],
)
def test_what_is_not_known_of_a_result_is_no_violation(body: object) -> None:
    assert answered(200, body) == []


@needed
def test_known_operations_are_no_violation() -> None:
    for found in rows("wire/operation_bodies.json"):
        assert answered(200, found["body"]) == [], found["id"]
    listed = {"operations": [found["body"] for found in rows("wire/operation_bodies.json")]}
    assert answered(200, listed, path=OPERATIONS, method="GET") == []


@needed
def test_known_errors_have_the_shape_of_errors() -> None:
    for found in rows("wire/error_bodies.json"):
        answer = Answer(status=found["http"], body=Parsed(found["body"]))
        assert list(error_faults(answer)) == [], found["id"]


ERROR: dict[str, Any] = {"code": 400, "message": "no", "status": "INVALID_ARGUMENT"}


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"error": ERROR}, []),
        ({"error": {**ERROR, "details": [{"@type": "t"}]}}, []),
        ({"error": "no"}, [""]),
        ([], [""]),
        ({"error": {}}, ["/error/code", "/error/message", "/error/status"]),
        ({"error": {**ERROR, "code": 404, "status": "BAD"}}, ["/error/code", "/error/status"]),
        ({"error": {**ERROR, "details": {}}}, ["/error/details"]),
        ({"error": {**ERROR, "details": [{"@type": "t"}, {}]}}, ["/error/details/1"]),
    ],
)
def test_an_error_has_the_shape_of_errors(body: object, pointers: list[str]) -> None:
    assert answered(400, body) == [("response", pointer, "error-shape") for pointer in pointers]


def test_a_page_in_place_of_an_error_is_a_violation_where_a_method_is() -> None:
    page = {"status": 502, "raw_body": "<html>"}
    assert places(row(response=page)) == [("response", "", "error-shape")]
    assert [rule for _, _, rule in places(row(path="/x", response=page))] == ["unknown-path"]


def test_a_body_of_any_kind_is_not_read() -> None:
    tiles = row(method="GET", path="/v1/projects/p/maps/m/tiles/1/2/3", body=None)
    assert places({**tiles, "response": {"status": 200, "raw_body": "\x89PNG"}}) == []


def test_any_contract_has_answers() -> None:
    sent = row({}, path="/v2/shops/s/books", response={"status": 200, "body": {"pageCount": "x"}})
    (record,) = read_jsonl(io.BytesIO(jsonl(sent)))
    assert [found.pointer for found in Verifier(build(API)).violations(record)] == ["/pageCount"]
