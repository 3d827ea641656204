from __future__ import annotations

import pickle
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from attrs import define, evolve, field
from google.auth import exceptions
from groundwire_runtime.credentials import Credentials, Token, anonymous
from groundwire_runtime.errors import AuthError, DeadlineReached
from groundwire_runtime.http import FunctionTransport, Request, Response, Transport
from groundwire_runtime.transport import UrllibTransport

from tests.runtime.doubles import AuthTransport, RetryTransport

from .doubles import Script, Time, answer, refusal
from .wire import Wire, plain

CANARY = "ya29.canary-4d1f"
LOCAL = "http://127.0.0.1:9/v1/a"
REFRESH_ERROR: Any = exceptions.RefreshError
SECURE = "https://earthengine.googleapis.com/v1/a"


@define(slots=False)
class Fresh:
    """Credentials as google-auth has them, each refresh a new token."""

    token: str | None = None
    refreshes: int = 0
    refreshed: Callable[[], object] = field(default=lambda: None)
    looked: Callable[[], object] = field(default=lambda: None)
    quota_project: str | None = None

    @property
    def valid(self) -> bool:
        self.looked()
        return self.token is not None

    def refresh(self, request: object) -> None:
        self.refreshed()
        self.refreshes += 1
        self.token = f"token-{self.refreshes}"

    def apply(self, headers: dict[str, str]) -> None:
        headers["authorization"] = f"Bearer {self.token}"
        if self.quota_project:
            headers["X-Goog-User-Project"] = self.quota_project


def authorized(inner: Transport, credentials: Any) -> AuthTransport:
    return AuthTransport(inner, credentials)


def request(url: str = SECURE, *, seconds: float | None = 5.0) -> Request:
    deadline = None if seconds is None else time.monotonic() + seconds
    return Request(method_id="m", verb="GET", url=url, safe_to_retry=True, deadline=deadline)


def sent_with(credentials: Any, url: str = SECURE) -> dict[str, str]:
    inner = Script([answer()])
    AuthTransport(inner, credentials).send(request(url))
    return dict(inner.requests[0].headers)


@pytest.mark.parametrize(
    ("credentials", "url", "authorization"),
    [
        (None, LOCAL, None),
        (None, "http://localhost:1/a", None),
        (None, "http://[::1]:1/a", None),
        (anonymous(), LOCAL, None),
        (anonymous(), SECURE, None),
        (Token(CANARY), LOCAL, f"Bearer {CANARY}"),
        (Token(CANARY), SECURE, f"Bearer {CANARY}"),
        (Token("!a.b-c_d~"), SECURE, "Bearer !a.b-c_d~"),
        (Fresh(), SECURE, "Bearer token-1"),
        (Fresh(token="kept"), SECURE, "Bearer kept"),
    ],
)
def test_each_kind_of_credentials_sends_its_own_header(
    credentials: Credentials, url: str, authorization: str | None
) -> None:
    assert sent_with(credentials, url).get("authorization") == authorization


@pytest.mark.parametrize("credentials", [Token(CANARY), Fresh(token=CANARY)], ids=["fixed", "google-auth"])
@pytest.mark.parametrize(
    "url",
    [
        "http://earthengine.googleapis.com/v1/a",
        "http://127.0.0.1.example.com/a",
        "http://localhost.example.com/a",
        "http://10.0.0.1/a",
        "http://0.0.0.0/a",
        "http://localhost@example.com/a",
        "http://example.com\\@localhost/a",
        "https://example.com\\.googleapis.com/a",
        "https://[/a",
        "ftp://127.0.0.1.nip.io/a",
        "example.com",
    ],
)
def test_a_token_goes_to_no_host_in_the_clear(url: str, credentials: Any) -> None:
    inner = Script()
    with pytest.raises(AuthError, match="refused to send credentials to ") as caught:
        authorized(inner, credentials).send(request(url))
    assert "https" in caught.value.hint
    assert inner.requests == []
    assert CANARY not in shown(caught.value)


@pytest.mark.parametrize(
    "token", [f"{CANARY}\n", f"{CANARY}\r\nx-evil: 1", f"{CANARY} x", f"{CANARY}é", f"{CANARY}\0", ""]
)
@pytest.mark.parametrize("kind", [Token, Fresh])
def test_row_86_a_malformed_token_is_refused_and_not_shown(
    token: str, kind: Callable[[str], Any], caplog: pytest.LogCaptureFixture
) -> None:
    inner = Script()
    with caplog.at_level("DEBUG"), pytest.raises(AuthError, match="malformed token") as caught:
        RetryTransport(authorized(inner, kind(token))).send(request())
    assert inner.requests == []
    assert "token alone" in caught.value.hint
    assert CANARY not in shown(caught.value) + caplog.text


@pytest.mark.parametrize(
    ("answers", "tokens", "status"),
    [
        ([answer()], ["old"], 200),
        ([refusal(401), answer()], ["old", "token-1"], 200),
        ([refusal(401), refusal(403)], ["old", "token-1"], 403),
        ([refusal(403)], ["old"], 403),
        ([refusal(401), refusal(401), answer()], ["old", "token-1"], AuthError),
    ],
)
def test_a_401_makes_one_refresh_and_one_more_send(
    answers: list[Any], tokens: list[str], status: int | type[AuthError]
) -> None:
    inner, credentials = Script(answers), Fresh(token="old")
    transport = authorized(inner, credentials)
    if status is AuthError:
        with pytest.raises(AuthError, match="401"):
            transport.send(request())
    else:
        assert transport.send(request()).status == status
    assert [sent.headers["authorization"] for sent in inner.requests] == [f"Bearer {each}" for each in tokens]
    assert credentials.refreshes == len(tokens) - 1


def test_after_a_fork_nobody_waits_for_a_thread_that_stayed_behind() -> None:
    begun, release = threading.Event(), threading.Event()

    def slow_once() -> None:
        if not begun.is_set():
            begun.set()
            release.wait(5)

    transport = authorized(Script(forever=answer()), Fresh(refreshed=slow_once))
    first = threading.Thread(target=transport.send, args=(request(),))
    first.start()
    try:
        assert begun.wait(5)
        transport.authorizer.after_fork()
        for scopes in ((), ("a",)):
            assert transport.send(evolve(request(seconds=1.0), scopes=scopes)).status == 200
    finally:
        release.set()
        first.join(5)


def test_row_87_a_401_for_ever_is_one_refresh_two_sends_and_an_auth_error() -> None:
    inner, credentials = Script(forever=refusal(401)), Fresh(token="old")
    with pytest.raises(AuthError):
        RetryTransport(authorized(inner, credentials), clock=Time().clock()).send(request(seconds=None))
    assert (len(inner.requests), credentials.refreshes) == (2, 1)


@pytest.mark.parametrize(("token", "looks"), [(None, 16), ("expired", 32)], ids=["no token yet", "refused"])
def test_row_88_threads_share_one_refresh(token: str | None, looks: int) -> None:
    together, looked = threading.Barrier(16), threading.Semaphore(0)

    def every_thread_has_looked() -> None:
        assert all(looked.acquire(timeout=5) for _ in range(looks))

    def serve(sent: Request) -> Response:
        if sent.headers["authorization"] == "Bearer expired":
            together.wait(5)
            return refusal(401)
        return answer()

    credentials = Fresh(token=token, refreshed=every_thread_has_looked, looked=looked.release)
    transport = authorized(FunctionTransport(serve), credentials)
    with ThreadPoolExecutor(16) as threads:
        responses = list(threads.map(lambda _: transport.send(request()), range(16)))
    assert [each.status for each in responses] == [200] * 16
    assert credentials.refreshes == 1


def test_waiting_for_the_refresh_of_another_thread_ends_at_the_deadline() -> None:
    begun, release = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        release.wait(5)

    transport = authorized(Script(forever=answer()), Fresh(refreshed=slow))
    first = threading.Thread(target=transport.send, args=(request(),))
    first.start()
    try:
        assert begun.wait(5)
        started = time.monotonic()
        with pytest.raises(AuthError, match="no time left"):
            transport.send(request(seconds=0.1))
        assert 0.09 <= time.monotonic() - started < 1
    finally:
        release.set()
        first.join(5)


@pytest.mark.parametrize("error", [REFRESH_ERROR("no"), TypeError("str"), ValueError("x"), KeyError("token")])
def test_a_failed_refresh_is_an_auth_error_and_nothing_is_sent(error: Exception) -> None:
    def fail() -> None:
        raise error

    inner = Script()
    with pytest.raises(AuthError, match=f"refreshed: {type(error).__name__}"):
        authorized(inner, Fresh(refreshed=fail)).send(request())
    assert inner.requests == []


def test_after_a_failed_refresh_the_next_call_may_succeed() -> None:
    failures: list[Exception] = [REFRESH_ERROR("no")]

    def fail_once() -> None:
        if failures:
            raise failures.pop()

    transport = authorized(Script([answer()]), Fresh(refreshed=fail_once))
    with pytest.raises(AuthError):
        transport.send(request())
    assert transport.send(request()).status == 200


def test_a_token_is_in_no_text_that_a_program_leaves(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[Request] = []

    def lost(sent: Request) -> Response:
        seen.append(sent)
        raise DeadlineReached("m: the deadline was reached", sent=True)

    def refused(sent: Request) -> Response:
        seen.append(sent)
        return refusal(401)

    assert repr(Token(CANARY)) == "Token(...)"
    texts = [repr(Token(CANARY)), str(Token(CANARY)), f"{[Token(CANARY)]}"]
    with caplog.at_level("DEBUG"):
        for serve in (lost, refused):
            transport = RetryTransport(authorized(FunctionTransport(serve), Token(CANARY)))
            texts.append(repr(transport))
            with pytest.raises((AuthError, DeadlineReached)) as caught:
                transport.send(request())
            texts += [shown(caught.value), repr(seen[-1]), repr(seen)]
    assert [sent.headers["authorization"] for sent in seen] == [f"Bearer {CANARY}"] * 2
    assert CANARY not in "".join([*texts, caplog.text])


def test_a_token_is_in_no_log_of_a_call_over_a_socket(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with (
        Wire([plain(b"{}", "401 No")]) as wire,
        closing(UrllibTransport()) as sockets,
        pytest.raises(AuthError) as caught,
    ):
        authorized(sockets, Token(CANARY)).send(request(wire.url))
    assert wire.header("authorization") == f"Bearer {CANARY}"
    assert caplog.records
    assert CANARY not in shown(caught.value) + caplog.text


def shown(error: BaseException) -> str:
    """Everything that is printed or stored of an error."""
    text = "".join(traceback.format_exception(error))
    return f"{error} {error!r} {text} {pickle.dumps(error)!r}"
