"""API keys, and calls without credentials."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from google.auth.api_key import Credentials as ApiKey
from groundwire import Client
from groundwire_runtime.credentials import anonymous, from_file
from groundwire_runtime.errors import ApiError, AuthError
from groundwire_runtime.http import Request

from tests.runtime.doubles import AuthTransport

from .doubles import Script, Time, answer, refusal
from .test_auth import SECURE, request
from .test_tokens import shown
from .token_server import NAME
from .wire import Wire, plain

KEY = "AIza-canary-5b0c"


def client(inner: Any, credentials: Any = None) -> Client:
    return Client(project="p", transport=inner, credentials=credentials, clock=Time().clock())


def test_a_key_goes_along_in_its_own_header_and_nowhere_else(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with Wire([plain(b"{}")]) as wire:
        Client(project="p", endpoint=wire.url, credentials=ApiKey(KEY)).projects.operations.delete(NAME)
    assert wire.header("x-goog-api-key") == KEY
    assert wire.header("authorization") is None
    assert "?" not in wire.paths[0]
    assert caplog.records
    assert KEY not in caplog.text + repr(ApiKey(KEY))


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_key_that_is_refused_is_not_repeated(status: int) -> None:
    inner = Script(forever=refusal(status, message=f"API key {KEY} not valid"))
    with pytest.raises(AuthError if status == 401 else ApiError) as caught:
        client(inner, ApiKey(KEY)).projects.operations.get(NAME)
    assert KEY not in shown(caught.value)
    assert len(inner.requests) == 1
    if status == 401:
        assert caught.value.message == "the service refused the API key (401)"
        assert "restrictions" in caught.value.hint


@pytest.mark.parametrize(
    "url", ["http://earthengine.googleapis.com/v1/a", "http://10.0.0.1/", "ftp://a.test/"]
)
def test_a_key_travels_over_tls_or_loopback(url: str) -> None:
    inner = Script()
    with pytest.raises(AuthError, match="refused to send credentials"):
        AuthTransport(inner, ApiKey(KEY)).send(request(url))
    assert inner.requests == []


def test_a_key_follows_no_redirect() -> None:
    with Wire() as other, Wire([plain(b"", "307 Again", location=f"{other.url}/v1")]) as wire:
        with pytest.raises(ApiError, match="redirected"):
            Client(endpoint=wire.url, credentials=ApiKey(KEY)).projects.operations.get(NAME)
        assert other.requests == []


@pytest.mark.parametrize("text", [KEY, "ya29.a0Af", "eyJhbGciOi", "1//0g", '{"type": "authorized_user"}'])
def test_a_secret_for_a_path_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(AuthError, match="expected the path of a file") as caught:
        from_file(text)
    assert text not in str(caught.value)
    assert "google.auth.api_key" in caught.value.hint


def test_a_query_shows_in_no_repr_of_a_request() -> None:
    assert KEY not in repr(evolve(request(f"{SECURE}?key={KEY}"), body=KEY.encode()))


@pytest.mark.parametrize("credentials", [None, anonymous()])
def test_a_method_without_scopes_is_called_without_credentials(
    credentials: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/credentials.json")
    inner = Script([answer()])
    AuthTransport(inner, credentials).send(Request(method_id="m", verb="GET", url=SECURE))
    assert not {"authorization", "x-goog-api-key"} & inner.requests[0].headers.keys()


def test_a_method_with_scopes_is_not_called_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/credentials.json")
    inner = Script()
    with pytest.raises(AuthError, match="no application default credentials"):
        client(inner).projects.operations.get(NAME)
    assert inner.requests == []
