"""Traffic of an OpenAPI document: verified by the document, recorded without what it does not describe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from groundwire_contract import ApiContract, serving
from groundwire_contract.cli import main
from groundwire_contract.traffic.recording import read_record
from groundwire_contract.traffic.rest import RestVerifier

from tests.contract.rest.huts import DOCUMENT, Huts
from tests.contract.traffic.test_record_command import recording
from tests.contract.wire import ask

HUT = {"id": 1, "name": "A"}
TOKEN = ["authorization", "Bearer t"]
JSON = ["content-type", "application/json"]


@pytest.fixture
def verifier() -> RestVerifier:
    return RestVerifier(Huts().contract)


def record(method: str, path: str, **more: Any) -> dict[str, Any]:
    return {"method": method, "path": path, "headers": [TOKEN, JSON], **more}


def answer(status: int, body: Any, content_type: str = "application/json") -> dict[str, Any]:
    return {"response": {"status": status, "body": body, "content_type": content_type}}


def found(verifier: RestVerifier, row: dict[str, Any]) -> list[str]:
    return [
        f"{each.rule.removeprefix('openapi-')} {each.place} {each.pointer}".rstrip()
        for each in verifier.violations(read_record(row, 1))
    ]


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (record("GET", "/v1/huts/1", **answer(200, HUT)), []),
        (record("GET", "/v1/huts/1?key=REDACTED", **answer(404, {"code": 404, "message": "m"})), []),
        (record("GET", "/v1/huts/1", **answer(418, {"anything": 1})), []),
        (record("POST", "/v1/huts", body={"name": "A"}, **answer(201, HUT)), []),
        (record("GET", "/v2/huts"), ["path-unknown path"]),
        (record("DELETE", "/v1/huts/1"), ["verb-unknown path"]),
        (record("GET", "/v1/huts/x"), ["parameter-invalid path id"]),
        (record("GET", "/v1/huts?limit=0&near[lat]=x"), ["parameter-invalid query limit", "parameter-invalid query near/lat"]),
        (record("GET", "/v1/huts", query=[["limit", "REDACTED"]]), []),
        ({"method": "GET", "path": "/v1/huts/1", "headers": [["accept", "text/html"]]}, ["credentials-missing header authorization", "not-acceptable header accept"]),
        ({"method": "GET", "path": "/v1/huts/1", "headers": [["authorization", "REDACTED"]]}, []),
        ({"method": "POST", "path": "/v1/huts", "body": {"name": 1}}, ["body-invalid request /name"]),
        (record("POST", "/v1/huts", body={"name": "a", "state": "x"}), ["body-invalid request /name", "body-invalid request /state"]),
        (record("POST", "/v1/huts", body={"name": "A", "owner": "REDACTED"}), []),
        (record("POST", "/v1/huts", raw_body="{"), ["body-malformed request"]),
        (record("POST", "/v1/huts"), ["body-missing request"]),
        (record("POST", "/v1/huts", body_bytes=99), []),
        ({"method": "POST", "path": "/v1/huts", "headers": [TOKEN, ["content-type", "text/xml"]], "raw_body": "<a/>"}, ["media-type header content-type"]),
        (record("GET", "/v1/huts/1", **answer(200, {"id": "1"})), ["answer-invalid response /id", "answer-invalid response /name"]),
        (record("GET", "/v1/huts/1", **answer(200, {"id": "REDACTED", "name": "A"})), []),
        (record("GET", "/v1/huts/1", **answer(404, {"code": 404})), ["answer-invalid response /message"]),
        (record("GET", "/v1/huts/1", **answer(200, "<html/>", "text/html")), ["answer-invalid response"]),
        (record("GET", "/v1/huts", **answer(202, [])), ["answer-invalid response"]),
        (record("GET", "/v1/huts/mine", response=None), []),
    ],
)  # fmt: skip
def test_a_record_is_held_to_the_document(
    verifier: RestVerifier, row: dict[str, Any], wanted: list[str]
) -> None:
    assert sorted(found(verifier, row)) == sorted(wanted)


def test_a_relaxed_rule_does_not_count() -> None:
    verifier = RestVerifier(Huts().contract, frozenset({"openapi-body-invalid"}))
    assert found(verifier, record("POST", "/v1/huts", body={"name": 1})) == []


def test_verify_takes_the_document_where_a_discovery_document_stands(tmp_path: Path) -> None:
    document, traffic = tmp_path / "huts.yaml", tmp_path / "traffic.jsonl"
    document.write_bytes(DOCUMENT)
    traffic.write_text(json.dumps(record("POST", "/v1/huts", body={"name": 1})) + "\n")
    done = CliRunner().invoke(main, ["verify", str(traffic), "--spec", str(document)])
    assert (done.exit_code, "openapi-body-invalid [D] at request /name" in done.stdout) == (1, True), (
        done.output
    )
    har = {
        "log": {
            "entries": [
                {
                    "request": {
                        "method": "GET",
                        "url": "https://huts.example/v1/huts?limit=0",
                        "headers": [],
                    },
                    "response": {"status": 200, "content": {"text": "[1]", "mimeType": "application/json"}},
                }
            ]
        }
    }
    traffic.write_text(json.dumps(har))
    done = CliRunner().invoke(main, ["verify", str(traffic), "--spec", str(document), "--format", "json"])
    rules = [each["rule"] for each in json.loads(done.stdout)["violations"]]
    assert rules == ["openapi-parameter-invalid", "openapi-answer-invalid"]


@pytest.fixture
def service(tmp_path: Path) -> Any:
    document = tmp_path / "huts.yaml"
    document.write_bytes(DOCUMENT)
    contract = serving(document)
    yield contract
    contract.stop()


def test_a_recording_holds_what_the_document_describes(tmp_path: Path, service: ApiContract) -> None:
    out = tmp_path / "traffic.jsonl"
    document = tmp_path / "huts.yaml"
    service.answers("addHut", {"id": 1, "name": "A"})
    service.answers("listHuts", [{"id": 1, "name": "A", "secret": "s3cret"}])
    service.answers("sendHut", None)
    to = service.endpoint.removesuffix("/v1")
    with recording(to, out, options=("--spec", str(document))) as (process, endpoint):
        headers = {"authorization": "Bearer s3cret", "cookie": "session=s3cret"}
        body = {"name": "A", "secret": "s3cret", "token": "s3cret", "owner": {"kind": "club", "pin": "kept"}}
        ask(endpoint, "POST", "/v1/huts?key=s3cret&other=s3cret", {**body, "password": "s3cret"}, headers)
        del body["token"]
        assert ask(endpoint, "POST", "/v1/huts", body, headers).status == 201
        assert ask(endpoint, "GET", "/v1/huts?limit=2", headers=headers).status == 200
        form = {**headers, "content-type": "application/x-www-form-urlencoded"}
        assert ask(endpoint, "PUT", "/v1/huts/1", b"name=n&password=s3cret", form).status == 204
        plain = {**headers, "content-type": "text/plain"}
        ask(endpoint, "PUT", "/v1/huts/1", b"s3c", plain)
        ask(endpoint, "POST", "/token", {"secret": "s3cret"}, headers)
        process.terminate()
        assert process.stdout is not None
        said = process.stdout.read().decode().splitlines()
    text = out.read_text()
    assert "s3cret" not in text
    assert "s3c" not in text
    rows = [json.loads(line) for line in text.splitlines()]
    assert rows[0]["query"] == [["key", "REDACTED"], ["other", "REDACTED"]]
    assert rows[1]["body"] == {
        "name": "A",
        "secret": "REDACTED",
        "owner": {"kind": "club", "pin": "REDACTED"},
    }
    assert json.loads(rows[2]["response"]["raw_body"]) == [{"id": 1, "name": "A", "secret": "REDACTED"}]
    assert rows[3]["raw_body"] == "name=n&password=REDACTED"
    assert "openapi-name-unknown at request /token" in said[0]
    assert [line.rpartition(" ")[2] for line in said[1:5]] == ["accepted"] * 4
    done = CliRunner().invoke(main, ["verify", str(out), "--spec", str(document), "--format", "json"])
    violations = json.loads(done.stdout)["violations"]
    assert {(each["record"], each["rule"]) for each in violations} == {
        (1, "openapi-name-unknown"),
        (6, "openapi-path-unknown"),
    }
