"""The proxy that records: what passes, what is written down, and what is said."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import os
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from attrs import field, frozen
from click.testing import CliRunner
from groundwire_contract.cli import main
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.rules.refusals import PAYLOAD_LIMIT
from groundwire_contract.server.http import READ_LIMIT, serving
from groundwire_contract.server.listener import endpoint, listen
from groundwire_contract.traffic.journal import Content, ForwardedExchange, Journal
from groundwire_contract.traffic.proxy import Recorder, application
from groundwire_contract.traffic.recording import UnreadableError, read_jsonl
from groundwire_contract.traffic.upstream import Upstream, UpstreamAddressError
from groundwire_contract.traffic.verify import Verifier

from tests.runtime.wire.reply import Reply, chunked, cut, echo, plain, zipped
from tests.runtime.wire.reply import http as answer
from tests.runtime.wire.server import Wire

from ..wire import EXPORT, OPERATIONS, SECRET_HEADERS, SECRET_PARAMETERS, Answer, ask, export
from .records import CONTRACT


@frozen
class Recording:
    """A proxy that runs, its file, and the lines that it said."""

    endpoint: str
    path: Path
    lines: list[str] = field(factory=list)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text("ascii").splitlines()]


@contextmanager
def recording(url: str, path: Path, limit: int = READ_LIMIT) -> Iterator[Recording]:
    with listen() as listener:
        found = Recording(endpoint(listener), path)
        recorder = Recorder(Upstream(url), Journal(path), Verifier(CONTRACT), found.lines.append)
        server = serving(application(recorder, limit), dated=False)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield found
        finally:
            server.should_exit = True
            thread.join(10)
            recorder.close()
            assert not thread.is_alive()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "traffic.jsonl"


def raw(url: str, verb: str, path: str, headers: list[tuple[str, str]], body: bytes = b"") -> Any:
    """One request with these headers and no others; the answer, read to its end."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    try:
        connection.putrequest(verb, path, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        response.read_all = response.read()  # type: ignore[attr-defined] # kept for the test
        return response
    finally:
        connection.close()


def test_a_start_passes_and_is_written_down(earthengine_contract: EarthEngineContract, out: Path) -> None:
    with recording(earthengine_contract.endpoint, out) as proxy:
        headers = {"authorization": "Bearer canary", "x-goog-api-key": "canary"}
        started = ask(proxy.endpoint, "POST", f"{EXPORT}?alt=json&key=canary", export(), headers)
        refused = ask(proxy.endpoint, "POST", EXPORT, export(typo=1))
        listed = ask(proxy.endpoint, "GET", OPERATIONS)
    assert started.status == 200
    assert (refused.status, refused.rule) == (400, "unknown-field")
    assert [found["name"] for found in listed.json["operations"]] == [started.json["name"]]
    assert proxy.lines == [
        f"POST {EXPORT} 200 accepted",
        f"POST {EXPORT} 400 unknown-field at request /typo",
        f"GET {OPERATIONS} 200 accepted",
    ]
    assert "canary" not in out.read_text()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    first, second, _ = proxy.rows
    sent = json.dumps(export()).encode()
    assert (first["seq"], first["method"], first["path"]) == (0, "POST", EXPORT)
    assert first["query"] == [["alt", "json"], ["key", "REDACTED"]]
    assert ["authorization", "REDACTED"] in first["headers"]
    assert (first["body"], first["raw_body"], first["body_is_strict_json"]) == (export(), None, True)
    assert (first["body_bytes"], first["body_sha256"]) == (len(sent), hashlib.sha256(sent).hexdigest())
    assert first["response"]["body"] == started.json
    assert second["response"] == {
        "status": 400,
        "content_type": "application/json; charset=UTF-8",
        "body": refused.json,
        "raw_body": None,
    }


def test_no_credentials_are_written_down(earthengine_contract: EarthEngineContract, out: Path) -> None:
    with recording(earthengine_contract.endpoint, out) as proxy:
        for name in SECRET_HEADERS:
            ask(proxy.endpoint, "GET", OPERATIONS, None, {name.title(): "Bearer canary"})
        for name in SECRET_PARAMETERS:
            ask(proxy.endpoint, "GET", f"{OPERATIONS}?{name}=canary")
    assert "canary" not in out.read_text()
    kept = [dict(row["headers"]) | dict(row["query"]) for row in proxy.rows]
    for name, row in zip((*SECRET_HEADERS, *SECRET_PARAMETERS), kept, strict=True):
        assert row[name] == "REDACTED"


def test_what_was_recorded_can_be_verified(earthengine_contract: EarthEngineContract, out: Path) -> None:
    bodies: list[Any] = [export(requestId="one"), export(requestId="one"), export(priority=1e9), b'{"a":NaN}', b'{"a":"\xff"}', b"[1]"]  # fmt: skip
    with recording(earthengine_contract.endpoint, out) as proxy:
        for body in bodies:
            ask(proxy.endpoint, "POST", EXPORT, body, {"authorization": "Bearer one"})
        ask(proxy.endpoint, "POST", EXPORT, export(requestId="one"), {"authorization": "Bearer two"})
    verifier = Verifier(CONTRACT)
    with out.open("rb") as stream:
        found = [[one.rule for one in verifier.violations(record)] for record in read_jsonl(stream)]
    assert found == [[], ["request-id-reused"], ["bounds"], ["malformed-json"], ["malformed-json"], ["root-not-object"], []]  # fmt: skip
    assert [line.split()[3] for line in proxy.lines] == [
        *(rules[0] if rules else "accepted" for rules in found)
    ]


@pytest.mark.parametrize(
    "body", [b'{"a":1e999}', b'{"a":1,"a":2}', b"{", b"\xff\xfe", b'{"a":"\\ud800"}', b"null", b"1" * 5000]
)
def test_a_body_is_read_back_as_it_was_sent(out: Path, body: bytes) -> None:
    journal = Journal(out)
    forwarded = ForwardedExchange(
        verb="POST", path=EXPORT, query=(), headers=(), body=Content(kept=body, length=len(body), digest="d")
    )
    journal.append(forwarded)
    journal.close()
    with out.open("rb") as stream:
        (record,) = read_jsonl(stream)
    assert record.body == body or json.loads(body) == getattr(record.body, "value", None)
    assert record.length == len(body)


def test_headers_pass_but_for_those_of_one_hop(out: Path) -> None:
    reply = plain(b"{}", status="201 Made", connection="x-hop, keep-alive", x_hop="no", set_cookie="a=1\r\nset-cookie: b=2", date="then")  # fmt: skip
    with Wire(answers=[reply]) as wire, recording(wire.url, out) as proxy:
        sent = [("Content-Length", "2"), ("Content-Type", "application/json"), ("TE", "x"), ("Connection", "X-Mine"), ("X-Mine", "no"), ("X-Twice", "1"), ("X-Twice", "2"), ("Expect", "100-continue")]  # fmt: skip
        got = raw(proxy.endpoint, "POST", EXPORT, sent, b"{}")
    assert got.status == 201
    assert got.headers.get_all("set-cookie") == ["a=1", "b=2"]
    assert (got.headers["x-hop"], got.headers.get_all("date"), got.headers["server"]) == (
        None,
        ["then"],
        None,
    )
    head = wire.requests[0].lower()
    assert head.count(b"x-twice: ") == 2
    assert f"host: 127.0.0.1:{wire.port}".encode() in head
    for name in (b"te:", b"x-mine", b"expect", b"accept-encoding", b"user-agent", b"transfer-encoding"):
        assert name not in head


@pytest.mark.parametrize("verb", ["GET", "DELETE"])
def test_a_request_without_a_body_stays_without(out: Path, verb: str) -> None:
    with Wire() as wire, recording(wire.url, out) as proxy:
        raw(proxy.endpoint, verb, "/v1beta/projects/a%2Fb:x//../y?a=b%20c&d", [])
    assert wire.requests[0].startswith(f"{verb} /v1beta/projects/a%2Fb:x//../y?a=b%20c&d HTTP/1.1".encode())
    assert b"content-length" not in wire.requests[0].lower()
    assert proxy.rows[0]["query"] == [["a", "REDACTED"], ["d", "REDACTED"]]


def test_a_body_in_chunks_arrives_whole(out: Path) -> None:
    with Wire() as wire, recording(wire.url, out) as proxy:
        sent = [("Transfer-Encoding", "chunked"), ("Content-Type", "application/json")]
        raw(proxy.endpoint, "POST", EXPORT, sent, b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")
    assert wire.requests[0].endswith(b"\r\n\r\n{}")


@pytest.mark.parametrize(
    ("reply", "body", "coding"),
    [
        (chunked(b'{"nextPageToken":"a"}', size=3), b'{"nextPageToken":"a"}', None),
        (zipped(b'{"nextPageToken":"a"}'), gzip.compress(b'{"nextPageToken":"a"}', mtime=0), "gzip"),
    ],
    ids=["chunked", "zipped"],
)
def test_an_answer_comes_back_as_it_is(out: Path, reply: bytes, body: bytes, coding: str | None) -> None:
    with Wire(answers=[Reply(pieces=[reply])]) as wire, recording(wire.url, out) as proxy:
        got = raw(proxy.endpoint, "GET", OPERATIONS, [("Accept-Encoding", "gzip")])
    assert (got.status, got.read_all, got.headers["content-encoding"]) == (200, body, coding)
    assert got.headers["content-length"] == str(len(body))
    assert proxy.rows[0]["response"]["body"] == {"nextPageToken": "a"}


@pytest.mark.parametrize(
    ("reply", "body", "text"),
    [
        (answer(b"<html>", "404 Not Found", content_type="text/html"), None, "<html>"),
        (answer(b"\x89PNG\xff"), "<5 bytes>", None),
        (answer(b"{}", content_encoding="br"), "<2 bytes>", None),
        (answer(b"no gzip", content_encoding="gzip"), "<7 bytes>", None),
        (answer(b"x" * (PAYLOAD_LIMIT + 1)), f"<{PAYLOAD_LIMIT + 1} bytes>", None),
        (zipped(b"x" * (PAYLOAD_LIMIT + 1)), None, None),
    ],
)
def test_an_answer_that_is_no_json_is_kept_in_short(
    out: Path, reply: bytes, body: str | None, text: str | None
) -> None:
    with Wire(answers=[Reply(pieces=[reply])]) as wire, recording(wire.url, out) as proxy:
        ask(proxy.endpoint, "GET", OPERATIONS)
    kept = proxy.rows[0]["response"]
    assert kept["raw_body"] == text
    assert kept["body"] == body or (body is None and text is None and kept["body"].endswith(" bytes>"))


def test_answers_without_a_body_have_none(out: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 77\r\n\r\n"
    nothing = b"HTTP/1.1 204 No Content\r\n\r\n"
    with (
        Wire(answers=[Reply(pieces=[head]), Reply(pieces=[nothing])]) as wire,
        recording(wire.url, out) as proxy,
    ):
        got = raw(proxy.endpoint, "HEAD", "/x", [])
        assert (got.status, got.headers["content-length"]) == (200, "77")
        got = raw(proxy.endpoint, "DELETE", "/x", [])
        assert (got.status, got.headers["content-length"]) == (204, None)
    assert [row["response"]["status"] for row in proxy.rows] == [200, 204]


def test_redirects_are_passed_back_and_not_followed(out: Path) -> None:
    with Wire(answers=[plain(b"", "307 Elsewhere", location="/y")]) as wire, recording(wire.url, out) as proxy:  # fmt: skip
        assert ask(proxy.endpoint, "GET", "/x").status == 307
    assert wire.paths == ["/x"]


def test_a_preflight_is_said_to_be_passed_over_as_by_verify(
    earthengine_contract: EarthEngineContract, out: Path
) -> None:
    with recording(earthengine_contract.endpoint, out) as proxy:
        asked = {"origin": "http://localhost:3000", "access-control-request-method": "POST"}
        ask(proxy.endpoint, "OPTIONS", EXPORT, headers=asked)
        ask(proxy.endpoint, "OPTIONS", EXPORT)
    first, second = proxy.lines
    assert first.endswith(" passed over")
    assert not second.endswith((" passed over", " accepted"))


@pytest.mark.parametrize(
    "reply", [cut(b""), cut(b"garbage\r\n\r\n"), cut(answer(b"{}")[:-1]), Reply(then="reset")]
)
def test_an_answer_that_does_not_come_is_a_502(out: Path, reply: Reply) -> None:
    with Wire(answers=[reply]) as wire, recording(wire.url, out) as proxy:
        got = ask(proxy.endpoint, "POST", EXPORT, export())
        assert (got.status, got.error["status"]) == (502, "UNAVAILABLE")
        assert got.message.startswith(f"No answer from {wire.url}: ")
        assert len(wire.requests) == 1
    assert proxy.rows[0]["response"] is None
    assert proxy.lines == [f"POST {EXPORT} no answer accepted"]


def test_a_service_that_is_down_is_a_502(out: Path) -> None:
    with listen() as taken:
        address = endpoint(taken)
    with recording(address, out) as proxy:
        assert ask(proxy.endpoint, "GET", OPERATIONS).status == 502
    assert [row["response"] for row in proxy.rows] == [None]


def test_a_large_body_passes_and_is_not_kept(out: Path) -> None:
    body = b'{"description":"' + b"x" * PAYLOAD_LIMIT + b'"}'
    with Wire() as wire, recording(wire.url, out, limit=2 * PAYLOAD_LIMIT) as proxy:
        assert ask(proxy.endpoint, "POST", EXPORT, body).status == 200
        over = ask(proxy.endpoint, "POST", EXPORT, body + body)
    assert wire.requests[0].endswith(body)
    assert (over.status, len(wire.requests)) == (413, 1)
    (row,) = proxy.rows
    assert (row["body"], row["raw_body"], row["body_bytes"]) == (None, None, len(body))
    assert row["body_sha256"] == hashlib.sha256(body).hexdigest()
    assert "200 payload-too-large at request" in proxy.lines[0]


def test_many_at_once_are_not_mixed(out: Path) -> None:
    paths = [f"/v1beta/projects/p/operations/{index}" for index in range(200)]

    def get(path: str) -> Answer:
        return ask(proxy.endpoint, "GET", path)

    with (
        Wire(answers=echo) as wire,
        recording(wire.url, out) as proxy,
        ThreadPoolExecutor(16) as threads,
    ):
        answers = list(threads.map(get, paths))
    assert [found.body.decode() for found in answers] == paths
    assert sorted(row["path"] for row in proxy.rows) == sorted(paths)
    assert [row["seq"] for row in proxy.rows] == list(range(200))
    assert all(row["response"]["raw_body"] == row["path"] for row in proxy.rows)


def test_a_recording_goes_on_where_it_ended(out: Path) -> None:
    for _ in range(2):
        with Wire() as wire, recording(wire.url, out) as proxy:
            ask(proxy.endpoint, "GET", OPERATIONS)
    assert [row["seq"] for row in proxy.rows] == [0, 1]
    whole = out.read_bytes()
    out.write_bytes(whole[:-1])
    with pytest.raises(UnreadableError, match="line 2: The file ends within a line"):
        Journal(out)
    assert out.read_bytes() == whole[:-1]


SECRET = "one.canary-1/2+3="
UNKNOWN_HEADERS = (
    "authorization", "proxy-authorization", "cookie", "x-api-key", "x-goog-api-key", "x-goog-iap-jwt-assertion",
    "x-serverless-authorization", "x-amz-security-token", "x-goog-iam-authorization-token", "x-goog-encryption-key",
    "referer", "x-something-new",
)  # fmt: skip
SECRET_NAMES = (
    "key", "access_token", "oauth_token", "refresh_token", "client_secret", "assertion", "X-Goog-Signature",
    "X-Goog-Credential", "X-Amz-Signature", "id_token", "code", "somethingNew",
)  # fmt: skip


def test_headers_and_parameters_that_are_not_known_lose_their_values(out: Path) -> None:
    harmless = {"user-agent": "mine", "x-goog-user-project": "p", "accept": "application/json"}
    query = "&".join(f"{name}={quote(SECRET, safe='')}" for name in SECRET_NAMES)
    with Wire() as wire, recording(wire.url, out) as proxy:
        headers = {**dict.fromkeys(UNKNOWN_HEADERS, SECRET), **harmless}
        ask(proxy.endpoint, "GET", f"{OPERATIONS}?pageSize=7&alt=json&{query}", None, headers)
        ask(proxy.endpoint, "GET", f"/nowhere?pageSize=7&alt=json&{query}", None, headers)
    assert "canary" not in out.read_text()
    listed, unknown = proxy.rows
    assert listed["query"] == [
        ["pageSize", "7"],
        ["alt", "json"],
        *([name, "REDACTED"] for name in SECRET_NAMES),
    ]
    assert unknown["query"][:2] == [["pageSize", "REDACTED"], ["alt", "json"]]
    kept = {name.lower(): value for name, value in listed["headers"]}
    assert {name: kept[name] for name in harmless} == harmless
    assert {kept[name] for name in UNKNOWN_HEADERS} == {"REDACTED"}


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/token", "application/x-www-form-urlencoded", f"grant_type=refresh_token&refresh_token={SECRET}"),
        ("/token", "application/json", json.dumps({"client_secret": SECRET})),
        ("/v1/token", "application/json", json.dumps({"subjectToken": SECRET})),
        (EXPORT, "application/x-www-form-urlencoded", f"client_secret={SECRET}&alt=json"),
        (EXPORT, "application/x-www-form-urlencoded", json.dumps({"client_secret": SECRET})),
        (EXPORT, "application/json", json.dumps({"description": "d", "client_secret": SECRET, SECRET[:2]: [SECRET]})),
        (EXPORT, "application/json", json.dumps({"expression": {"assertion": {"deep": SECRET}}})),
        (EXPORT, "application/json", json.dumps({"description": {"refresh_token": SECRET}})),
        (EXPORT, "application/json", json.dumps({"priority": {"value": 1, "token": SECRET}})),
        (EXPORT, "application/json", f'{{"refresh_token": "{SECRET}", "refresh_token": "{SECRET}"}}'),
        (EXPORT, "application/json", f'{{"refresh_token": "{SECRET}'),
        (EXPORT, "application/json", f"{{refresh_token: ['{SECRET}'], a: NaN}}"),
        (EXPORT, "application/json", json.dumps([{"refresh_token": SECRET}])),
        (EXPORT, "application/json", json.dumps({"maxPixels": float("inf"), "assertion": SECRET})),
        (EXPORT, "text/plain", SECRET),
        (EXPORT, "multipart/form-data; boundary=x", f"--x\r\n\r\n{SECRET}\r\n--x--"),
        (f"{OPERATIONS}/x", "application/json", json.dumps({"client_secret": SECRET})),
    ],
)  # fmt: skip
def test_of_a_body_only_what_the_contract_knows_is_kept(out: Path, path: str, kind: str, body: str) -> None:
    with Wire() as wire, recording(wire.url, out) as proxy:
        ask(proxy.endpoint, "POST", path, body.encode(), {"content-type": kind})
    assert body.encode() in wire.requests[0]
    assert "canary" not in out.read_text()
    assert "canary" not in "".join(proxy.lines)
    (row,) = proxy.rows
    assert (row["body_bytes"], row["body_sha256"]) == (len(body), None)


@pytest.mark.parametrize(
    ("path", "reply"),
    [
        ("/token", plain(json.dumps({"access_token": SECRET}).encode())),
        (OPERATIONS, plain(json.dumps({"access_token": SECRET}).encode())),
        (OPERATIONS, plain(json.dumps({"error": "invalid_grant", "id_token": SECRET}).encode(), "400 Bad")),
        (OPERATIONS, plain(json.dumps({"error": {"code": 400, "token": SECRET}}).encode(), "400 Bad")),
        (OPERATIONS, plain(f"access_token={SECRET}".encode())),
        (OPERATIONS, Reply(pieces=[zipped(json.dumps({"access_token": SECRET}).encode())])),
        (OPERATIONS, plain(json.dumps([{"access_token": SECRET}]).encode(), "400 Bad")),
    ],
)
def test_of_an_answer_only_what_the_contract_knows_is_kept(out: Path, path: str, reply: Reply) -> None:
    with Wire(answers=[reply]) as wire, recording(wire.url, out) as proxy:
        raw(proxy.endpoint, "GET", path, [])
    assert "canary" not in out.read_text()
    assert proxy.rows[0]["response"]["status"] in (200, 400)


def test_what_the_contract_knows_is_kept_as_it_was_sent(out: Path) -> None:
    body = export(grid={"dimensions": {"width": 1}}, priority={"value": 5}, typo={"a": 1})
    error = {
        "error": {
            "code": 400,
            "message": "m",
            "status": "INVALID_ARGUMENT",
            "details": [{"@type": "a/b", "c": 1}],
        }
    }
    with (
        Wire(answers=[plain(json.dumps(error).encode(), "400 Bad")]) as wire,
        recording(wire.url, out) as proxy,
    ):
        ask(proxy.endpoint, "POST", EXPORT, body)
    (row,) = proxy.rows
    assert row["body"] == {**body, "typo": "REDACTED"}
    assert row["response"]["body"] == error
    assert proxy.lines == [f"POST {EXPORT} 400 unknown-field at request /typo"]


def test_a_file_that_is_there_is_the_owners_alone_from_then_on(out: Path) -> None:
    out.touch(mode=0o644)
    out.chmod(0o644)
    Journal(out).close()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", ["link", "dangling link", "hard link", "pipe", "folder"])
def test_nothing_but_a_file_is_written_to(tmp_path: Path, kind: str) -> None:
    out, other = tmp_path / "traffic.jsonl", tmp_path / "other"
    if kind != "dangling link":
        other.write_bytes(b"")
        other.chmod(0o644)
    if kind.endswith(" link") or kind == "link":
        (out.hardlink_to if kind == "hard link" else out.symlink_to)(other)
    elif kind == "pipe":
        os.mkfifo(out)
    else:
        out.mkdir()
    done = CliRunner().invoke(main, ["record", "--to", "http://127.0.0.1:9", "--out", str(out)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert str(out) in done.stderr
    assert other.exists() is (kind != "dangling link")
    assert kind == "dangling link" or stat.S_IMODE(other.stat().st_mode) == 0o644


@pytest.mark.parametrize(
    "url",
    [
        "http://earthengine.googleapis.com", "http://10.0.0.1", "ftp://127.0.0.1", "127.0.0.1", "https://", "",
        "https://user:canary@example.com", "https://example.com/?a=b", "https://example.com/#a", "http://127.0.0.1:x",
    ],
)  # fmt: skip
def test_some_addresses_are_refused(out: Path, url: str) -> None:
    with pytest.raises(UpstreamAddressError) as refused:
        Upstream(url)
    assert "canary" not in str(refused.value)
    done = CliRunner().invoke(main, ["record", "--to", url, "--out", str(out)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert str(refused.value) in done.stderr
    assert not out.exists()
