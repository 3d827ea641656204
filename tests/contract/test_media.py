"""A Discovery document with media, PATCH and ETags behind the contract server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from groundwire_contract import Answer, ApiContract, ContractRequest, serving

from .wire import ask

NAME = {"name": {"type": "string", "location": "path", "required": True}}
REST: dict[str, Any] = {
    "kind": "discovery#restDescription",
    "id": "herds:v1",
    "name": "herds",
    "version": "v1",
    "rootUrl": "https://herds.googleapis.com/",
    "servicePath": "",
    "parameters": {"fields": {"type": "string", "location": "query"}, "alt": {"type": "string", "location": "query"}},
    "schemas": {
        "Sheep": {
            "id": "Sheep",
            "type": "object",
            "properties": {"name": {"type": "string"}, "labels": {"type": "object", "additionalProperties": {"type": "string"}}},
        }
    },
    "resources": {
        "sheep": {
            "methods": {
                "get": {
                    "id": "herds.sheep.get", "httpMethod": "GET", "path": "v1/sheep/{name}", "parameterOrder": ["name"],
                    "parameters": NAME, "response": {"$ref": "Sheep"}, "supportsMediaDownload": True,
                },
                "insert": {
                    "id": "herds.sheep.insert", "httpMethod": "POST", "path": "v1/sheep/{name}/wool", "parameterOrder": ["name"],
                    "parameters": NAME, "request": {"$ref": "Sheep"}, "response": {"$ref": "Sheep"}, "supportsMediaUpload": True,
                    "mediaUpload": {"accept": ["*/*"], "protocols": {
                        "simple": {"multipart": True, "path": "/upload/v1/sheep/{name}/wool"},
                        "resumable": {"multipart": True, "path": "/resumable/upload/v1/sheep/{name}/wool"},
                    }},
                },
                "patch": {
                    "id": "herds.sheep.patch", "httpMethod": "PATCH", "path": "v1/sheep/{name}", "parameterOrder": ["name"],
                    "parameters": NAME, "request": {"$ref": "Sheep"}, "response": {"$ref": "Sheep"},
                },
                "shear": {
                    "id": "herds.sheep.shear", "httpMethod": "PATCH", "path": "v1/shorn/{name}", "parameterOrder": ["name"],
                    "parameters": {**NAME, "updateMask": {"type": "string", "format": "google-fieldmask", "location": "query"}},
                    "request": {"$ref": "Sheep"}, "response": {"$ref": "Sheep"},
                },
            }
        }
    },
}  # fmt: skip


@pytest.fixture
def herds(tmp_path: Path) -> Iterator[ApiContract]:
    document = tmp_path / "herds.v1.json"
    document.write_text(json.dumps(REST))
    contract = serving(document)
    yield contract
    contract.stop()


def test_a_function_gets_headers_and_common_parameters(herds: ApiContract) -> None:
    requests: list[ContractRequest] = []

    def answer(request: ContractRequest) -> object:
        requests.append(request)
        return b"wool" if request.query.get("alt") == "media" else {"name": "Dolly"}

    herds.answers("herds.sheep.get", answer)
    headers = {"If-None-Match": '"1"', "Authorization": "Bearer a-secret"}
    assert (
        ask(herds.endpoint, "GET", "/v1/sheep/Dolly?alt=media&fields=name", headers=headers).body == b"wool"
    )
    assert requests[0].query == {"alt": "media", "fields": "name"}
    assert (requests[0].headers["if-none-match"], requests[0].headers["authorization"]) == ('"1"', "REDACTED")


def test_an_error_without_a_google_status_has_its_code_alone(herds: ApiContract) -> None:
    herds.answers("herds.sheep.get", Answer(status=412))
    answer = ask(herds.endpoint, "GET", "/v1/sheep/Dolly")
    assert (answer.status, answer.error) == (412, {"code": 412, "message": "The test answers so."})


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_may_have_no_body_has_none(herds: ApiContract, status: int) -> None:
    herds.answers("herds.sheep.get", Answer(status=status, headers={"etag": '"1"'}))
    answer = ask(herds.endpoint, "GET", "/v1/sheep/Dolly")
    assert (answer.status, answer.body, answer.headers["etag"]) == (status, b"", '"1"')


def test_null_removes_the_key_of_a_map_where_no_mask_does(herds: ApiContract) -> None:
    bodies: list[object] = []

    def answer_patch(request: ContractRequest) -> object:
        bodies.append(request.body)
        return {}

    herds.answers("herds.sheep.patch", answer_patch)
    body = {"labels": {"a": None, "b": "c"}, "name": None}
    assert ask(herds.endpoint, "PATCH", "/v1/sheep/Dolly", body).status == 200
    assert bodies == [{"labels": {"a": None, "b": "c"}}]
    answer = ask(herds.endpoint, "PATCH", "/v1/shorn/Dolly", body)
    assert (answer.status, answer.rule) == (400, "null-element")


def test_a_medium_that_no_test_gives_is_refused_by_name(herds: ApiContract) -> None:
    answer = ask(herds.endpoint, "GET", "/v1/sheep/Dolly?alt=media")
    assert (answer.status, answer.rule) == (501, "medium-unanswered")
    assert "answers('herds.sheep.get', b'...')" in answer.message
    herds.answers("herds.sheep.get", {"name": "Dolly"})
    assert ask(herds.endpoint, "GET", "/v1/sheep/Dolly").status == 200
    assert ask(herds.endpoint, "GET", "/v1/sheep/Dolly?alt=media").rule == "answer-wrong"
    answer = ask(herds.endpoint, "PATCH", "/v1/sheep/Dolly?alt=media", {})
    assert (answer.status, answer.rule) == (400, "medium-none")


@pytest.mark.parametrize(
    ("asked", "status", "body", "stated"),
    [
        ("bytes=0-", 206, b"wool", "bytes 0-3/4"),
        ("bytes=1-2", 206, b"oo", "bytes 1-2/4"),
        ("bytes=2-99", 206, b"ol", "bytes 2-3/4"),
        ("bytes=-3", 206, b"ool", "bytes 1-3/4"),
        ("bytes=4-", 416, b"", "bytes */4"),
        ("bytes=0-1,2-3", 200, b"wool", None),
        ("bytes=-", 200, b"wool", None),
    ],
)
def test_parts_of_a_medium(
    herds: ApiContract, asked: str, status: int, body: bytes, stated: str | None
) -> None:
    herds.answers("herds.sheep.get", Answer(value=b"wool", headers={"etag": '"1"'}))
    path = "/v1/sheep/Dolly?alt=media"
    answer = ask(herds.endpoint, "GET", path, headers={"range": asked})
    assert (answer.status, answer.body, answer.headers.get("content-range")) == (status, body, stated)
    other = ask(herds.endpoint, "GET", path, headers={"range": asked, "if-range": '"0"'})
    assert (other.status, other.body) == (200, b"wool")
