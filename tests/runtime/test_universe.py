"""Universes, and the endpoint that the environment chooses (AIP-4114)."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve
from google.auth import compute_engine
from google.auth.exceptions import TransportError as GoogleTransportError
from google.oauth2 import credentials as google_credentials
from groundwire import Client
from groundwire_runtime.credentials import Token, from_file
from groundwire_runtime.errors import ArgumentError, AuthError
from groundwire_runtime.universe import default_endpoint

from tests.runtime.doubles import AuthTransport, RetryTransport

from .doubles import Script, Time, answer, refusal
from .test_auth import CANARY, Fresh, request
from .test_credentials import authorized_user, saved, service_account

OWN = "cloud.example-universe.test"
GOOGLE = "https://earthengine.googleapis.com/"
UNIVERSE = "GOOGLE_CLOUD_UNIVERSE_DOMAIN"
ENDPOINT = "GOOGLE_API_USE_MTLS_ENDPOINT"
CERTIFICATE = "GOOGLE_API_USE_CLIENT_CERTIFICATE"
USER: Any = google_credentials.Credentials
MACHINE: Any = compute_engine.Credentials


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in (UNIVERSE, ENDPOINT, CERTIFICATE):
        monkeypatch.delenv(name, raising=False)
    yield


@pytest.mark.parametrize(
    ("environment", "certificate", "endpoint"),
    [
        ({}, False, GOOGLE),
        ({}, True, GOOGLE),
        ({UNIVERSE: ""}, False, GOOGLE),
        ({UNIVERSE: "googleapis.com"}, False, GOOGLE),
        ({UNIVERSE: OWN}, False, f"https://earthengine.{OWN}/"),
        ({UNIVERSE: OWN.upper()}, True, f"https://earthengine.{OWN}/"),
        ({ENDPOINT: "always"}, False, "https://earthengine.mtls.googleapis.com/"),
        ({ENDPOINT: "ALWAYS", CERTIFICATE: "false"}, True, "https://earthengine.mtls.googleapis.com/"),
        ({CERTIFICATE: "true"}, True, "https://earthengine.mtls.googleapis.com/"),
        ({ENDPOINT: "auto", CERTIFICATE: "True"}, True, "https://earthengine.mtls.googleapis.com/"),
        ({ENDPOINT: "never", CERTIFICATE: "true"}, True, GOOGLE),
        ({ENDPOINT: "auto", CERTIFICATE: "false"}, True, GOOGLE),
        ({ENDPOINT: "never", UNIVERSE: OWN}, False, f"https://earthengine.{OWN}/"),
    ],
)
def test_the_environment_chooses_the_endpoint(
    environment: dict[str, str], certificate: bool, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert default_endpoint(GOOGLE, certificate=certificate) == endpoint
    tls = ssl.create_default_context() if certificate else None
    assert repr(Client(project="p", tls=tls)) == f"Client({endpoint!r})"
    assert repr(Client(endpoint="https://127.0.0.1:1", tls=tls)) == "Client('https://127.0.0.1:1/')"


@pytest.mark.parametrize(
    ("base_url", "endpoint"),
    [
        ("https://www.googleapis.com/storage/v1/", "https://www.mtls.googleapis.com/storage/v1/"),
        ("https://sts.us-east1.rep.googleapis.com/", "https://sts.us-east1.rep.mtls.googleapis.com/"),
        ("https://pubsub.mtls.googleapis.com/", "https://pubsub.mtls.googleapis.com/"),
        ("https://earthengine.googleapis.com:443/", "https://earthengine.mtls.googleapis.com:443/"),
        ("https://api.example.com/googleapis.com/", "https://api.example.com/googleapis.com/"),
        ("https://evilgoogleapis.com/", "https://evilgoogleapis.com/"),
    ],
)
def test_only_hosts_of_google_s_have_an_mtls_endpoint(
    base_url: str, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENDPOINT, "always")
    assert default_endpoint(base_url, certificate=False) == endpoint


@pytest.mark.parametrize(
    ("environment", "says", "hint"),
    [
        ({CERTIFICATE: "true"}, "has no certificate", "Client(tls=...)"),
        ({CERTIFICATE: "yes"}, "expected false, true, got 'yes'", ""),
        ({ENDPOINT: "sometimes"}, "expected auto, always, never, got 'sometimes'", ""),
        ({ENDPOINT: "always", UNIVERSE: OWN}, "no mTLS endpoints outside of", "never"),
        ({UNIVERSE: "https://evil.test/"}, "expected a domain name", ""),
        ({UNIVERSE: "com"}, "expected a domain name", ""),
    ],
)
def test_an_environment_that_cannot_be_honoured_is_refused(
    environment: dict[str, str], says: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ArgumentError, match=says) as caught:
        Client(project="p")
    assert hint in caught.value.hint


def of(universe: str) -> Any:
    return USER(CANARY, universe_domain=universe)


@pytest.mark.parametrize(
    ("credentials", "url", "configured", "allowed"),
    [
        (of("googleapis.com"), f"{GOOGLE}v1", "", True),
        (of("googleapis.com"), "https://earthengine.mtls.googleapis.com/v1", "", True),
        (of(OWN), f"{GOOGLE}v1", "", False),
        (of(OWN), f"{GOOGLE}v1", OWN, False),
        (of("com"), f"{GOOGLE}v1", "", False),
        (of("earthengine.googleapis.com"), f"{GOOGLE}v1", "", False),
        (of("googleapis.com"), f"https://earthengine.{OWN}/v1", OWN, False),
        (of(OWN), f"https://earthengine.{OWN}/v1", OWN, True),
        (of(OWN), f"https://EARTHENGINE.{OWN.upper()}/v1", OWN, True),
        # The caller named the endpoint: a proxy of its own, or a universe that the environment does not name.
        (of("googleapis.com"), "https://api.corp.example/v1", "", True),
        (of(OWN), f"https://earthengine.{OWN}/v1", "", True),
        (of(OWN), "https://api.corp.example/v1", "", False),
        (of(OWN), f"https://evil{OWN}/v1", "", False),
        (of("other.test"), f"https://earthengine.{OWN}/v1", OWN, False),
        # This machine is of no universe; a token and credentials of a caller's own say nothing of theirs.
        (of(OWN), "https://127.0.0.1:1/v1", "", True),
        (Token(CANARY), f"https://earthengine.{OWN}/v1", OWN, True),
        (Fresh(token=CANARY), f"{GOOGLE}v1", "", True),
        (Fresh(token=CANARY), f"https://earthengine.{OWN}/v1", OWN, False),
    ],
)
def test_credentials_stay_in_their_universe(
    credentials: Any, url: str, configured: str, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(UNIVERSE, configured)
    inner = Script(forever=answer())
    transport = AuthTransport(inner, credentials)
    if allowed:
        assert transport.send(request(url)).status == 200
        return
    with pytest.raises(AuthError, match="refused to send credentials of the universe") as caught:
        transport.send(request(url))
    assert UNIVERSE in caught.value.hint
    assert not caught.value.retryable
    assert inner.requests == []


@pytest.mark.parametrize("info", [service_account, authorized_user])
def test_a_file_of_the_configured_universe_is_read_and_names_endpoints_of_its_own(
    info: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = info(f"https://oauth2.{OWN}/token") | {"universe_domain": OWN}
    with pytest.raises(
        AuthError, match=r"universe_domain is not allowed: this is a client of googleapis.com"
    ):
        from_file(saved(tmp_path, own))
    monkeypatch.setenv(UNIVERSE, OWN)
    read: Any = from_file(saved(tmp_path, own))
    assert read.universe_domain == OWN
    for other in (
        own | {"token_uri": "https://oauth2.googleapis.com/token"},
        own | {"universe_domain": None},
    ):
        with pytest.raises(AuthError, match="token_uri is not allowed"):
            from_file(saved(tmp_path, other))
    with pytest.raises(AuthError, match="universe_domain is not allowed"):
        from_file(saved(tmp_path, own | {"universe_domain": "evil.test"}))


@define
class Metadata:
    """A machine of the cloud: it says which universe it is in, after so many failures."""

    universe: Any
    failures: int = 0

    def send(self, sent: Any) -> Any:
        if not sent.url.startswith("http://metadata.google.internal/"):
            return answer()
        if sent.url.endswith("/universe/universe-domain"):
            self.failures -= 1
            return refusal(503) if self.failures >= 0 else self.universe
        if "token" in sent.url:
            return answer({"access_token": CANARY, "expires_in": 3600})
        return answer({"email": "robot@p.iam.gserviceaccount.com", "scopes": []})


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        (answer(b"googleapis.com", content_type="text/plain"), True),
        (answer(b"", content_type="text/plain"), True),
        (answer(b"none", 404), True),
        (answer(OWN.encode(), content_type="text/plain"), False),
    ],
)
@pytest.mark.parametrize("failures", [0, 3])
def test_the_universe_of_a_machine_is_asked_of_its_metadata_server_through_the_client(
    said: Any, allowed: bool, failures: int
) -> None:
    seen = Script(forever=Metadata(said, failures).send)
    time = Time()
    transport = RetryTransport(AuthTransport(seen, MACHINE(), clock=time.clock()), clock=time.clock())
    call = evolve(request(f"{GOOGLE}v1", seconds=None), scopes=("a",))
    if allowed:
        for _ in range(2):
            assert transport.send(call).status == 200
    else:
        with pytest.raises(AuthError, match="of the universe"):
            transport.send(call)
    asked = [url for url in seen.urls if url.endswith("/universe-domain")]
    assert len(asked) == failures + 1
    assert (f"{GOOGLE}v1" in seen.urls) is allowed


def test_a_machine_on_loopback_is_not_asked_for_its_universe() -> None:
    seen = Script(forever=Metadata(GoogleTransportError("no")).send)  # type: ignore[no-untyped-call] # google-auth is untyped here
    AuthTransport(seen, MACHINE()).send(evolve(request("https://127.0.0.1:1/v1"), scopes=("a",)))
    assert not [url for url in seen.urls if "universe" in url]
