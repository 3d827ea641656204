"""Batches in recordings: each call is recorded, redacted and verified as if it had come alone."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.traffic.har import read_har
from groundwire_contract.traffic.recording import read_jsonl
from groundwire_contract.traffic.verify import Verifier

from ..test_batch import MIXED, body_of, call, read, send
from ..wire import EXPORT, OPERATIONS, Answer, ask, export
from .records import CONTRACT
from .test_har import HOST, entry, har
from .test_record import recording

CALLS = (
    call("POST", EXPORT, export(typo="canary"), id_="a", Authorization="Bearer canary-token"),
    call("GET", f"{OPERATIONS}?access_token=canary", id_="b"),
    call("POST", EXPORT, export(), id_="c", X_Secret="canary"),
)


def test_a_batch_is_recorded_as_its_calls(earthengine_contract: EarthEngineContract, tmp_path: Path) -> None:
    out = tmp_path / "traffic.jsonl"
    with recording(earthengine_contract.endpoint, out) as proxy:
        parts = read(send(proxy.endpoint, *CALLS))
        broken = ask(proxy.endpoint, "POST", "/batch", b"canary", {"content-type": MIXED})
    assert [part.status for part in parts] == [400, 200, 200]
    assert broken.status == 400
    assert proxy.lines == [
        f"POST {EXPORT} 400 unknown-field at request /typo",
        f"GET {OPERATIONS} 200 accepted",
        f"POST {EXPORT} 200 accepted",
        "POST /batch 400 accepted",
    ]
    assert "canary" not in out.read_text()
    rows = proxy.rows
    assert [row["seq"] for row in rows] == [0, 1, 2, 3]
    assert rows[2]["body"] == export()
    assert rows[2]["response"]["body"] == parts[2].json
    assert ["authorization", "REDACTED"] in rows[0]["headers"]
    assert rows[0]["caller"] != rows[1]["caller"]
    verifier = Verifier(CONTRACT)
    with out.open("rb") as stream:
        found = [[one.rule for one in verifier.violations(record)] for record in read_jsonl(stream)]
    assert found == [["unknown-field"], [], [], []]


def batch_entry(sent: str, answer: Answer | None = None, *, kind: str = MIXED) -> dict[str, Any]:
    request = {
        "headers": [{"name": "Content-Type", "value": kind}],
        "postData": {"mimeType": kind, "text": sent},
    }
    response = {} if answer is None else {
        "content": {"text": answer.body.decode(), "mimeType": answer.headers["content-type"]}
    }  # fmt: skip
    return entry(f"https://content-{HOST}/batch", request=request, response=response)


def found(*entries: object) -> list[tuple[int, str, str, str]]:
    verifier = Verifier(CONTRACT)
    return [
        (record.number, one.place.value, one.pointer, one.rule)
        for record in read_har(io.BytesIO(har(*entries)), HOST)
        if record is not None
        for one in verifier.violations(record)
    ]


def test_a_batch_of_a_browser_is_held_to_the_contract(earthengine_contract: EarthEngineContract) -> None:
    answer = send(earthengine_contract.endpoint, *CALLS)
    assert found(entry(), batch_entry(body_of(*CALLS), answer)) == [(2, "request", "/typo", "unknown-field")]
    odd = Answer(200, answer.headers, answer.body.replace(b'"name"', b'"nmae"'))
    assert {
        rule for _, place, _, rule in found(batch_entry(body_of(*CALLS), odd)) if place == "response"
    } >= {"operation-name"}


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (body_of(*CALLS)[:-4], MIXED),
        (body_of(*CALLS), "multipart/related; boundary=b"),
        (body_of("\r\nGET / HTTP/1.1"), MIXED),
    ],
)
def test_a_batch_that_cannot_be_read_is_a_violation(sent: str, kind: str) -> None:
    assert found(batch_entry(sent, kind=kind)) == [(1, "request", "", "batch-malformed")]


def test_answers_that_are_missing_or_no_answers_are_a_violation(
    earthengine_contract: EarthEngineContract,
) -> None:
    answer = send(earthengine_contract.endpoint, *CALLS[:2])
    sent = body_of(*CALLS)
    for wrong in (
        answer,
        Answer(200, {"content-type": "application/json"}, b"{}"),
        Answer(200, answer.headers, answer.body.replace(b"HTTP/1.1 ", b"")),
    ):
        assert found(batch_entry(sent, wrong)) == [(1, "request", "", "batch-malformed")]
