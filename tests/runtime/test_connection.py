"""A connection: a body leaves it once and whole, and an answer is of its own request."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from groundwire_runtime.bounded_response import INTERIM, INTERIM_BYTES
from groundwire_runtime.errors import TransportError
from groundwire_runtime.http import Request
from groundwire_runtime.transport import UrllibTransport

from .test_transport import request, talking
from .wire import RESET, Answers, Reply, Wire, chunked, cut, http, interim, plain
from .wire.authority import authority
from .wire.proxy import Proxy

HOST = "shop.test"
WAYS = pytest.mark.parametrize("way", ["plain", "TLS", "proxy"])


@contextmanager
def over(
    way: str, answers: Answers, monkeypatch: pytest.MonkeyPatch, connections: int = 1
) -> Iterator[tuple[Wire, str, UrllibTransport]]:
    """A server, its URL, and a transport that reaches it in the clear, over TLS, or over TLS through a proxy."""
    tls = None if way == "plain" else authority().server(HOST)
    transport = UrllibTransport(tls=authority().client(), connections=connections)
    with Wire(answers, tls=tls) as wire, closing(transport):
        if way != "proxy":
            yield wire, wire.url, transport
            return
        with Proxy(names={f"{HOST}:443": wire.port}) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            yield wire, f"https://{HOST}", transport


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 3_000_000])
def test_a_body_of_any_size_arrives_once_and_whole(size: int) -> None:
    body = bytes(index % 251 for index in range(size))
    with talking(plain()) as (wire, transport):
        for _ in range(2):
            transport.send(Request(method_id="m", verb="POST", url=wire.url, body=body))
    assert [each.partition(b"\r\n\r\n")[2] == body for each in wire.requests] == [True, True]
    assert wire.header("content-length") == str(size)
    assert wire.connections == 1


def test_nothing_is_left_on_a_connection_that_is_opened_again() -> None:
    with talking(RESET, plain(), connections=1) as (wire, transport):
        with pytest.raises(TransportError):
            transport.send(Request(method_id="m", verb="POST", url=wire.url, body=b"a"))
        transport.send(Request(method_id="m", verb="GET", url=wire.url))
    assert wire.requests[1].endswith(b"\r\n\r\n")


def test_a_body_that_was_not_sent_does_not_follow_another_request() -> None:
    with talking(plain()) as (wire, transport):
        for name in ("bad\nname", "good"):
            sent = Request(method_id="m", verb="POST", url=f"{wire.url}/{name}", body=name.encode())
            with suppress(TransportError):
                transport.send(sent)
    assert [each.partition(b"\r\n\r\n")[2] for each in wire.requests[-1:]] == [b"good"]


@WAYS
@pytest.mark.parametrize(
    "before",
    [
        pytest.param(interim("102 Processing"), id="102"),
        pytest.param(interim(link="</a>; rel=preload", x_a="b"), id="103 with headers"),
        pytest.param(interim("100 Continue") + interim("102 P") + interim() + interim("199 ?"), id="several"),
        pytest.param(interim() * INTERIM, id="as many as may be"),
        pytest.param(interim(x_a="b" * 60_000) * 4, id="long headers"),
        pytest.param(
            interim(content_length="2", transfer_encoding="chunked"), id="a length that says nothing"
        ),
    ],
)
@pytest.mark.parametrize("apart", [False, True])
def test_interim_answers_are_read_past(
    monkeypatch: pytest.MonkeyPatch, way: str, before: bytes, apart: bool
) -> None:
    def answers(request: bytes) -> Reply:
        final = http(request.split(b" ")[1])
        return Reply(pieces=[before, final] if apart else [before + final])

    with over(way, answers, monkeypatch) as (wire, url, transport):
        got = [transport.send(request(f"{url}/{number}")) for number in range(3)]
        assert wire.connections == 1
    assert [(each.status, each.body) for each in got] == [(200, b"/0"), (200, b"/1"), (200, b"/2")]


def flood() -> Iterator[bytes]:
    while True:
        yield interim() * 50


@WAYS
@pytest.mark.parametrize(
    ("before", "says"),
    [
        pytest.param(interim("101 Switching Protocols", upgrade="h2c"), "a switch of protocols", id="101"),
        pytest.param(interim() + interim("101 Switching"), "a switch of protocols", id="101 after 103"),
        pytest.param(interim() * (INTERIM + 1), f"more than {INTERIM} interim answers", id="one too many"),
        pytest.param(interim(x_a="b" * INTERIM_BYTES), f"more than {INTERIM_BYTES} bytes", id="a long line"),
        pytest.param(interim(x_a="b" * 60_000) * 5, f"more than {INTERIM_BYTES} bytes", id="long heads"),
        pytest.param(None, f"more than {INTERIM} interim answers", id="a flood"),
    ],
)
def test_interim_answers_without_an_end_and_switches_of_protocols_are_refused(
    monkeypatch: pytest.MonkeyPatch, way: str, before: bytes | None, says: str
) -> None:
    def answers(request: bytes) -> Reply:
        if b"/bad" not in request:
            return plain(request.split(b" ")[1])
        return Reply(pieces=flood() if before is None else [before, http(b"{}")])  # type: ignore[arg-type] # without end

    with over(way, answers, monkeypatch) as (wire, url, transport):
        with pytest.raises(
            TransportError, match=rf"^shop\.books\.get: the answer is not HTTP \(.*{says}"
        ) as caught:
            transport.send(request(f"{url}/bad"))
        assert (caught.value.sent, caught.value.retryable) == (True, False)
        assert transport.send(request(f"{url}/next")).body == b"/next"
        assert wire.connections == 2


@pytest.mark.parametrize("end", range(1, len(interim(x_a="b"))))
def test_an_interim_answer_cut_off_may_be_asked_for_again(end: int) -> None:
    with talking(cut(interim() + interim(x_a="b")[:end])) as (wire, transport):
        with pytest.raises(TransportError, match="no answer") as caught:
            transport.send(request(wire.url))
        assert (caught.value.sent, caught.value.retryable) == (True, True)


@pytest.mark.parametrize(
    ("before", "behind"), [(interim() * 3, b""), (b"", b"x"), (interim("101 Switch"), b"")]
)
def test_the_answer_of_a_proxy_is_held_to_the_same(
    monkeypatch: pytest.MonkeyPatch, before: bytes, behind: bytes
) -> None:
    with (
        Wire(tls=authority().server(HOST)) as wire,
        Proxy(names={f"{HOST}:443": wire.port}, before=before, behind=behind) as proxy,
        closing(UrllibTransport(tls=authority().client())) as transport,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        if before == interim() * 3:
            assert transport.send(request(f"https://{HOST}/")).status == 200
            return
        with pytest.raises(TransportError, match="no answer") as caught:
            transport.send(request(f"https://{HOST}/"))
        assert not caught.value.sent
        assert wire.requests == []


@pytest.mark.parametrize(("behind", "connections"), [(b"", 1), (http(b'"stolen"'), 2), (b"x", 2)])
def test_bytes_that_nobody_asked_for_are_seen_through_two_layers_of_tls(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, behind: bytes, connections: int
) -> None:
    (tmp_path / "ca.pem").write_text(authority().pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))

    def answers(request: bytes) -> Reply:
        return Reply(pieces=[http(request.split(b" ")[1]) + (behind if b"/first" in request else b"")])

    with (
        Wire(answers, tls=authority().server(HOST)) as wire,
        Proxy(names={f"{HOST}:443": wire.port}, tls=authority().server()) as proxy,
        closing(UrllibTransport(tls=authority().client())) as transport,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        for name in ("/first", "/second", "/third"):
            assert transport.send(request(f"https://{HOST}{name}")).body == name.encode()
        assert wire.connections == connections


UNASKED = {
    "another answer": ("GET", http(b"{}") + http(b'"stolen"')),
    "a byte": ("GET", http(b"{}") + b"x"),
    "an end of line": ("GET", http(b"{}") + b"\r\n"),
    "an interim answer": ("GET", http(b"{}") + interim()),
    "more than is read ahead": ("GET", http(b"{}") + http(b'"stolen"') * 2_000),
    "an answer behind a large one": ("GET", http(b" " * 3_000_000) + http(b'"stolen"')),
    "an answer behind chunks": ("GET", chunked(b"{}") + http(b'"stolen"')),
    "an answer behind a packed one": (
        "GET",
        http(gzip.compress(b"{}"), content_encoding="gzip") + http(b'"stolen"'),
    ),
    "the body of an answer to HEAD": ("HEAD", http(b'HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n"stolen"')),
    "the body of a 204": (
        "GET",
        http(b'HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n"stolen"', "204 No Content"),
    ),
    "the body of a 304": ("GET", http(b"{}", "304 Not Modified")),
    "an answer behind an error": ("GET", http(b"{}", "503 Busy") + http(b'"stolen"')),
}


@WAYS
@pytest.mark.parametrize("unasked", UNASKED)
def test_a_connection_with_bytes_that_nobody_asked_for_is_not_used_again(
    monkeypatch: pytest.MonkeyPatch, way: str, unasked: str
) -> None:
    verb, data = UNASKED[unasked]

    def answers(request: bytes) -> Reply:
        return Reply(pieces=[data]) if b"/first" in request else plain(request.split(b" ")[1])

    with over(way, answers, monkeypatch) as (wire, url, transport):
        transport.send(request(f"{url}/first", verb))
        for name in ("/second", "/third"):
            assert transport.send(request(f"{url}{name}")).body == name.encode()
        assert wire.connections == 2


@pytest.mark.parametrize("way", ["plain", "TLS"])
@pytest.mark.parametrize("data", [http(b'"stolen"'), http(b"{}", "408 Too late"), b"\r\n", b"\0" * 100_000])
def test_bytes_that_come_to_an_idle_connection_end_it(
    monkeypatch: pytest.MonkeyPatch, way: str, data: bytes
) -> None:
    idle, arrived = threading.Event(), threading.Event()

    def unasked() -> Iterator[bytes]:
        yield http(b'"first"')
        idle.wait(10)
        yield data
        arrived.set()
        yield b""

    def answers(request: bytes) -> Reply:
        if b"/first" not in request:
            return plain(request.split(b" ")[1])
        return Reply(pieces=unasked())  # type: ignore[arg-type] # one after the other

    with over(way, answers, monkeypatch) as (wire, url, transport):
        assert transport.send(request(f"{url}/first")).body == b'"first"'
        idle.set()
        assert arrived.wait(10)
        assert transport.send(request(f"{url}/second")).body == b"/second"
        assert wire.connections == 2


@WAYS
@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
@pytest.mark.parametrize("headers", [{"content_length": "8"}, {"transfer_encoding": "chunked"}])
def test_an_answer_without_a_body_that_announces_one_is_the_last(
    monkeypatch: pytest.MonkeyPatch, way: str, status: str, headers: dict[str, str]
) -> None:
    """The body may come when the connection is another call's."""
    head = Reply(pieces=[http(b"", status, sized=False, **headers)])
    with over(way, [head, plain(b"[2]")], monkeypatch) as (wire, url, transport):
        assert transport.send(request(url)).body == b""
        assert transport.send(request(url)).body == b"[2]"
        assert wire.connections == 2
