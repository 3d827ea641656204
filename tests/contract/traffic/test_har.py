"""HAR files: which entries are calls of the API, and what is wrong with those."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from groundwire_contract.traffic.har import read_har
from groundwire_contract.traffic.recording import UnreadableError
from groundwire_contract.traffic.verify import Verifier

from ..wire import EXPORT, export
from .records import CONTRACT

HOST = "earthengine.googleapis.com"


def entry(url: str = f"https://{HOST}{EXPORT}", **more: Any) -> dict[str, Any]:
    return {
        "request": {
            "method": "POST",
            "url": url,
            "headers": [{"name": "content-type", "value": "application/json"}],
            "queryString": [],
            "postData": {"mimeType": "application/json", "text": json.dumps(export())},
            **more.pop("request", {}),
        },
        "response": {
            "status": 200,
            "content": {"text": '{"name":"projects/p/operations/A"}'},
            **more.pop("response", {}),
        },
    }


def har(*entries: object) -> bytes:
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


def found(*entries: object) -> list[tuple[int, str, str]]:
    verifier = Verifier(CONTRACT)
    return [
        (record.number, one.pointer, one.rule)
        for record in read_har(io.BytesIO(har(*entries)), HOST)
        if record is not None
        for one in verifier.violations(record)
    ]


def text(body: object) -> dict[str, Any]:
    return {"postData": {"text": json.dumps(body)}}


def test_an_entry_is_held_to_the_contract() -> None:
    bad = entry(request=text(export(typo=1)))
    assert found(entry(), bad, entry(f"https://{HOST}{EXPORT}?typo=1")) == [
        (2, "/typo", "unknown-field"),
        (3, "typo", "unknown-parameter"),
    ]


def test_an_answer_is_held_to_the_contract_encoded_or_not() -> None:
    wrong = '{"name":"projects/p/operations/A","nmae":1}'
    coded = base64.b64encode(wrong.encode()).decode()
    assert found(
        entry(response={"content": {"text": wrong}}),
        entry(response={"content": {"text": coded, "encoding": "base64"}}),
        entry(response={"content": {}}),
        entry(response={"status": 0, "content": {}}),
    ) == [(1, "/nmae", "unknown-field"), (2, "/nmae", "unknown-field")]


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        (f"https://{HOST}/x", True),
        (f"https://content-{HOST}/x", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://[::1]:8080/x", True),
        ("http://localhost/x", True),
        ("https://example.com/x", False),
        (f"https://{HOST}.example.com/x", False),
        ("data:text/plain,x", False),
    ],
)
def test_only_calls_of_the_api_count(url: str, ours: bool) -> None:
    assert found(entry(url)) == ([(1, "", "unknown-path")] if ours else [])


def test_what_a_browser_asks_before_a_call_is_passed_over() -> None:
    headers = [{"name": "Access-Control-Request-Method", "value": "POST"}]
    asked = har(entry(request={"method": "OPTIONS", "headers": headers}))
    assert list(read_har(io.BytesIO(asked), HOST)) == [None]


def test_a_byte_order_mark_is_taken() -> None:
    assert len(list(read_har(io.BytesIO(b"\xef\xbb\xbf" + har(entry())), HOST))) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"log":1}',
        b'{"log":{"entries":{}}}',
        b"\xff",
        b'{"log":NaN}',
        har(1),
        har({"request": {}}),
        har(entry(request={"headers": [1]})),
        har(entry(request={"headers": 1})),
        har(entry(request={"postData": 1})),
        har(entry(request={"postData": {"text": 1}})),
        har(entry(response={"status": "200"})),
        har(entry(response={"content": {"text": "?", "encoding": "base64"}})),
        har(entry("http://[::1")),
        har(entry("http://[::1]evil.example/x")),
    ],
)
def test_what_is_no_har_is_said(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        list(read_har(io.BytesIO(data), HOST))


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(UnreadableError, match="more than 10 bytes"):
        list(read_har(io.BytesIO(har()), HOST, limit=10))
