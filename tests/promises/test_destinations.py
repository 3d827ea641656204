"""Rows 18, 19, 24, 25, 28 and 29: where bytes go, and where they never do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import product
from urllib.parse import urlsplit

import pytest
from groundwire import Client, Operation, credentials
from groundwire_runtime.errors import ApiError, ArgumentError, AuthError, GroundwireError, TransportError
from groundwire_runtime.http import Request
from groundwire_runtime.transport import UrllibTransport, proxy_for

from ..runtime.wire import Wire, plain
from ..runtime.wire.authority import Authority, authority
from ..runtime.wire.proxy import Proxy
from .plugin import Measured
from .shop import CALLS, EXPORT, NAME, TOKEN, client, named

REDIRECTS = ("301 Moved", "302 Found", "303 See Other", "307 Again", "308 Moved")
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@contextmanager
def elsewhere() -> Iterator[Wire]:
    """A server that no byte may reach."""
    with Wire() as other:
        yield other
        assert (other.connections, other.requests) == (0, [])


@pytest.mark.promise(18, 19)
def test_no_redirect_is_followed(measured: Measured) -> None:
    calls = 0
    with elsewhere() as other:
        for call, status in product(CALLS.values(), REDIRECTS):
            for location in (f"{other.url}/stolen", f"//127.0.0.1:{other.port}/stolen"):
                with Wire([plain(b"", status, location=location)]) as wire, client(wire.url) as one:
                    with pytest.raises(ApiError, match=r"redirected to 127\.0\.0\.1"):
                        call.make(one)
                    assert len(wire.requests) == 1
                    calls += 1
    measured(f"0 bytes: {calls} redirects of {len(CALLS)} methods")


@pytest.mark.promise(18)
def test_nothing_that_a_server_or_a_caller_names_leads_elsewhere(measured: Measured) -> None:
    tries = 0
    with elsewhere() as other:
        place = f"127.0.0.1:{other.port}"
        for name in (
            f"{other.url}/x",
            f"//{place}/x",
            f"@{place}/x",
            f"projects/p/operations/A@{place}/../x",
        ):
            tries += _named_by_a_server(name) + _named_by_a_caller(name)
        for token in (other.url, f"&x=//{place}", f"#@{place}", "\r\nhost: evil"):
            tries += _paged(token)
        for endpoint in (f"http://127.0.0.1@{place}", f"http://{place}\\@127.0.0.1", f"http://a:b@{place}"):
            with pytest.raises(ArgumentError):
                client(endpoint)
            tries += 1
    measured(f"0 bytes: {tries} operation names, page tokens and endpoints")


def _named_by_a_server(name: str) -> int:
    with Wire([plain(json.dumps({"name": name}).encode())]) as wire, client(wire.url) as one:
        operation = one.projects.image.export(EXPORT)
        with pytest.raises(GroundwireError):
            one.wait(operation, timeout=1)
        assert len(wire.requests) == 1
    return 1


def _named_by_a_caller(name: str) -> int:
    with Wire() as wire, client(wire.url) as one:
        with pytest.raises(ArgumentError):
            one.wait(Operation(name=name), timeout=1)
        with pytest.raises(ArgumentError):
            one.projects.operations.get(name)
        assert wire.connections == 0
    return 2


def _paged(token: str) -> int:
    pages = [plain(json.dumps({"nextPageToken": token}).encode()), plain()]
    with Wire(pages) as wire, client(wire.url) as one:
        list(one.projects.operations.list())
        assert len(wire.requests) == 2
        assert wire.header("host") == f"127.0.0.1:{wire.port}"
        assert b"\nhost: evil" not in wire.requests[1]
    return 1


@pytest.mark.promise(24)
@pytest.mark.parametrize("case", ["https_proxy", "HTTPS_PROXY", "ALL_PROXY", "no scheme", "login"])
def test_a_proxy_of_the_environment_is_used(
    measured: Measured, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    host = "earthengine.test"
    with (
        Wire(named, tls=authority().server(host)) as wire,
        Proxy(
            names={f"{host}:443": wire.port}, login="user:pass canary-" if case == "login" else None
        ) as proxy,
        client(f"https://{host}", tls=authority().client()) as one,
    ):
        url = {
            "no scheme": f"127.0.0.1:{proxy.port}",
            "login": f"http://user:pass%20canary-@127.0.0.1:{proxy.port}",
        }
        _environment(
            monkeypatch, {case if "PROXY" in case.upper() else "HTTPS_PROXY": url.get(case, proxy.url)}
        )
        assert one.projects.operations.get(NAME).name == NAME
        assert proxy.asked == [f"CONNECT {host}:443"]
        assert not any(TOKEN.encode() in head for head in proxy.heads)
    measured(f"{case}: through the proxy, the token inside TLS alone")


def _environment(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@pytest.mark.promise(24)
@pytest.mark.parametrize("bypass", ["0.0.0.0", "0.0.0.0:{port}", "other.test, 0.0.0.0", "*"])  # noqa: S104 - a name
def test_no_proxy_is_honoured(measured: Measured, monkeypatch: pytest.MonkeyPatch, bypass: str) -> None:
    # The one address of this machine that does not count as loopback.
    with Wire(named, tls=authority().server()) as wire, Proxy(names={}) as proxy:
        host = f"0.0.0.0:{wire.port}"
        _environment(
            monkeypatch, {"HTTPS_PROXY": proxy.url, "NO_PROXY": bypass.replace("{port}", str(wire.port))}
        )
        with client(f"https://{host}", tls=authority().client()) as one:
            assert one.projects.operations.get(NAME).name == NAME
            assert proxy.asked == []
            monkeypatch.setenv("NO_PROXY", "other.test")
            with pytest.raises(TransportError) as caught:
                one.projects.operations.get(NAME, retry=None)
        assert proxy.asked == [f"CONNECT {host}"]
        assert not caught.value.sent
    measured("NO_PROXY by host, by host and port, in a list, for all")


@pytest.mark.promise(24)
def test_loopback_and_the_metadata_server_are_never_proxied(
    measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Wire(named) as wire, Proxy() as proxy, client(wire.url) as one:
        _environment(monkeypatch, dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), proxy.url))
        assert one.projects.operations.get(NAME).name == NAME
        assert proxy.asked == []
        for host in ("169.254.169.254", "metadata.google.internal", "localhost", "[::1]"):
            assert proxy_for(f"http://{host}/computeMetadata/v1") is None
        assert proxy_for("http://shop.test/") is not None
    measured("loopback and the metadata server: never")


@pytest.mark.parametrize(
    ("url", "retryable"),
    [("socks5://127.0.0.1:1", False), ("http://127.0.0.1:port", False), ("http://127.0.0.1:1", True)],
)
def test_a_proxy_that_cannot_be_used_is_a_typed_error(
    monkeypatch: pytest.MonkeyPatch, url: str, retryable: bool
) -> None:
    _environment(monkeypatch, {"HTTPS_PROXY": url})
    with client("https://shop.test", retry=None) as one, pytest.raises(TransportError) as caught:
        one.projects.operations.get(NAME)
    assert (caught.value.sent, caught.value.retryable) == (False, retryable)


@pytest.mark.promise(25)
def test_a_client_certificate_is_shown_and_its_absence_is_a_typed_error(measured: Measured) -> None:
    secure, strange = authority(), Authority()
    with Wire(named, tls=secure.server(client_certificates=True)) as wire:
        with client(wire.url, tls=secure.client(certificate=True)) as one:
            assert one.projects.operations.get(NAME).name == NAME
        assert wire.connections == 1
        faulty = {"none": secure.client(), "of a stranger": _trusting(secure, strange)}
        for tls in faulty.values():
            before = len(wire.requests)
            with client(wire.url, tls=tls) as one, pytest.raises(TransportError):
                one.projects.operations.cancel(NAME)
            assert len(wire.requests) == before
    for tls in (strange.client(), None):
        with Wire(named, tls=secure.server()) as wire:
            with client(wire.url, tls=tls) as one, pytest.raises(TransportError) as caught:
                one.projects.operations.get(NAME)
            assert (caught.value.sent, caught.value.retryable, wire.connections) == (False, False, 1)
            assert "certificate" in caught.value.hint
            assert wire.requests == []
    measured(f"handshake with a certificate; TransportError for {len(faulty)} others and 2 untrusted servers")


def _trusting(secure: Authority, strange: Authority) -> object:
    context = strange.client(certificate=True)
    context.load_verify_locations(cadata=secure.pem)
    return context


BREAKS = ("a\r\nx-evil: 1", "a\nx: 1", "a\r", "a\0b", "a\x7f", "é", "\ud800")


@pytest.mark.promise(28)
def test_no_header_is_smuggled_in(measured: Measured) -> None:
    places: dict[str, Callable[[str, str], Client]] = {
        "token": lambda url, text: client(url, credentials=credentials.Token(text)),
        "quota project": lambda url, text: client(url, quota_project=text),
        "user agent": lambda url, text: client(url, user_agent=text),
    }
    tries = 0
    with elsewhere() as wire:
        for make, text in product(places.values(), BREAKS):
            with make(wire.url, text) as one, pytest.raises((ArgumentError, AuthError)):
                one.projects.operations.get(NAME)
            tries += 1
        transport = UrllibTransport()
        for headers in ({f"x-{text}": "v"} for text in BREAKS):
            with pytest.raises(ArgumentError):
                transport.send(Request(method_id="m", verb="GET", url=wire.url, headers=headers))
            tries += 1
    measured(f"0 bytes: {tries} tries in {len(places) + 1} places")


PIECES = (
    "..",
    ".",
    "a/../b",
    "a?b",
    "a#b",
    "a%2Fb",
    "a%2e%2e",
    "a\\b",
    "a\r\nb",
    "a\0b",
    "\ud800",
    "a;b",
    "",
)


@pytest.mark.promise(29)
def test_a_name_never_leaves_its_place_in_the_path(measured: Measured) -> None:
    sent, refused = 0, 0
    with Wire(named) as wire, client(wire.url) as one:
        for piece in PIECES:
            for name in (f"projects/{piece}/operations/A", f"projects/p/operations/{piece}", piece):
                before = len(wire.requests)
                with suppress(GroundwireError):
                    one.projects.operations.get(name)
                came = wire.requests[before:]
                sent, refused = sent + len(came), refused + (not came)
                for request in came:
                    _check_place(request, name)
    assert min(sent, refused) > 0
    measured(f"{refused} refused with 0 bytes, {sent} percent-encoded")


def _check_place(request: bytes, name: str) -> None:
    target = request.split(b" ")[1].decode()
    parts = urlsplit(target)
    pieces = parts.path.split("/")
    assert (parts.query, parts.fragment, pieces[1:3], len(pieces)) == ("", "", ["v1beta", "projects"], 6)
    assert not {"..", ".", ""} & set(pieces[1:])
    assert not any(each in target.lower() for each in ("%2e", "%2f", "\\", "#", "?")), name
