from __future__ import annotations

import gc
import gzip
import http.client as http_client
import json
import os
import signal
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
from groundwire import Client
from groundwire_runtime.clock import SYSTEM
from groundwire_runtime.errors import ArgumentError, DecodeError, TransportError
from groundwire_runtime.http import Request, Response
from groundwire_runtime.transport import UrllibTransport

from tests.runtime.doubles import RetryTransport

from .doubles import Time
from .wire import RESET, Reply, Wire, cut, echo, http, plain

CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
UNSIZED = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"


def request(url: str, verb: str = "GET", *, seconds: float = 5.0, **headers: str) -> Request:
    return Request(
        method_id="shop.books.get",
        verb=verb,
        url=url,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        safe_to_retry=True,
        deadline=SYSTEM.monotonic() + seconds,
    )


@contextmanager
def talking(
    *answers: Reply, max_response: int = 1 << 20, connections: int = 2
) -> Iterator[tuple[Wire, UrllibTransport]]:
    transport = UrllibTransport(max_response=max_response, connections=connections)
    with Wire(answers or [plain()]) as wire, closing(transport):
        yield wire, transport


def test_a_request_and_its_answer_travel_unchanged() -> None:
    with talking(plain(b'{"a": 1}', "404 Not Found", x_note="hi")) as (wire, transport):
        sent = Request(
            method_id="m",
            verb="PATCH",
            url=f"{wire.url}/v1/a%2Fb?c=%20d",
            headers={"x-a": "b"},
            body=b"\x00\xff",
        )
        got = transport.send(sent)
    assert (got.status, got.body, got.headers["x-note"]) == (404, b'{"a": 1}', "hi")
    head, _, body = wire.requests[0].partition(b"\r\n\r\n")
    assert (head.split(b"\r\n")[0], body) == (b"PATCH /v1/a%2Fb?c=%20d HTTP/1.1", b"\x00\xff")
    assert wire.header("x-a") == "b"


def test_a_url_without_a_path_asks_for_the_root() -> None:
    with talking() as (wire, transport):
        transport.send(request(wire.url))
        transport.send(request(f"{wire.url}?a=b"))
    assert wire.paths == ["/", "/?a=b"]


def test_a_connection_is_used_again() -> None:
    with talking() as (wire, transport):
        for _ in range(5):
            transport.send(request(wire.url))
    assert (len(wire.requests), wire.connections) == (5, 1)


def test_an_answer_to_head_has_no_body_whatever_its_length_says() -> None:
    with talking(plain(b"", content_length="2"), plain()) as (wire, transport):
        assert transport.send(request(wire.url, "HEAD")).headers["content-length"] == "2"
        assert transport.send(request(wire.url)).status == 200
    assert wire.connections == 1


def test_the_standard_library_s_own_debugging_still_shows_what_travels(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(http_client.HTTPConnection, "debuglevel", 1)
    with talking() as (wire, transport):
        transport.send(request(wire.url))
    assert "reply: 'HTTP/1.1 200 OK" in capsys.readouterr().out


@pytest.mark.parametrize("failures", [1, 2])
def test_a_reset_before_the_answer_is_retried(failures: int) -> None:
    with talking(*[RESET] * failures, plain(b"[1]")) as (wire, transport):
        got = RetryTransport(transport, clock=Time(now=SYSTEM.monotonic()).clock()).send(
            request(wire.url, seconds=300)
        )
    assert (got.body, len(wire.requests)) == (b"[1]", failures + 1)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(http(b'{"a": 1')[:-3], id="fewer bytes than announced"),
        pytest.param(UNSIZED + b'{"a": ', id="JSON that ends with the connection, cut"),
        pytest.param(CHUNKED + b'8\r\n{"a": 1', id="chunk cut"),
        pytest.param(CHUNKED + b'8\r\n{"a": 1}\r\n', id="no last chunk"),
        pytest.param(CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n", id="chunk size that is no number"),
        pytest.param(CHUNKED + b"-5\r\n{}\r\n0\r\n\r\n", id="chunk size below zero"),
        pytest.param(CHUNKED + b"-1\r\n{}\r\n0\r\n\r\n", id="chunk size of minus one"),
        pytest.param(http(gzip.compress(b"{}"), content_encoding="gzip", sized=False)[:-6], id="gzip cut"),
        pytest.param(
            http(gzip.compress(b"{}")[:8], content_encoding="gzip", sized=False), id="gzip cut in its head"
        ),
        pytest.param(
            http(b"\x1f\x8b" + b"\x00" * 30, content_encoding="gzip", sized=False), id="gzip damaged"
        ),
        pytest.param(
            http(gzip.compress(b"{}") + b"more", content_encoding="gzip", sized=False), id="bytes after gzip"
        ),
        pytest.param(http(b"{}", content_encoding="br"), id="encoding that was not asked for"),
        pytest.param(b"HTTP/1.1 200 OK\r\ncontent-ty", id="head cut"),
        pytest.param(b"HTTP/1.1 200", id="status line cut"),
    ],
)
def test_a_damaged_answer_is_a_transport_error_that_may_have_arrived(data: bytes) -> None:
    with talking(cut(data), plain(b"[2]"), connections=1) as (wire, transport):
        with pytest.raises(TransportError) as caught:
            transport.send(request(wire.url))
        assert caught.value.sent
        assert transport.send(request(wire.url)).body == b"[2]", "the next call is not disturbed"
    assert wire.connections == 2


def test_an_answer_cut_at_any_byte_is_whole_or_a_typed_error() -> None:
    reply = http(json.dumps({"name": "x" * 56}), x_padding="y" * 48)
    assert len(reply) == 200
    with talking(*(cut(reply[:end]) for end in range(len(reply) + 1))) as (wire, transport):
        outcomes = [_outcome(transport, wire.url) for _ in range(len(reply) + 1)]
    assert outcomes[-1] == reply[-len(outcomes[-1]) :] != b""
    assert outcomes[:-1] == [b""] * len(reply)


def _outcome(transport: UrllibTransport, url: str) -> bytes:
    try:
        return transport.send(request(url)).body or b"nothing, as if it were whole"
    except TransportError:
        return b""


@pytest.mark.parametrize("kind", ["application/json", "text/html"])
def test_a_client_never_takes_an_answer_cut_off_for_a_message(kind: str) -> None:
    data = b"HTTP/1.1 200 OK\r\ncontent-type: " + kind.encode() + b'\r\n\r\n{"name": "projects/p/opera'
    expected = TransportError if "json" in kind else DecodeError
    with Wire([cut(data)]) as wire, Client(endpoint=wire.url) as client, pytest.raises(expected):
        client.projects.operations.get("projects/p/operations/o", retry=None)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 101 + b"\r\n", id="101 headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nx-a: " + b"b" * 65536 + b"\r\n\r\n", id="a header of 64 KB"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 abc\r\n\r\n", id="status that is no number"),
        pytest.param(b"<html>hello</html>\r\n", id="no head"),
        pytest.param(http(b"{}", content_length="2\r\nContent-Length: 3") + b"}", id="two lengths"),
        pytest.param(http(b"{}", content_length="2, 3") + b"}", id="two lengths in one"),
        pytest.param(http(b"{}", content_length="-2"), id="length below zero"),
        pytest.param(http(b"{}", content_length="\xb2"), id="length of a digit that is no ASCII"),
        pytest.param(http(b"{}", sized=False, transfer_encoding="gzip, chunked"), id="unknown coding"),
        pytest.param(
            http(b"2\r\n{}\r\n0\r\n\r\n", transfer_encoding="chunked"), id="a length, and chunks as well"
        ),
    ],
)
def test_an_answer_that_breaks_http_is_not_asked_for_again(data: bytes) -> None:
    with talking(Reply(pieces=[data], then="close"), plain(b"[2]"), connections=1) as (wire, transport):
        with pytest.raises(TransportError) as caught:
            RetryTransport(transport, clock=Time(now=SYSTEM.monotonic()).clock()).send(
                request(wire.url, seconds=300)
            )
        assert len(wire.requests) == 1
        assert (caught.value.sent, caught.value.retryable) == (True, False)
        assert transport.send(request(wire.url)).body == b"[2]"
    assert wire.connections == 2


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Again", "308 Moved"])
def test_a_redirect_is_not_followed(status: str) -> None:
    with Wire() as other, talking(plain(b"", status, location=f"{other.url}/stolen")) as (wire, transport):
        got = transport.send(request(wire.url, "POST", authorization="Bearer canary"))
        assert got.status == int(status[:3])
    assert (other.connections, len(wire.requests)) == (0, 1)


@pytest.mark.parametrize("text", ["a\r\nx-evil: 1", "a\nb", "a\rb", "a\0b", "a\tb", "é", "\x7f", "\ud800"])
@pytest.mark.parametrize("in_name", [False, True])
def test_a_header_that_cannot_be_sent_is_refused_before_a_connection(text: str, in_name: bool) -> None:
    headers = {f"x-{text}": "v"} if in_name else {"x-a": text}
    with talking() as (wire, transport), pytest.raises(ArgumentError, match="nothing was sent"):
        transport.send(request(wire.url, seconds=5, **headers))
    assert (wire.connections, wire.requests) == (0, [])


def test_open_sockets_stay_within_the_limit() -> None:
    busy = threading.Semaphore(0)

    def answer(_: bytes) -> Reply:
        busy.release()
        return Reply(pieces=[http()], held=True)

    transport = UrllibTransport(connections=4)
    with Wire(answer) as wire, closing(transport), ThreadPoolExecutor(16) as threads:
        calls = [threads.submit(transport.send, request(wire.url)) for _ in range(64)]
        assert all(busy.acquire(timeout=5) for _ in range(4))
        assert not busy.acquire(timeout=0.1), "a fifth call waits for a connection"
        wire.release.set()
        assert [call.result(5).status for call in calls] == [200] * 64
    assert (wire.most_open, wire.connections) == (4, 4)


def test_threads_never_get_the_answer_of_another() -> None:
    transport = UrllibTransport(connections=8)

    def calls(thread: int) -> list[bytes]:
        return [transport.send(request(f"{wire.url}/{thread}/{n}")).body for n in range(50)]

    with Wire(echo) as wire, closing(transport), ThreadPoolExecutor(16) as threads:
        got = list(threads.map(calls, range(16)))
    assert got == [[f"/{thread}/{n}".encode() for n in range(50)] for thread in range(16)]
    assert wire.most_open <= 8


def test_after_a_fork_the_parents_connections_stay_open_and_unused() -> None:
    with talking() as (wire, transport):
        for forks in (1, 2):
            transport.send(request(wire.url))
            transport.after_fork()
            gc.collect()
            assert not wire.closed.acquire(timeout=0.02)
            assert wire.connections == forks
        transport.send(request(wire.url))
        assert wire.connections == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_forked_process_never_shares_a_connection() -> None:
    transport = UrllibTransport()
    with Wire(echo) as wire, closing(transport):
        transport.send(request(wire.url))
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # threads of the server are of no use to the child
            child = os.fork()
        if child == 0:
            signal.alarm(10)
            os._exit(0 if _echoed(transport, wire.url, "child") else 1)
        mine = _echoed(transport, wire.url, "parent")
        _, status = os.waitpid(child, 0)
    assert mine
    assert os.waitstatus_to_exitcode(status) == 0
    assert wire.connections == 2


def _echoed(transport: UrllibTransport, url: str, who: str) -> bool:
    try:
        got: list[Response] = [transport.send(request(f"{url}/{who}/{n}")) for n in range(100)]
    except BaseException:  # noqa: BLE001 - a child must not go on as a second test run
        return False
    return [each.body for each in got] == [f"/{who}/{n}".encode() for n in range(100)]
