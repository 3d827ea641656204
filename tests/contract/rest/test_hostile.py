"""Requests and documents that would stall a service, or end it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from .huts import TOKEN, Huts


@pytest.fixture
def huts() -> Huts:
    return Huts()


def parts(*each: bytes) -> bytes:
    return b"".join(b"--b\r\n" + part + b"\r\n" for part in each) + b"--b--\r\n"


NAMED = b'Content-Disposition: form-data; name="name"\r\n'


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        *((f"text/plain; charset={each}", b"x-\xff") for each in ("undefined", "idna", '"a\0b"', "rot13")),
        ("text/plain; charset=punycode", b"xn--" + b"9" * 200_000),
        ("multipart/form-data; boundary=b", parts(*[NAMED + b"\r\nx"] * 60_000)),
        ("multipart/form-data; boundary=b", parts(NAMED)),
    ],
)
def test_a_body_that_cannot_be_read_is_malformed(huts: Huts, content_type: str, body: bytes) -> None:
    started = time.process_time()
    answer = huts.ask("PUT", "/v1/huts/1", body, {**TOKEN, "content-type": content_type})
    assert (answer.status, answer.rule) == (400, "openapi-body-malformed")
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("head", "nested"),
    [
        (b"Content-Type: " + b"(" * 5_000, b""),
        (b"Content-Type: message/rfc822", b"Content-Type: message/rfc822\r\n\r\n" * 3_000),
        (b"Content-Type: multipart/mixed; boundary=c", b"--c\r\n\r\n" * 3_000),
        (b"From: @@<", b""),
        (b"Content-Type: text/plain; a*=x; a*1*=y", b""),
    ],
)
def test_headers_of_mail_in_a_part_mean_nothing(huts: Huts, head: bytes, nested: bytes) -> None:
    sent = parts(NAMED + head + b"\r\n\r\n" + nested + b"x")
    headers = {**TOKEN, "content-type": "multipart/form-data; boundary=b"}
    assert huts.ask("PUT", "/v1/huts/1", sent, headers).status == 501


@pytest.mark.parametrize(
    ("type_", "body", "status"),
    [
        ("text/plain; charset*=utf-8''utf-8", b"x", 501),
        ("text/plain;a*=x;a*1*=y", b"x", 501),
        ('text/plain; charset="', b"x", 501),
        (";;;", b"x", 415),
        ("multipart/form-data; boundary*=b", parts(NAMED + b"\r\nx"), 400),
    ],
)
def test_parameters_of_a_media_type_are_those_of_http(
    huts: Huts, type_: str, body: bytes, status: int
) -> None:
    assert huts.ask("PUT", "/v1/huts/1", body, {**TOKEN, "content-type": type_}).status == status
    accept = {"accept": f"{type_}, */*;q*=utf-8''1"}
    assert huts.ask("GET", "/v1/huts", headers=accept).status in (406, 501)


def test_a_file_and_an_empty_part_are_read(huts: Huts) -> None:
    sent = parts(
        NAMED + b"\r\n",
        b"content-disposition: form-data; name=photo; filename*=utf-8''%ff\r\ncontent-type: image/png\r\n\r\n\xff\r\n--\r\n",
        b"content-disposition: form-data;\r\n name=count\r\ncontent-transfer-encoding: base64\r\n\r\nMTI=",
    )
    seen: list[object] = []
    huts.service.overrides.answers["sendHut"] = lambda request: seen.append(request.body)
    huts.ask("PUT", "/v1/huts/1", sent, {**TOKEN, "content-type": "multipart/form-data; boundary=b"})
    assert seen == [{"name": "", "photo": "\u00ff\r\n--\r\n", "count": 12}]


def test_names_that_are_nested_deeply_are_not_read(huts: Huts) -> None:
    answer = huts.ask("GET", f"/v1/huts?near{'[a]' * 20_000}=1")
    assert (answer.status, answer.rule) == (501, "openapi-no-answer")


def test_the_first_of_many_faults_are_told(huts: Huts) -> None:
    started = time.process_time()
    answer = huts.ask("GET", "/v1/huts", headers={"x-trace": "," * 60_000})
    assert time.process_time() - started < 10
    assert (answer.status, len(answer.json["errors"])) == (400, 100)
    assert "59901 more" in answer.json["message"]


def service_of(schema: object, **components: object) -> Huts:
    content = {"content": {"application/json": {"schema": schema}}}
    post = {"operationId": "post", "requestBody": content, "responses": {"200": {"description": ""}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Hostile", "version": "1"},
        "paths": {"/x": {"post": post}},
        "components": {"schemas": components},
    }
    return Huts(json.dumps(document).encode())


@pytest.mark.parametrize(
    "schema",
    [
        {"dependentRequired": []},
        {"dependentRequired": 1},
        {"dependentSchemas": ["a"]},
        {"dependentSchemas": 1},
        {"contains": {}, "minContains": "x"},
        {"contains": {}, "maxContains": None},
    ],
)
@pytest.mark.parametrize("value", [{"a": 1}, [1]])
def test_a_malformed_keyword_says_nothing(schema: Any, value: Any) -> None:
    assert service_of(schema).ask("POST", "/x", value).status == 501


@pytest.mark.parametrize("value", [[], {}])
def test_schemas_that_are_reached_in_many_ways_are_asked_once(value: object) -> None:
    last = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
    schemas: dict[str, Any] = {
        f"S{index}": {"allOf": [{"$ref": f"#/components/schemas/S{index + 1}"}] * 2} for index in range(40)
    }
    huts = service_of({"$ref": "#/components/schemas/S0"}, **schemas, S40=last)
    started = time.process_time()
    answer = huts.ask("POST", "/x", value)
    assert (answer.status, len(answer.json["errors"])) == (400, 1)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("raised", [pytest.fail.Exception("no call was expected"), SystemExit(3)])
def test_a_function_of_a_test_that_ends_the_test_does_not_end_the_server(
    huts: Huts, raised: BaseException
) -> None:
    def answer(_: object) -> object:
        raise raised

    huts.service.overrides.answers["getHut"] = answer
    reply = huts.ask("GET", "/v1/huts/1", headers=TOKEN)
    assert (reply.status, reply.rule) == (500, "answer-wrong")
    assert str(raised) in huts.service.wrong_answers[0]
