"""The operations methods over the wire: list, get, wait, cancel, delete."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire_contract.clock import RealClock
from groundwire_contract.contract import load
from groundwire_contract.exchange import Exchange, Hold, Reply
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.operations.script import Script
from groundwire_contract.service import Service

from .wire import EXPORT, JSON, OPERATIONS, PROJECT, ask, export

NOPE = f"{PROJECT}/operations/NOPE"


def start(contract: EarthEngineContract, **more: object) -> str:
    return ask(contract.endpoint, "POST", EXPORT, export(**more)).json["name"]


def get(contract: EarthEngineContract, name: str) -> dict[str, Any]:
    return ask(contract.endpoint, "GET", f"/v1beta/{name}").json


@pytest.mark.parametrize(
    ("verb", "suffix", "body"),
    [("GET", "", None), ("POST", ":wait", {}), ("POST", ":cancel", {}), ("DELETE", "", None)],
)
def test_what_is_not_there_is_not_found(
    earthengine_contract: EarthEngineContract, verb: str, suffix: str, body: object
) -> None:
    answer = ask(earthengine_contract.endpoint, verb, f"/v1beta/{NOPE}{suffix}", body)
    assert (answer.status, answer.error["status"]) == (404, "NOT_FOUND")
    assert answer.message == f"Operation '{NOPE}' not found."


def test_pages_are_newest_first(earthengine_contract: EarthEngineContract) -> None:
    endpoint = earthengine_contract.endpoint
    names = [start(earthengine_contract) for _ in range(5)][::-1]
    ask(endpoint, "POST", "/v1beta/projects/other/image:export", export())
    first = ask(endpoint, "GET", f"{OPERATIONS}?pageSize=2").json
    assert [found["name"] for found in first["operations"]] == names[:2]
    # What is started or deleted between two pages moves nothing.
    start(earthengine_contract)
    ask(endpoint, "DELETE", f"/v1beta/{names[2]}")
    rest = ask(endpoint, "GET", f"{OPERATIONS}?pageSize=3&page_token={first['nextPageToken']}").json
    assert [found["name"] for found in rest["operations"]] == names[3:]
    assert "nextPageToken" not in rest
    assert ask(endpoint, "GET", "/v1beta/projects/empty/operations").json == {}


@pytest.mark.parametrize(
    ("size", "listed"), [("", 500), ("?pageSize=0", 500), ("?pageSize=1000", 500), ("?pageSize=7", 7)]
)
def test_a_page_has_at_most_500(size: str, listed: int) -> None:
    service = Service(load())
    for verb, path in [("POST", EXPORT)] * 501:
        service.handle(Exchange(verb=verb, path=path))
    query = tuple(tuple(part.split("=")) for part in size.removeprefix("?").split("&") if part)
    reply = service.handle(Exchange(verb="GET", path=OPERATIONS, query=query))  # type: ignore[arg-type]
    assert isinstance(reply, Reply)
    assert reply.body.count(b'"name"') == listed
    assert b"nextPageToken" in reply.body


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("pageSize=-1", "page-size-invalid"),
        ("pageSize=many", "invalid-value"),
        ("pageToken=made-up", "page-token-invalid"),
        ("filter=description%3Dx", "filter-unsupported"),
        ("filter=state%3DASLEEP", "filter-unsupported"),
        ("pagesize=1", "unknown-parameter"),
    ],
)
def test_queries_that_are_refused(earthengine_contract: EarthEngineContract, query: str, rule: str) -> None:
    answer = ask(earthengine_contract.endpoint, "GET", f"{OPERATIONS}?{query}")
    assert (answer.status, answer.rule) == (400, rule)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("state=PENDING", [0]),
        ('metadata.state%20=%20"FAILED"', [1]),
        ("done=true", [1]),
        ("done=false", [0]),
        ("", [1, 0]),
    ],
)
def test_filters(earthengine_contract: EarthEngineContract, text: str, kept: list[int]) -> None:
    names = [start(earthengine_contract) for _ in range(2)]
    earthengine_contract.fail(names[1])
    listed = ask(earthengine_contract.endpoint, "GET", f"{OPERATIONS}?filter={text}").json
    assert [found["name"] for found in listed["operations"]] == [names[index] for index in kept]


@pytest.mark.parametrize(
    ("lived", "state", "begun"), [(0, "CANCELLED", False), (2, "CANCELLING", True), (9, "SUCCEEDED", True)]
)
def test_cancel(earthengine_contract: EarthEngineContract, lived: float, state: str, begun: bool) -> None:
    name = start(earthengine_contract)
    earthengine_contract.advance(lived)
    for _ in range(2):
        assert ask(earthengine_contract.endpoint, "POST", f"/v1beta/{name}:cancel", {}).json == {}
    found = get(earthengine_contract, name)
    assert found["metadata"]["state"] == state
    assert (found["metadata"]["startTime"] != "1970-01-01T00:00:00Z") == begun
    assert found.get("done", False) == (state != "CANCELLING")
    earthengine_contract.advance(10)
    ended = get(earthengine_contract, name)
    assert ended["done"] is True
    assert ended.get("error", {}).get("code") == (None if state == "SUCCEEDED" else 1)


def test_a_cancel_has_no_fields(earthengine_contract: EarthEngineContract) -> None:
    name = start(earthengine_contract)
    answer = ask(earthengine_contract.endpoint, "POST", f"/v1beta/{name}:cancel", {"force": True})
    assert (answer.status, answer.rule) == (400, "unknown-field")
    assert get(earthengine_contract, name)["metadata"]["state"] == "PENDING"


def test_delete_only_forgets(earthengine_contract: EarthEngineContract) -> None:
    endpoint, name = earthengine_contract.endpoint, start(earthengine_contract, requestId="job-1")
    assert ask(endpoint, "DELETE", f"/v1beta/{name}").json == {}
    assert ask(endpoint, "GET", f"/v1beta/{name}").status == 404
    assert ask(endpoint, "GET", OPERATIONS).json == {}
    again = ask(endpoint, "POST", EXPORT, export(requestId="job-1"))
    assert again.rule == "request-id-reused", "the id stays used"


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ({"timeout": "0s"}, "PENDING"),
        ({"timeout": "0.5s"}, "PENDING"),
        ({"timeout": "3.5s"}, "RUNNING"),
        ({"timeout": "600s"}, "SUCCEEDED"),
        ({}, "SUCCEEDED"),
        (None, "SUCCEEDED"),
    ],
)
def test_wait_may_return_early(earthengine_contract: EarthEngineContract, body: object, state: str) -> None:
    name = start(earthengine_contract)
    answer = ask(earthengine_contract.endpoint, "POST", f"/v1beta/{name}:wait", body)
    assert answer.json["metadata"]["state"] == state
    assert answer.json.get("done", False) == (state == "SUCCEEDED")


@pytest.mark.parametrize("timeout", ["3", "long", 3, "3.5", {}])
def test_wait_wants_a_duration(earthengine_contract: EarthEngineContract, timeout: object) -> None:
    name = start(earthengine_contract)
    answer = ask(earthengine_contract.endpoint, "POST", f"/v1beta/{name}:wait", {"timeout": timeout})
    assert answer.status == 400
    assert "timeout" in answer.message


def test_wait_of_a_held_operation_ends_with_its_timeout(earthengine_contract: EarthEngineContract) -> None:
    name = start(earthengine_contract)
    earthengine_contract.hold(name)
    answer = ask(earthengine_contract.endpoint, "POST", f"/v1beta/{name}:wait", {"timeout": "9s"})
    assert "done" not in answer.json


def test_wait_in_real_time_is_held_and_handled_again() -> None:
    now = 0.0
    service = Service(load(), clock=RealClock(monotonic=lambda: now), script=Script(pending=1, running=4))
    started = service.handle(Exchange(verb="POST", path=EXPORT))
    assert isinstance(started, Reply)
    name = started.body.split(b'"')[3].decode()
    body = b'{"timeout":"3s"}'
    waiting = Exchange(verb="POST", path=f"/v1beta/{name}:wait", headers=JSON, body=body, length=len(body))
    held = service.handle(waiting)
    assert isinstance(held, Hold)
    assert 0 < held.seconds <= 0.5
    assert [made.status for made in service.state.requests] == [200], "recorded when it is answered"
    now = 3.0
    answer = service.handle(waiting, held)
    assert isinstance(answer, Reply)
    assert b'"RUNNING"' in answer.body


@pytest.mark.parametrize(
    ("more", "failure"),
    [
        (
            {"grid": {"dimensions": {"width": 20000, "height": 10000}}},
            "Export too large: specified 200000000 pixels (max: 100000000). Specify higher maxPixels value if you intend to export a large area.",
        ),
        (
            {"grid": {"dimensions": {"width": 11, "height": 10}}, "maxPixels": {"value": "109"}},
            "specified 110 pixels (max: 109)",
        ),
        ({"grid": {"dimensions": {"width": 11, "height": 10}}, "maxPixels": "110"}, None),
    ],
)
def test_too_many_pixels_fail_inside_the_operation(
    earthengine_contract: EarthEngineContract, more: dict[str, Any], failure: str | None
) -> None:
    name = start(earthengine_contract, **more)
    earthengine_contract.advance(10)
    ended = get(earthengine_contract, name)
    assert ended["metadata"]["state"] == ("SUCCEEDED" if failure is None else "FAILED")
    if failure is not None:
        assert ended["error"]["code"] == 3
        assert failure in ended["error"]["message"]


def test_an_id_alone_finds_the_operation_of_any_project(earthengine_contract: EarthEngineContract) -> None:
    endpoint = earthengine_contract.endpoint
    name = ask(endpoint, "POST", EXPORT, export()).json["name"]
    alone = f"/v1/projects/earthengine-legacy/operations/{name.rpartition('/')[2]}"
    assert ask(endpoint, "GET", alone).json["name"] == name
    assert ask(endpoint, "POST", f"{alone}:cancel", {}).status == 200
    assert ask(endpoint, "GET", f"/v1/{name}").json["metadata"]["state"] in ("CANCELLING", "CANCELLED")
    assert ask(endpoint, "GET", f"{alone[:-1]}").status == 404
    assert ask(endpoint, "DELETE", alone).status == 200
    assert ask(endpoint, "GET", f"/v1/{name}").status == 404
