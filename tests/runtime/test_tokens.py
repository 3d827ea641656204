from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from google.auth.exceptions import TransportError as GoogleTransportError
from groundwire_runtime.clock import Deadline
from groundwire_runtime.credentials import Token, application_default
from groundwire_runtime.errors import ApiError, AuthError, GroundwireError, TransportError
from groundwire_runtime.google_tokens import TokenRequest
from groundwire_runtime.http import Request
from groundwire_runtime.transport import UrllibTransport

from tests.runtime.doubles import AuthTransport, RetryTransport

from .doubles import Script, answer, refusal
from .token_server import Rerouted
from .token_sources import saved, shown
from .wire import SILENCE, Wire, cut


def test_google_auth_s_own_timeout_holds_within_the_call_s() -> None:
    with Wire([SILENCE]) as wire, closing(UrllibTransport()) as sockets:
        for own, whole, longest in ((0.1, None, 0.1), (0.1, 5.0, 0.1), (5.0, 0.1, 0.1)):
            at = None if whole is None else time.monotonic() + whole
            asking = TokenRequest(sockets, Deadline(at, time.monotonic))
            started = time.monotonic()
            with pytest.raises((AuthError, GoogleTransportError)):
                asking(wire.url, timeout=own)
            assert longest - 0.01 <= time.monotonic() - started < longest + 0.2


@pytest.mark.parametrize(
    ("url", "method", "allowed"),
    [
        ("http://169.254.169.254/latest/api/token", "PUT", True),
        ("http://metadata.google.internal/computeMetadata/v1/", "GET", True),
        ("http://169.254.169.254/token", "POST", False),
        ("http://metadata.google.internal/token", "POST", False),
        ("http://10.0.0.1/token", "GET", False),
        ("http://oauth2.googleapis.com/token", "POST", False),
        ("file:///etc/passwd", "GET", False),
        ("https://oauth2.googleapis.com/token", "POST", True),
        ("http://localhost:1/token", "POST", True),
        ("http://of-the-environment:80/", "GET", True),
        ("http://of-the-environment:80/", "POST", False),
    ],
)
def test_a_token_is_asked_for_over_tls_or_of_this_machine_or_of_a_metadata_server(
    url: str, method: str, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GCE_METADATA_IP", "of-the-environment:80")
    inner = Script(forever=answer())
    asking = TokenRequest(inner, Deadline(None, time.monotonic))
    if allowed:
        assert asking(url, method).status == 200
    else:
        with pytest.raises(AuthError, match="refused to send credentials"):
            asking(url, method)
    assert len(inner.requests) == allowed


def test_application_default_credentials_of_a_workload_ask_for_nothing_before_a_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/a/providers/b",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "https://sts.googleapis.com/v1/token",
        "credential_source": {"file": str(tmp_path / "none")},
    }
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(saved(tmp_path, info)))
    credentials: Any = application_default(["a"])
    assert (credentials.token, credentials.scopes) == (None, ["a"])


CANARY = "canary-86e3a0"
NO_HTTP = [
    b"%b\r\n\r\n",
    b"HTTP/1.1 %b OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%b\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: %b\r\n\r\n",
]


@pytest.mark.parametrize("answer_", NO_HTTP, ids=range(len(NO_HTTP)))
def test_an_answer_that_is_no_http_shows_no_secret_that_it_repeats(answer_: bytes, tmp_path: Path) -> None:
    user = saved(tmp_path, {"refresh_token": CANARY, "scopes": ["a"]})
    with Wire(lambda _: cut(answer_ % CANARY.encode())) as wire, closing(UrllibTransport()) as sockets:
        request = Request(method_id="m", verb="GET", url=wire.url, deadline=time.monotonic() + 0.5)
        for given in (Token(CANARY), user):
            with pytest.raises(GroundwireError) as caught:
                AuthTransport(Rerouted(sockets, wire.url), given).send(request)
            assert CANARY not in shown(caught.value)
        assert len(wire.requests) >= 2


def test_what_lies_below_an_error_stays_when_it_holds_no_secret() -> None:
    with Wire([cut(b"ESF\r\n\r\n")]) as wire, closing(UrllibTransport()) as sockets:
        with pytest.raises(TransportError) as caught:
            AuthTransport(sockets, Token(CANARY)).send(Request(method_id="m", verb="GET", url=wire.url))
        assert caught.value.__cause__ is not None


def test_an_answer_that_repeats_the_token_does_not_show_it() -> None:
    said = refusal(403, message=f"Bearer {CANARY} may not", x_goog_request_id=f"r {CANARY}")
    transport = RetryTransport(AuthTransport(Script([said]), Token(CANARY)))
    with pytest.raises(ApiError, match=r"Bearer \.\.\. may not") as caught:
        transport.send(Request(method_id="m", verb="GET", url="https://a.test/"))
    assert caught.value.server_request_id == "r ..."
    assert CANARY not in shown(caught.value)
