"""Bodies that are no JSON: google.api.HttpBody both ways, and answers of a type that no document states."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from groundwire_runtime import credentials
from groundwire_runtime.errors import ArgumentError, DecodeError, NotFound
from groundwire_runtime.http import FunctionTransport, RawBody, Request, Response

from .packages import built, written

BODY = {"$ref": "GoogleApi__HttpBody"}
DOCUMENT = {
    "kind": "discovery#restDescription",
    "id": "clinic:v1",
    "name": "clinic",
    "version": "v1",
    "rootUrl": "https://clinic.googleapis.com/",
    "servicePath": "",
    "schemas": {
        "GoogleApi__HttpBody": {
            "id": "GoogleApi__HttpBody",
            "type": "object",
            "properties": {
                "contentType": {"type": "string"},
                "data": {"type": "string", "format": "byte"},
                "extensions": {
                    "type": "array",
                    "items": {"type": "object", "additionalProperties": {"type": "any"}},
                },
            },
        },
        "Note": {
            "id": "Note",
            "type": "object",
            "properties": {"text": {"type": "string"}, "scan": BODY},
        },
    },
    "resources": {
        "studies": {
            "methods": {
                name: {
                    "id": f"clinic.studies.{name}",
                    "path": f"v1/{name}",
                    "httpMethod": verb,
                    **({"request": request} if request else {}),
                    "response": response,
                }
                for name, verb, request, response in (
                    ("read", "GET", None, BODY),
                    ("store", "POST", BODY, BODY),
                    ("annotate", "POST", {"$ref": "Note"}, BODY),
                    ("import", "POST", BODY, {"$ref": "Note"}),
                    ("note", "POST", {"$ref": "Note"}, {"$ref": "Note"}),
                )
            }
        }
    },
}


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("clinic")
    yield from built(folder, written(folder, "clinic.v1", json.dumps(DOCUMENT).encode()))


def client(
    package: Any, answer: Response | None = None
) -> tuple[Any, list[Request], Callable[[Request], Response]]:
    sent: list[Request] = []

    def send(request: Request) -> Response:
        sent.append(request)
        return answer or Response(status=200, headers={"content-type": "application/json"}, body=b"{}")

    made = package.Client(transport=FunctionTransport(send), credentials=credentials.anonymous())
    return made, sent, send


@pytest.mark.parametrize(
    "kind", ["application/dicom", "text/csv", "application/fhir+json", "application/json"]
)
@pytest.mark.parametrize("data", [b"", b"\x00\xff", b'{"a": 1}', b"null", b'{"error": {"code": 1}}'])
def test_a_raw_body_travels_as_it_is(kind: str, data: bytes, clinic: Any) -> None:
    made, sent, _ = client(clinic, Response(status=200, headers={"content-type": kind}, body=data))
    body = clinic.GoogleApiHttpBody(content_type=kind, data=data)
    got = made.studies.store(body)
    assert (sent[0].body, sent[0].headers["content-type"]) == (data, kind)
    assert (got.content_type, got.data) == (kind, data)
    assert sent[0].headers["accept"] == "*/*"
    assert made.studies.read() == got


def test_one_of_both_may_be_json(clinic: Any) -> None:
    made, sent, _ = client(clinic)
    scan = clinic.GoogleApiHttpBody(content_type="image/png", data=b"\xff")
    made.studies.annotate(clinic.Note(text="t", scan=scan))
    assert json.loads(cast("bytes", sent[0].body)) == {
        "text": "t",
        "scan": {"contentType": "image/png", "data": "/w=="},
    }
    assert sent[0].headers["content-type"] == "application/json"
    made, sent, _ = client(clinic, Response(status=200, body=b'{"text": "t"}'))
    assert made.studies.import_(scan).text == "t"
    assert (sent[0].body, sent[0].headers["accept"]) == (b"\xff", "application/json")


def test_a_body_without_a_type_is_octets(clinic: Any) -> None:
    made, sent, _ = client(clinic)
    made.studies.store(clinic.GoogleApiHttpBody(data=b"x"))
    assert sent[0].headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    "facts", [{"content_type": "a\r\nb: c"}, {"content_type": 3}, {"data": "text"}, {"data": 3}]
)
def test_a_body_that_cannot_be_sent_is_refused(facts: dict[str, Any], clinic: Any) -> None:
    made, sent, _ = client(clinic)
    with pytest.raises(ArgumentError):
        made.studies.store(clinic.GoogleApiHttpBody(**facts))
    with pytest.raises(ArgumentError):
        made.studies.store(clinic.Note())
    assert not sent


def test_an_error_of_a_raw_method_is_an_error(clinic: Any, tmp_path: Path) -> None:
    body = b'{"error": {"code": 404, "message": "no", "status": "NOT_FOUND"}}'
    made, _, _ = client(clinic, Response(status=404, body=body))
    with pytest.raises(NotFound, match="no"):
        made.studies.read()
    with pytest.raises(NotFound):
        made.save(tmp_path / "x", made.studies.read)


def test_a_raw_answer_goes_to_a_file(clinic: Any, tmp_path: Path) -> None:
    made, _, _ = client(clinic, Response(status=200, body=b"\x00"))
    made.save(tmp_path / "x", made.studies.read)
    assert (tmp_path / "x").read_bytes() == b"\x00"


@pytest.mark.parametrize("kind", ["text/csv", "application/pdf", "application/octet-stream", "text/plain"])
def test_an_answer_of_another_type_is_its_bytes(kind: str, clinic: Any) -> None:
    made, _, _ = client(clinic, Response(status=200, headers={"content-type": kind}, body=b"a,b\n"))
    got = made.studies.note(clinic.Note(text="t"))
    assert isinstance(got, RawBody)
    assert (got, got.content_type) == (b"a,b\n", kind)


@pytest.mark.parametrize(
    "kind", ["application/json", "application/problem+json", "text/html; charset=utf-8", ""]
)
def test_json_that_is_broken_and_a_page_are_errors(kind: str, clinic: Any) -> None:
    headers = {"content-type": kind} if kind else {}
    made, _, _ = client(clinic, Response(status=200, headers=headers, body=b"a,b\n"))
    with pytest.raises(DecodeError):
        made.studies.note(clinic.Note(text="t"))


def test_json_under_another_type_is_read(clinic: Any) -> None:
    made, _, _ = client(
        clinic, Response(status=200, headers={"content-type": "text/plain"}, body=b'{"text": "t"}')
    )
    assert made.studies.note(clinic.Note(text="t")).text == "t"
