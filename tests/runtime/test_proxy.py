"""Calls through a proxy, which differ from others in nothing but their way."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from groundwire_runtime.clock import SYSTEM
from groundwire_runtime.errors import DeadlineReached, ResponseTooLarge, TransportError
from groundwire_runtime.http import Request
from groundwire_runtime.transport import Proxy, UrllibTransport, proxy_for

from . import wire as wires
from .wire import SILENCE, Reply, Wire, http, plain
from .wire.authority import authority
from .wire.proxy import Proxy as ProxyServer

HOST = "shop.test"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def request(url: str, verb: str = "GET", *, seconds: float = 5.0, **facts: object) -> Request:
    return Request(method_id="m", verb=verb, url=url, deadline=SYSTEM.monotonic() + seconds, **facts)  # type: ignore[arg-type] # a test's own


@contextmanager
def through(
    monkeypatch: pytest.MonkeyPatch, answers: wires.Answers, **options: int
) -> Iterator[tuple[Wire, ProxyServer, UrllibTransport]]:
    """A TLS server behind a proxy, and a transport that must go through it."""
    with (
        Wire(answers, tls=authority().server(HOST)) as wire,
        ProxyServer(names={f"{HOST}:443": wire.port}) as proxy,
        closing(UrllibTransport(tls=authority().client(), **options)) as transport,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        yield wire, proxy, transport


def test_a_call_arrives_as_it_would_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with through(monkeypatch, [plain(b"[1]")]) as (wire, proxy, transport):
        for _ in range(2):
            sent = request(f"https://{HOST}/v1/a?b=c", "POST", headers={"x-a": "b"}, body=b"\x00\xff")
            assert transport.send(sent).body == b"[1]"
        assert (len(proxy.asked), wire.connections) == (1, 1), "the tunnel is used again"
    head, _, body = wire.requests[1].partition(b"\r\n\r\n")
    assert (head.split(b"\r\n")[0], body) == (b"POST /v1/a?b=c HTTP/1.1", b"\x00\xff")
    assert wire.header("x-a") == "b"


def test_a_packed_answer_is_unpacked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with through(monkeypatch, [plain(gzip.compress(b"{}"), content_encoding="gzip")]) as (_, _, transport):
        assert transport.send(request(f"https://{HOST}/")).body == b"{}"


def test_an_answer_too_large_is_refused_and_its_tunnel_not_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = [plain(b"0" * 1001), plain(b"[2]")]
    with through(monkeypatch, answers, max_response=1000) as (_, proxy, transport):
        with pytest.raises(ResponseTooLarge, match=r"^m: the answer has more than 1000 bytes"):
            transport.send(request(f"https://{HOST}/"))
        assert transport.send(request(f"https://{HOST}/")).body == b"[2]"
        assert len(proxy.asked) == 2


def test_waiting_for_a_tunnel_of_the_pool_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    arrived = threading.Event()

    def answer(_: bytes) -> Reply:
        arrived.set()
        return Reply(pieces=[http()], held=True)

    with through(monkeypatch, answer, connections=1) as (wire, proxy, transport):
        first = threading.Thread(target=transport.send, args=(request(f"https://{HOST}/"),))
        first.start()
        assert arrived.wait(5)
        with pytest.raises(DeadlineReached):
            transport.send(request(f"https://{HOST}/", seconds=0.1))
        wire.release.set()
        first.join(5)
        assert len(proxy.asked) == 1


def test_plain_http_is_asked_of_the_proxy_itself_and_held_to_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Wire([plain(b"[1]"), SILENCE]) as proxy, closing(UrllibTransport()) as transport:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert transport.send(request(f"http://{HOST}/a")).body == b"[1]"
        assert proxy.paths == [f"http://{HOST}/a"]
        with pytest.raises(DeadlineReached):
            transport.send(request(f"http://{HOST}/a", seconds=0.1))


def test_a_fault_says_that_it_came_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with ProxyServer(names={}) as proxy, closing(UrllibTransport()) as transport:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(TransportError, match=r"^m: no answer through the proxy \(\w+\)") as caught:
            transport.send(request(f"https://{HOST}/"))
    assert "proxy settings" in caught.value.hint


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:1", "http://127.0.0.1:port"])
def test_an_address_that_is_none_of_a_proxy_is_told_of(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with (
        closing(UrllibTransport()) as transport,
        pytest.raises(TransportError, match="the endpoint or the proxy cannot be used") as caught,
    ):
        transport.send(request(f"https://{HOST}/"))
    assert "http://host:port or https://host:port" in caught.value.hint


@pytest.mark.parametrize(
    ("address", "proxy"),
    [
        ("http://p.test:1", Proxy("http://p.test:1")),
        ("p.test:1", Proxy("http://p.test:1")),
        ("https://p.test:1", Proxy("https://p.test:1")),
        ("http://u:p@p.test:1", Proxy("http://p.test:1", "Basic dTpw")),
        ("http://u:a%40b@p.test:1", Proxy("http://p.test:1", "Basic dTphQGI=")),
        ("http://u:a@b@p.test:1", Proxy("http://p.test:1", "Basic dTphQGI=")),
        ("http://u:a://b@p.test:1", Proxy("http://p.test:1", "Basic dTphOi8vYg==")),
    ],
)
def test_a_login_leaves_the_address_for_a_header(
    monkeypatch: pytest.MonkeyPatch, address: str, proxy: Proxy
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    assert proxy_for(f"https://{HOST}/") == proxy


@pytest.mark.parametrize(
    ("variables", "url", "found"),
    [
        ({"HTTPS_PROXY": "http://a.test", "HTTP_PROXY": "http://b.test"}, "https://s.test/", "http://a.test"),
        ({"HTTPS_PROXY": "http://a.test", "HTTP_PROXY": "http://b.test"}, "http://s.test/", "http://b.test"),
        ({"ALL_PROXY": "http://a.test", "HTTP_PROXY": "http://b.test"}, "https://s.test/", "http://a.test"),
        ({"HTTPS_PROXY": "http://a.test", "NO_PROXY": "s.test"}, "https://s.test/", None),
        ({"HTTPS_PROXY": "http://a.test", "NO_PROXY": "s.test:1"}, "https://s.test:1/", None),
        ({"HTTPS_PROXY": "http://a.test", "NO_PROXY": "s.test:1"}, "https://u:p@s.test:1/", None),
        ({}, "https://s.test/", None),
    ],
)
def test_the_environment_says_which_proxy_a_url_has(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str, found: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == (None if found is None else Proxy(found))
