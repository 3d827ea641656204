"""What is wrong with recorded requests, and where: by the names that were sent."""

from __future__ import annotations

import io
from typing import Any

import pytest
from attrs import evolve
from groundwire_contract.contract import build
from groundwire_contract.traffic.recording import read_jsonl
from groundwire_contract.traffic.verify import Verifier

from ..bookshop import API, enveloped
from ..wire import OPERATIONS, export
from .records import STARTED, jsonl, places, row, verified

FILES: dict[str, Any] = {"cloudStorageDestination": {"bucket": "b"}}
TIFF: dict[str, Any] = {"tileDimensions": {"width": 300, "height": 256}}


def test_a_sound_start_has_no_violation() -> None:
    assert places(row()) == []


@pytest.mark.parametrize(
    ("more", "pointer", "rule"),
    [
        ({"priority": 10000}, "/priority", "bounds"),
        ({"priority": {"value": 10000}}, "/priority/value", "bounds"),
        ({"maxPixels": "many"}, "/maxPixels", "invalid-value"),
        ({"max_pixels": "many"}, "/max_pixels", "invalid-value"),
        ({"max_pixels": {"value": "many"}}, "/max_pixels/value", "invalid-value"),
        ({"maxPixels": {"valeu": 1}}, "/maxPixels/valeu", "unknown-field"),
        ({"request_id": "no blanks"}, "/request_id", "bounds"),
        ({"a/b~c": 1}, "/a~1b~0c", "unknown-field"),
        ({"maxPixels": 1, "max_pixels": 1}, "/max_pixels", "duplicate-key"),
        ({"assetExportOptions": {}}, "/assetExportOptions", "oneof-conflict"),
        ({"priority": {"value": {}}}, "/priority/value", "object-on-scalar"),
        ({"description": ["a"]}, "/description", "list-on-singular"),
        ({"fileExportOptions": {**FILES, "fileFormat": "TIF"}}, "/fileExportOptions/fileFormat", "enum-unknown"),
        (
            {"fileExportOptions": {**FILES, "geo_tiff_options": TIFF}},
            "/fileExportOptions/geo_tiff_options/tileDimensions",
            "bounds",
        ),
        (
            {"expression": {"values": {"a/b": {"arrayValue": {"values": [{}, {"x": 1}]}}}}},
            "/expression/values/a~1b/arrayValue/values/1/x",
            "unknown-field",
        ),
        (
            {"expression": {"values": {"0": {"arrayValue": {"values": {"x": 1}}}}}},
            "/expression/values/0/arrayValue/values/x",
            "unknown-field",
        ),
        ({"expression": []}, "/expression", "list-on-singular"),
        ({"expression": {"values": {"0": None}}}, "/expression/values/0", "null-element"),
    ],
)  # fmt: skip
def test_a_pointer_names_the_keys_as_they_were_sent(more: dict[str, Any], pointer: str, rule: str) -> None:
    body = {**export(), **more}
    assert places(row(body)) == [("request", pointer, rule)]


def test_all_that_is_wrong_is_said_at_once() -> None:
    body = export(priority=10000, typo=1, description="\u00e9")
    sent = row(body, query=[["alt", "json"], ["typo", "1"]], headers=[["content-type", "text/plain"]])
    assert places(sent) == [
        ("query", "typo", "unknown-parameter"),
        ("header", "content-type", "media-type"),
        ("request", "/typo", "unknown-field"),
        ("request", "/description", "description-invalid"),
        ("request", "/priority", "bounds"),
    ]


def test_a_rule_that_is_relaxed_does_not_count() -> None:
    sent = row(export(priority=10000, typo=1))
    assert [found.rule for found in verified(sent, relaxed=frozenset({"bounds"}))] == ["unknown-field"]


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"path": "/nowhere"}, ("path", "", "unknown-path")),
        ({"method": "PUT"}, ("path", "", "unknown-path")),
        ({"path": f"{OPERATIONS}?pageSize=x", "method": "GET"}, ("query", "pageSize", "invalid-value")),
        ({"path": f"{OPERATIONS}?pageSize=-1", "method": "GET"}, ("query", "pageSize", "page-size-invalid")),
        ({"path": OPERATIONS, "method": "GET", "query": [["page_size", "x"]]}, ("query", "page_size", "invalid-value")),
        ({"path": "/v1/projects/p/maps/m/tiles/1/2/x", "method": "GET"}, ("path", "y", "invalid-value")),
        ({"raw_body": '{"a":NaN}'}, ("request", "", "malformed-json")),
        ({"raw_body": "{}{}"}, ("request", "", "malformed-json")),
        ({"raw_body": '{"a":1,"a":2}'}, ("request", "", "duplicate-key")),
        ({"raw_body": "\ud800"}, ("request", "", "malformed-json")),
        ({"body": [1]}, ("request", "", "root-not-object")),
        ({"body": None, "body_bytes": 10485761}, ("request", "", "payload-too-large")),
    ],
)  # fmt: skip
def test_what_is_wrong_outside_the_fields(more: dict[str, Any], wanted: tuple[str, str, str]) -> None:
    assert places({**row(), "response": None, **more}) == [wanted]


@pytest.mark.parametrize("type_", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_named_in_several_ways(type_: str) -> None:
    assert places(row(headers=[["content-type", type_]])) == []


@pytest.mark.parametrize(
    "type_",
    ["text/plain", "application/json; charset=utf-16", "", "\r\n\u00e9"],
)
def test_another_content_type_is_a_violation(type_: str) -> None:
    assert places(row(headers=[["content-type", type_]])) == [("header", "content-type", "media-type")]


def test_a_body_that_is_packed_is_not_looked_at() -> None:
    headers = [["content-type", "application/json"], ["Content-Encoding", "gzip"]]
    assert places(row(headers=headers, raw_body="\udc1f")) == [("header", "content-encoding", "media-type")]


def test_a_body_without_a_content_type_is_a_violation_where_headers_were_recorded() -> None:
    assert places(row(headers=[["accept", "*/*"]])) == [("header", "content-type", "media-type")]
    assert places(row(headers=[])) == []


def test_the_names_of_a_form_are_those_of_a_query() -> None:
    headers = [["content-type", "application/x-www-form-urlencoded"]]
    (found,) = verified(row(headers=headers, raw_body="alt=json&typo=1"))
    assert (found.place, found.rule) == ("request", "unknown-parameter")
    assert 'Unknown name "typo"' in found.message
    assert [rule for _, _, rule in places(row(headers=headers))] == ["unknown-parameter"]
    assert [rule for _, _, rule in places(row(headers=headers, raw_body="a&" * 1001))] == ["media-type"]


def test_a_pointer_leads_through_an_envelope() -> None:
    method = API.methods["bookshop.shops.books.create"]
    api = evolve(API, methods={method.id: enveloped(method)})
    wrong = {"data": {"pageCount": "x"}}
    sent = row(wrong, path="/v2/shops/s/books", response={"status": 200, "body": wrong})
    (record,) = read_jsonl(io.BytesIO(jsonl(sent)))
    found = Verifier(build(api)).violations(record)
    assert [one.pointer for one in found] == ["/data/pageCount", "/data/pageCount"]


def test_the_document_that_official_clients_ask_for_is_no_violation() -> None:
    assert places(row(method="GET", path="/$discovery/rest", query=[["version", "v1"]], body=None)) == []


def test_a_login_in_an_address_is_not_shown() -> None:
    (found,) = verified(row(path="https://user:canary@host/x?access_token=canary#canary"))
    assert "canary" not in found.text
    assert "/x" in found.message


@pytest.mark.parametrize(
    ("second", "wanted"),
    [
        ({}, ["request-id-reused"]),
        ({"response": {"status": 409, "body": None}}, ["request-id-reused"]),
        ({"path": "/v1/projects/contract-project/image:export"}, ["request-id-reused"]),
        ({"headers": [["content-type", "application/json"], ["authorization", "Bearer another"]]}, []),
        ({"path": "/v1beta/projects/another/image:export"}, []),
        ({"body": export(requestId="two")}, []),
        ({"body": export()}, []),
    ],
)  # fmt: skip
def test_a_request_id_is_used_once_by_a_caller_in_a_project(
    second: dict[str, Any], wanted: list[str]
) -> None:
    first = row(export(requestId="one"))
    found = verified(first, {**first, **second})
    assert [(one.record, one.rule) for one in found] == [(2, rule) for rule in wanted]


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ({"status": 503, "body": None}, STARTED, []),
        (None, STARTED, []),
        (None, {"status": 409, "body": None}, [(2, "/requestId")]),
    ],
    ids=["refused, sent again", "lost, sent again", "lost, and refused when it was sent again"],
)
def test_a_start_that_did_not_begin_may_be_sent_again(
    first: object, second: object, wanted: list[tuple[int, str]]
) -> None:
    body = export(requestId="one")
    found = verified(row(body, response=first), row(body, response=second))
    assert [(one.record, one.pointer) for one in found] == wanted


def test_requests_without_answers_use_their_ids_when_they_are_sound() -> None:
    sound, unsound = row(export(request_id="one")), row(export(request_id="two", typo=1))
    del sound["response"], unsound["response"]
    assert places(sound, sound) == [("request", "/request_id", "request-id-reused")]
    assert [rule for _, _, rule in places(unsound, unsound)] == ["unknown-field", "unknown-field"]
