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


NAME = "projects/p/operations/A"
EMPTY = {"@type": "type.googleapis.com/google.protobuf.Empty"}


def running(**more: object) -> dict[str, Any]:
    """A running export with metadata of its own."""
    return {"name": NAME, "metadata": metadata(**{"state": "RUNNING", **more})}


def metadata(state: object, **more: object) -> dict[str, Any]:
    known = {"@type": META, "state": state, "type": "EXPORT_IMAGE", "createTime": "2026-01-01T00:00:00Z"}
    return {name: value for name, value in {**known, **more}.items() if value is not ...}


def ended(state: str = "SUCCEEDED", **more: object) -> dict[str, Any]:
    """An export that has ended; a member that is None is left out."""
    body = {"name": NAME, "done": True, "metadata": metadata(state), "response": EMPTY, **more}
    return {name: value for name, value in body.items() if value is not None}


def answered(status: int, body: object, **more: object) -> list[tuple[str, str, str]]:
    return places(row(response={"status": status, "body": body}, **more))


@pytest.mark.parametrize(
    ("body", "pointer", "rule"),
    [
        ({"nmae": "x"}, "/nmae", "unknown-field"),
        ({"name": 7}, "/name", "invalid-value"),
        ({"metadata": {"@type": META, "state": "DOING"}}, "/metadata/state", "enum-unknown"),
        (
            {"metadata": {"@type": META, "state": "PENDING", "stages": [{"x": 1}]}},
            "/metadata/stages/0/x",
            "unknown-field",
        ),
        ({"metadata": []}, "/metadata", "list-on-singular"),
        (
            {"done": True, "error": {"code": 1, "message": "no"}, "response": {}},
            "/response",
            "oneof-conflict",
        ),
        ([], "", "root-not-object"),
    ],
)
def test_a_result_is_of_the_type_of_its_method(body: object, pointer: str, rule: str) -> None:
    sent = {"name": NAME, **body} if isinstance(body, dict) else body
    assert answered(200, sent) == [("response", pointer, rule)]


@pytest.mark.parametrize(
    "body",
    [
        None,
        "<41048 bytes>",
        {"name": NAME},
        {"name": NAME, "done": False},
        {"name": NAME, "metadata": {"@type": META, "state": "RUNNING", "progress": 7}},
        ended(),
        ended(response={"@type": "type.googleapis.com/another", "x": None}),
        ended("FAILED", response=None, error={"code": 5, "message": "no"}),
    ],
)
def test_what_is_not_known_of_a_result_is_no_violation(body: object) -> None:
    assert answered(200, body) == []


MOCKED = [
    ({}, "", "operation-name"),
    ({"name": ""}, "", "operation-name"),
    ({"name": "A"}, "/name", "operation-name"),
    ({"name": "operations/A"}, "/name", "operation-name"),
    ({"done": "yes"}, "/done", "answer-value"),
    ({"name": NAME, "done": "yes"}, "/done", "answer-value"),
    ({"name": NAME, "done": 1}, "/done", "invalid-value"),
    ({"name": NAME, "done": True}, "/done", "operation-result"),
    ({"name": NAME, "response": EMPTY}, "/response", "operation-result"),
    ({"name": NAME, "done": False, "response": EMPTY}, "/response", "operation-result"),
    ({"name": NAME, "done": False, "error": {"code": 3, "message": "no"}}, "/error", "operation-result"),
    ({"name": NAME, "done": True, "response": {}}, "/response", "answer-type"),
    ({"name": NAME, "done": True, "response": {"@type": "Empty"}}, "/response", "answer-type"),
    ({"name": NAME, "error": None}, "/error", "answer-value"),
    ({"name": NAME, "metadata": {"state": "RUNNING"}}, "/metadata", "answer-type"),
    ({"name": NAME, "metadata": {"@type": 7, "state": "RUNNING"}}, "/metadata", "answer-type"),
    (running(**{"@type": "type.googleapis.com/google.earthengine.v1.Operation"}), "/metadata/@type", "answer-type"),
    (running(**{"@type": "google.earthengine.v1.OperationMetadata"}), "/metadata", "answer-type"),
    (running(state=...), "/metadata", "operation-state"),
    (running(state=7), "/metadata/state", "answer-value"),
    (running(state="running"), "/metadata/state", "answer-value"),
    (running(state="COMPLETED"), "/metadata/state", "enum-unknown"),
    (running(state="SUCCEEDED"), "/metadata/state", "operation-state"),
    (running(type="EXPORT_TABLE"), "/metadata/type", "operation-kind"),
    (running(type=7), "/metadata/type", "invalid-value"),
    (running(createTime=1767225600), "/metadata/createTime", "invalid-value"),
    (running(createTime="yesterday"), "/metadata/createTime", "invalid-value"),
    (running(createTime="2026-01-01 00:00:00"), "/metadata/createTime", "invalid-value"),
    (running(updateTime="2026-01-01T00:00:00+00:00"), "/metadata/updateTime", "answer-value"),
    (running(startTime="2026-13-01T00:00:00Z"), "/metadata/startTime", "invalid-value"),
    (running(priority="100"), "/metadata/priority", "answer-value"),
    (running(priority="high"), "/metadata/priority", "invalid-value"),
    (running(priority=1.5), "/metadata/priority", "invalid-value"),
    (running(priority=True), "/metadata/priority", "invalid-value"),
    (running(attempt="1"), "/metadata/attempt", "answer-value"),
    (running(progress="0.5"), "/metadata/progress", "answer-value"),
    (running(progress="50%"), "/metadata/progress", "invalid-value"),
    (running(description=None), "/metadata/description", "answer-value"),
    (running(destination_uris=["x"]), "/metadata/destination_uris", "answer-name"),
    (running(destinationUris="x"), "/metadata/destinationUris", "answer-value"),
    (running(stages=[{"totalWorkUnits": "1e3"}]), "/metadata/stages/0/totalWorkUnits", "answer-value"),
    (ended("RUNNING"), "/metadata/state", "operation-state"),
    (ended("FAILED"), "/metadata/state", "operation-state"),
    (ended(response=None, error={"code": 3, "message": "no"}), "/metadata/state", "operation-state"),
    (ended("FAILED", response=None, error={"code": 3}), "/error/message", "operation-error"),
    (ended("FAILED", response=None, error={"code": 0, "message": "no"}), "/error/code", "operation-error"),
    (ended("FAILED", response=None, error={"code": 404, "message": "no"}), "/error/code", "operation-error"),
    (ended("FAILED", response=None, error={"code": "3", "message": "no"}), "/error/code", "answer-value"),
    (ended("FAILED", response=None, error="no"), "/error", "invalid-value"),
    (ended("FAILED", response=None, error={"code": 3, "message": "no", "details": [{}]}), "/error/details/0", "answer-type"),
    (ended("CANCELLED", response=None, error={"code": 3, "message": "no"}), "/error/code", "operation-error"),
]  # fmt: skip
"""Operations as mocks have them that are written by hand: the answer, and one place and rule of what is wrong."""


@pytest.mark.parametrize(("body", "pointer", "rule"), MOCKED)
def test_what_mocks_get_wrong_is_a_violation(body: dict[str, Any], pointer: str, rule: str) -> None:
    assert ("response", pointer, rule) in answered(200, body)


@pytest.mark.parametrize(("body", "pointer", "rule"), MOCKED)
def test_listed_operations_are_held_to_the_same(body: dict[str, Any], pointer: str, rule: str) -> None:
    if rule == "operation-kind":
        return  # What started it is not known.
    listed = {"operations": [ended(), body]}
    assert ("response", f"/operations/1{pointer}", rule) in answered(
        200, listed, path=OPERATIONS, method="GET"
    )


def test_an_answer_is_of_the_operation_that_was_asked_for_and_of_the_kind_that_was_started() -> None:
    path = f"/v1/{NAME}"
    other = {"name": "projects/p/operations/B"}
    assert answered(200, other, path=path, method="GET") == [("response", "/name", "operation-name")]
    start = row(response={"status": 200, "body": running()})
    looked = row(path=path, method="GET", response={"status": 200, "body": running(type="EXPORT_TABLE")})
    assert places(start, looked) == [("response", "/metadata/type", "operation-kind")]
    assert places(looked) == []


def test_a_page_in_place_of_a_result_is_a_violation() -> None:
    page = {"status": 200, "content_type": "text/html", "body": {"name": NAME}}
    assert places(row(response=page)) == [("response", "", "answer-media-type")]
    for kind in ("application/json; charset=UTF-8", "application/vnd.api+json", None):
        assert places(row(response={**page, "content_type": kind})) == []


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
        ({"error": {**ERROR, "status": "FAILED_PRECONDITION"}}, []),
        ({"error": {**ERROR, "status": "NOT_FOUND"}}, ["/error/status"]),
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
