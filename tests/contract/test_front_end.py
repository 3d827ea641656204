"""Requests that no client of ours would send: paths, headers and bodies at their limits. The server stays up."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from groundwire_contract.fixture import EarthEngineContract, running
from groundwire_contract.rules.refusals import PAYLOAD_LIMIT

from .wire import EXPORT, OPERATIONS, PROJECT, ask, export

JSON = "application/json; charset=UTF-8"
PAGE = "text/html; charset=UTF-8"


@pytest.fixture
def endpoint(earthengine_contract: EarthEngineContract) -> Iterator[str]:
    """A server that must still answer after the test."""
    yield earthengine_contract.endpoint
    assert ask(earthengine_contract.endpoint, "POST", EXPORT, export()).status == 200


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("POST", "/"),
        ("GET", "/favicon.ico"),
        ("GET", f"/v1beta/{PROJECT}"),
        ("GET", "/v2/projects/p/operations"),
        ("GET", "/V1BETA/projects/p/operations"),
        ("GET", f"/{OPERATIONS}"),
        ("GET", "/v1beta//projects/p/operations"),
        ("GET", "/v1beta/projects//operations"),
        ("GET", "/v1beta/../v1beta/projects/p/operations"),
        ("POST", f"{EXPORT}/"),
        ("POST", f"/v1beta/{PROJECT}/image:unknownVerb"),
        ("POST", f"/v1beta/{PROJECT}/image%3Aexport"),
        ("POST", f"{OPERATIONS}/x:unknownVerb"),
        ("POST", "/v1beta/projects%2Fp/image:export"),
        ("POST", OPERATIONS),
        ("GET", EXPORT),
        ("PUT", EXPORT),
        ("PATCH", EXPORT),
        ("OPTIONS", EXPORT),
        ("HEAD", OPERATIONS),
    ],
)
def test_an_unknown_path_gets_a_page(endpoint: str, verb: str, path: str) -> None:
    answer = ask(endpoint, verb, path)
    assert (answer.status, answer.headers["content-type"], answer.rule) == (404, PAGE, "unknown-path")
    if verb == "HEAD":
        assert answer.body == b""
    else:
        assert f"<code>{path}</code>".encode() in answer.body


def test_a_variable_of_the_path_has_its_type(endpoint: str) -> None:
    answer = ask(endpoint, "GET", f"/v1beta/{PROJECT}/maps/m/tiles/1/2/x")
    assert (answer.status, answer.message) == (400, "Invalid value at 'y' (TYPE_INT32), \"x\"")


def test_the_page_quotes_no_markup(endpoint: str) -> None:
    answer = ask(endpoint, "GET", "/<script>alert(1)</script>")
    assert answer.status == 404
    assert b"<script>" not in answer.body


def test_an_encoded_slash_stays_in_its_segment(endpoint: str) -> None:
    started = ask(endpoint, "POST", "/v1beta/projects/a%2Fb/image:export", export()).json
    assert started["name"].startswith("projects/a%2Fb/operations/")
    assert ask(endpoint, "GET", f"/v1beta/{started['name']}").json["name"] == started["name"]
    assert ask(endpoint, "GET", "/v1beta/projects/a/operations").json == {}


@pytest.mark.parametrize(
    ("body", "rule", "said"),
    [
        (b"{", "malformed-json", "Unexpected end of string."),
        (b'{"a":1,}', "malformed-json", "Expected an object key or }."),
        (b"{'a':1}", "malformed-json", "Expected an object key or }."),
        (b"a=1&b=2", "malformed-json", "Unexpected token."),
        (b'\xef\xbb\xbf{"priority":1}', "malformed-json", ""),
        (b'{"description":"\xff"}', "malformed-json", "non UTF-8"),
        (b'{"description":"a","description":"b"}', "duplicate-key", '"description"'),
        (b'{"maxPixels":1,"max_pixels":1}', "duplicate-key", '"max_pixels"'),
        (b'{"priority":' + b"1" * 5000 + b"}", "malformed-json", "Unable to parse number."),
        (b"[]", "root-not-object", "Root element must be a message."),
        (b'{"expression":' * 50_000, "message-too-deep", "Message too deep."),
        (b'{"a":' + b"[" * 50_000, "message-too-deep", "Message too deep."),
    ],
)
def test_a_body_that_is_no_message_is_refused(endpoint: str, body: bytes, rule: str, said: str) -> None:
    answer = ask(endpoint, "POST", EXPORT, body)
    assert (answer.status, answer.rule, answer.headers["content-type"]) == (400, rule, JSON)
    assert answer.message.startswith("Invalid JSON payload received.")
    assert said in answer.message


@pytest.mark.parametrize(("levels", "status"), [(30, 200), (60, 400), (150, 400)])
def test_nesting_is_bounded_by_messages(endpoint: str, levels: int, status: int) -> None:
    value: object = {"constantValue": 1}
    for _ in range(levels):
        value = {"arrayValue": {"values": [value]}}
    body = export(expression={"result": "0", "values": {"0": value}})
    answer = ask(endpoint, "POST", EXPORT, body)
    assert answer.status == status
    assert (answer.rule == "message-too-deep") == (status == 400)


def test_the_payload_limit_is_exact(earthengine_contract: EarthEngineContract, endpoint: str) -> None:
    small = json.dumps(export()).encode()
    largest = small + b" " * (PAYLOAD_LIMIT - len(small))
    assert ask(endpoint, "POST", EXPORT, largest).status == 200
    over = ask(endpoint, "POST", EXPORT, largest + b" ")
    assert (over.status, over.rule) == (400, "payload-too-large")
    assert over.message == "Request payload size exceeds the limit: 10485760 bytes."
    assert len(earthengine_contract.operations) == 1
    assert earthengine_contract.requests[-1].body is None


def test_a_body_in_chunks_counts_all_the_same(endpoint: str) -> None:
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    head = (
        f"POST {EXPORT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    ).encode()
    answer = raw(endpoint, head + chunk * 11 + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"Request payload size exceeds the limit" in answer


def raw(endpoint: str, data: bytes, *, leave: bool = False) -> bytes:
    """What the server answers to bytes; with `leave`, the connection is closed without reading on."""
    host, _, port = urlsplit(endpoint).netloc.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(data)
        parts: list[bytes] = []
        while not leave and (part := connection.recv(65536)):
            parts.append(part)
        return b"".join(parts)


@pytest.mark.parametrize(
    "data",
    [
        b"GARBAGE\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_http_is_refused(endpoint: str, data: bytes) -> None:
    assert raw(endpoint, data).startswith(b"HTTP/1.1 400 ")


def test_a_caller_that_leaves_has_no_effect(earthengine_contract: EarthEngineContract, endpoint: str) -> None:
    head = f"POST {EXPORT} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n".encode()
    raw(endpoint, head + b'{"description":"half', leave=True)
    assert ask(endpoint, "GET", OPERATIONS).json == {}
    assert len(earthengine_contract.requests) == 1


@pytest.mark.parametrize(("size", "status"), [(8_000, 200), (64_000, 200), (66_000, 431), (1_000_000, 431)])
def test_a_head_has_at_most_65536_bytes(endpoint: str, size: int, status: int) -> None:
    sent = (
        f"GET {OPERATIONS} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nx-long: {'a' * size}\r\n\r\n"
    )
    assert raw(endpoint, sent.encode()).startswith(f"HTTP/1.1 {status} ".encode())


def test_many_headers_and_a_long_line_count_alike(endpoint: str) -> None:
    many = "".join(f"x-{number}: {'a' * 100}\r\n" for number in range(1000))
    sent = f"GET {OPERATIONS} HTTP/1.1\r\nHost: localhost\r\n{many}\r\n"
    assert raw(endpoint, sent.encode()).startswith(b"HTTP/1.1 431 ")
    sent = f"GET {OPERATIONS}?filter={'a' * 70_000} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert raw(endpoint, sent.encode()).startswith(b"HTTP/1.1 431 ")


def test_a_large_body_and_the_next_request_in_one_piece_are_no_large_head(endpoint: str) -> None:
    body = json.dumps(export(description="d")).encode() + b" " * 200_000
    head = f"POST {EXPORT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    last = f"GET {OPERATIONS} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert raw(endpoint, (head.encode() + body) * 3 + last.encode()).count(b"HTTP/1.1 200 OK") == 4


@pytest.mark.parametrize(
    "form",
    [
        pytest.param("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="two lengths"),
        pytest.param("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", id="turned round"),
        pytest.param("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", id="lengths that differ"),
        pytest.param("Content-Length: +2\r\n\r\n{}", id="a sign"),
        pytest.param("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", id="an unknown coding"),
        pytest.param("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", id="a space before the colon"),
        pytest.param("X-Folded: a\r\n b\r\nContent-Length: 2\r\n\r\n{}", id="obs-fold"),
        pytest.param("X-Bare: a\nContent-Length: 2\r\n\r\n{}", id="bare LF"),
        pytest.param("X-Bare: a\rContent-Length: 2\r\n\r\n{}", id="bare CR"),
        pytest.param("X-Nul: a\0b\r\nContent-Length: 2\r\n\r\n{}", id="NUL"),
        pytest.param("Transfer-Encoding: chunked\r\n\r\n2x\r\n{}\r\n0\r\n\r\n", id="a bad chunk size"),
    ],
)
def test_what_could_smuggle_a_request_is_refused_and_the_connection_closed(endpoint: str, form: str) -> None:
    head = f"POST {EXPORT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    answer = raw(endpoint, (head + form + f"GET {OPERATIONS} HTTP/1.1\r\nHost: localhost\r\n\r\n").encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1


def lines(
    endpoint: str, *head: str, version: str = "HTTP/1.1", target: str = OPERATIONS, body: str = ""
) -> bytes:
    """What the server answers to a head, line by line, on a connection that it closes then."""
    text = "\r\n".join((f"GET {target} {version}", *head, "Connection: close", "", body))
    return raw(endpoint, text.encode("latin-1"))


@pytest.mark.parametrize(
    ("version", "hosts", "status"),
    [
        ("HTTP/1.1", [], 400),
        ("HTTP/1.0", [], 200),
        ("HTTP/1.1", ["localhost", "localhost"], 400),
        ("HTTP/1.0", ["localhost", "localhost"], 400),
        ("HTTP/1.1", ["localhost", "elsewhere.example"], 400),
        ("HTTP/1.1", [""], 400),
        ("HTTP/1.1", ["local host"], 400),
        ("HTTP/1.1", ["user@localhost"], 400),
        ("HTTP/1.1", ["localhost/path"], 400),
        ("HTTP/1.1", ["localhost:port"], 400),
        ("HTTP/1.1", ["localhost, localhost"], 400),
        ("HTTP/1.1", ["[::1"], 400),
        ("HTTP/1.1", ["[1:2]"], 400),
        ("HTTP/1.1", ["::1"], 400),
        ("HTTP/1.1", ["l\u00f6calhost"], 400),
        ("HTTP/1.1", ["localhost"], 200),
    ],
)
def test_a_request_has_one_host(endpoint: str, version: str, hosts: list[str], status: int) -> None:
    answer = lines(endpoint, *(f"Host: {host}" for host in hosts), version=version)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize(
    ("codings", "status"),
    [
        (["chunked"], 200),
        (["CHUNKED"], 200),
        (["gzip, chunked"], 501),
        (["gzip,\tChunked"], 501),
        (["identity, chunked"], 501),
        (["gzip", "chunked"], 501),
        (["chunked, gzip"], 400),
        (["chunked", "gzip"], 400),
        (["chunked, chunked"], 400),
        (["chunked", "chunked"], 400),
        (["identity"], 400),
        (["gzip"], 400),
        (["chunked;a=b"], 400),
        ([""], 400),
    ],
)
def test_chunked_is_the_only_transfer_coding(
    earthengine_contract: EarthEngineContract, endpoint: str, codings: list[str], status: int
) -> None:
    body = json.dumps(export()).encode()
    head = "".join(f"Transfer-Encoding: {coding}\r\n" for coding in codings)
    sent = f"POST {EXPORT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{head}"
    rest = f"Connection: close\r\n\r\n{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    answer = raw(endpoint, sent.encode() + rest)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert answer.count(b"HTTP/1.1") == 1
    assert len(earthengine_contract.operations) == (status == 200)


def test_http_1_0_has_no_transfer_coding(endpoint: str) -> None:
    answer = lines(
        endpoint, "Host: localhost", "Transfer-Encoding: chunked", version="HTTP/1.0", body="0\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("target", "host", "status"),
    [
        (f"http://localhost{OPERATIONS}", "elsewhere.example", 200),
        (f"HTTPS://127.0.0.1:9{OPERATIONS}?pageSize=1", "localhost", 200),
        (f"http://elsewhere.example{OPERATIONS}", "localhost", 403),
        (f"http://localhost@elsewhere.example{OPERATIONS}", "localhost", 400),
        (f"http://{OPERATIONS}", "localhost", 400),
        (f"ftp://localhost{OPERATIONS}", "localhost", 400),
        (f"{OPERATIONS}#part", "localhost", 400),
        (OPERATIONS.removeprefix("/"), "localhost", 400),
        ("*", "localhost", 400),
        ("http://localhost", "elsewhere.example", 200),
    ],
)
def test_a_target_in_absolute_form_overrides_the_host(
    endpoint: str, target: str, host: str, status: int
) -> None:
    answer = lines(endpoint, f"Host: {host}", target=target)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("CONNECT localhost:80 HTTP/1.1", 501),
        (f"CONNECT {OPERATIONS} HTTP/1.1", 501),
        (f"GET {OPERATIONS} HTTP/2.0", 505),
        (f"GET {OPERATIONS}", 400),
        ("PRI * HTTP/2.0", 400),
    ],
)
def test_neither_a_tunnel_nor_another_version_is_spoken(endpoint: str, line: str, status: int) -> None:
    answer = raw(endpoint, f"{line}\r\nHost: localhost\r\n\r\n".encode())
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LocalHost.:8085", 200),
        ("contract.localhost", 200),
        ("127.0.0.1:1", 200),
        ("127.8.8.8", 200),
        ("127.0.0.1.", 200),
        ("[::1]:80", 200),
        ("[0:0::1]", 200),
        ("[::ffff:127.0.0.1]", 200),
        ("elsewhere.example", 403),
        ("localhost.elsewhere.example", 403),
        ("127.0.0.1.elsewhere.example:8085", 403),
        ("notlocalhost", 403),
        ("0.0.0.0", 403),  # noqa: S104 - what is refused
        ("192.0.2.1", 403),
        ("[2001:db8::1]", 403),
    ],
)
def test_a_foreign_host_neither_starts_nor_reads(
    earthengine_contract: EarthEngineContract, endpoint: str, host: str, status: int
) -> None:
    started = ask(endpoint, "POST", EXPORT, export(), {"host": host})
    assert started.status == status
    assert len(earthengine_contract.operations) == (status == 200)
    if status == 403:
        assert started.rule == "host-not-allowed"
        assert "--allow-host" in started.message
    assert ask(endpoint, "GET", OPERATIONS, None, {"host": host}).status == status
    assert ask(endpoint, "GET", "/$discovery/rest", None, {"host": host}).status == status


def test_a_host_that_is_allowed_is_answered() -> None:
    contract = running(allow_hosts=("Contract.Example.", "2001:DB8:0::1"))
    try:
        for host in ("contract.example", "CONTRACT.example.:80", "[2001:db8::1]", "localhost"):
            assert ask(contract.endpoint, "GET", OPERATIONS, None, {"host": host}).status == 200
            assert ask(contract.endpoint, "GET", "/", None, {"host": host}).status == 200
        assert ask(contract.endpoint, "GET", OPERATIONS, None, {"host": "other.example"}).status == 403
    finally:
        contract.stop()


@pytest.mark.parametrize("name", ["", "a b", "a:80", "[::1]:80", "http://a", "[::1"])
def test_what_is_no_host_cannot_be_allowed(name: str) -> None:
    with pytest.raises(ValueError, match="no name or address"):
        running(allow_hosts=(name,))


@pytest.mark.parametrize("path", ["/", OPERATIONS, "/nowhere", "/$contract/requests"])
def test_a_header_of_an_answer_stands_there_once(endpoint: str, path: str) -> None:
    answer = lines(endpoint, "Host: localhost", target=path)
    names = [line.partition(b":")[0] for line in answer.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]]
    assert names.count(b"cache-control") == 1
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "application/json; charset=utf-8",
        'APPLICATION/JSON;charset="UTF-8"',
        "application/x+json",
    ],
)
def test_json_in_utf_8_is_read(endpoint: str, kind: str) -> None:
    assert ask(endpoint, "POST", EXPORT, export(), {"content-type": kind}).status == 200
    assert ask(endpoint, "POST", EXPORT, b"a=1", {"content-type": kind}).rule == "malformed-json"


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/octet-stream"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json, text/plain"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": ""},
        {"content-encoding": "gzip"},
    ],
)
def test_a_body_in_another_form_is_not_looked_at(
    earthengine_contract: EarthEngineContract, endpoint: str, headers: dict[str, str]
) -> None:
    answer = ask(endpoint, "POST", EXPORT, b"\xff not JSON", headers)
    assert (answer.status, answer.rule, answer.error["status"]) == (400, "media-type", "INVALID_ARGUMENT")
    assert earthengine_contract.requests[-1].body is None
    assert earthengine_contract.operations == ()
    earthengine_contract.relax("media-type")
    assert ask(endpoint, "POST", EXPORT, export(), headers).status == 200


def test_a_body_without_a_content_type_is_not_looked_at(endpoint: str) -> None:
    sent = f"POST {EXPORT} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{{}}"
    assert b"x-groundwire-rule: media-type" in raw(endpoint, sent.encode())


def test_the_names_of_a_form_count_as_query_parameters(endpoint: str) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = ask(endpoint, "POST", EXPORT, b'{"description": "d"}', form)
    assert answer.rule == "unknown-parameter"
    assert answer.message.startswith(
        'Invalid JSON payload received. Unknown name "{"description": "d"}": Cannot bind query parameter.'
    )
    assert ask(endpoint, "POST", EXPORT, b"prettyPrint=false", form).status == 200
    assert ask(endpoint, "POST", EXPORT, b"a=1&" * 2000, form).rule == "media-type"


def test_no_credentials_are_wanted_and_none_are_kept(
    earthengine_contract: EarthEngineContract, endpoint: str
) -> None:
    secret = "ya29.secret"
    assert ask(endpoint, "GET", OPERATIONS).status == 200
    ask(
        endpoint,
        "GET",
        f"{OPERATIONS}?access_token={secret}&key={secret}",
        None,
        {"authorization": f"Bearer {secret}"},
    )
    assert [made.verdict for made in earthengine_contract.requests] == ["accepted", "accepted"]
    assert secret not in repr(earthengine_contract.requests)


def test_answers_are_pretty_unless_told_otherwise(endpoint: str) -> None:
    pretty, compact = (
        ask(endpoint, "GET", f"{path}")
        for path in (f"/v1beta/{PROJECT}/operations/x", f"/v1beta/{PROJECT}/operations/x?prettyPrint=false")
    )
    assert pretty.json == compact.json
    assert pretty.body.startswith(b'{\n  "error"')
    assert compact.body.startswith(b'{"error":{')
    assert pretty.headers["x-content-type-options"] == "nosniff"


def test_many_callers_get_an_operation_each(earthengine_contract: EarthEngineContract, endpoint: str) -> None:
    names: list[str] = []

    def start() -> None:
        for _ in range(5):
            names.append(ask(endpoint, "POST", EXPORT, export()).json["name"])  # noqa: PERF401 - one at a time

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(names)) == 80
    assert {found.name for found in earthengine_contract.operations} == set(names)
