"""One request for google-auth, and a refresh that is made with it: what goes out, when it gives up, what it says."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import define
from google.auth import exceptions
from groundwire_runtime.clock import Deadline
from groundwire_runtime.errors import AuthError, DeadlineReached, TransportError
from groundwire_runtime.google_tokens import TokenRequest, fetched
from groundwire_runtime.http import Response

from .doubles import Answer, Script, answer

URL = "https://oauth2.googleapis.com/token"
REFRESH_ERROR: Any = exceptions.RefreshError
GOOGLE_ERROR: Any = exceptions.TransportError


def asking(*answers: Answer, left: float | None = None, **facts: Any) -> tuple[Script, TokenRequest]:
    script = Script(list(answers))
    return script, TokenRequest(script, Deadline(left, lambda: 0.0), **facts)


@define
class Refreshed:
    """Credentials whose refresh asks once, and fails as google-auth does when it gets no token."""

    quiet: bool = False

    def refresh(self, request: TokenRequest) -> None:
        try:
            if not self.quiet:
                request(URL, "POST")
        except GOOGLE_ERROR:
            raise REFRESH_ERROR("no token")  # noqa: B904 - what is not said is found too
        raise REFRESH_ERROR("no token")


def refused(script: Response | Exception, *, quiet: bool = False, **facts: Any) -> AuthError:
    with pytest.raises(AuthError) as caught:
        fetched(Refreshed(quiet).refresh, asking(script, **facts)[1])
    return caught.value


def test_a_request_of_google_auth_goes_out_as_one_of_ours() -> None:
    script, ask = asking(answer({"a": 1}), own={"user-agent": "us", "x-goog-api-client": "us"})
    got = ask(URL, "POST", "a=b", {"User-Agent": b"t\xe9st", "X-A": "b"}, verify=True)
    assert (got.status, got.data, got.headers) == (200, b'{"a": 1}', {"content-type": "application/json"})
    sent = script.requests[0]
    assert (sent.method_id, sent.verb, sent.url, sent.body) == ("token", "POST", URL, b"a=b")
    assert sent.headers == {"user-agent": "t\xe9st", "x-goog-api-client": "us", "x-a": "b"}


def test_the_requests_of_one_refresh_count_as_attempts_of_one_call() -> None:
    script, ask = asking(answer(), answer())
    ask(URL)
    ask(URL)
    assert [sent.verb for sent in script.requests] == ["GET", "GET"]
    first, second = (sent.call for sent in script.requests)
    assert first is second is not None


@pytest.mark.parametrize(
    ("left", "tries", "last"),
    [
        (None, 0, False),
        (None, 9, False),
        (1.05, 0, True),
        (1.1, 0, False),
        (2.15, 1, True),
        (2.25, 1, False),
        (4.35, 2, True),
        (4.45, 2, False),
    ],
)
@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_last_try_is_one_after_which_no_wait_of_google_auth_s_would_fit(
    left: float | None, tries: int, last: bool, status: int
) -> None:
    _, ask = asking(*[answer({}, 200)] * tries, answer({}, status), left=left, probing=True)
    for _ in range(tries):
        ask(URL)
    if last:
        with pytest.raises(
            AuthError, match=rf"oauth2\.googleapis\.com answered {status}, with no time"
        ) as caught:
            ask(URL)
        assert "more time" in caught.value.hint
    else:
        assert ask(URL).status == status


@pytest.mark.parametrize("status", [200, 400, 403, 407, 409, 428, 430, 499])
def test_an_answer_that_is_final_is_google_auth_s_to_read_even_at_the_end(status: int) -> None:
    _, ask = asking(answer({}, status), left=0.5)
    assert ask(URL).status == status


@pytest.mark.parametrize("left", [0.5, None])
@pytest.mark.parametrize("sent", [False, True])
def test_a_fault_below_is_google_auth_s_to_retry_or_ours_at_the_end(left: float | None, sent: bool) -> None:
    fault = TransportError("m: reset", sent=sent)
    fault.__cause__ = ValueError("below")
    _, ask = asking(fault, left=left, probing=True)
    with pytest.raises(AuthError if left else GOOGLE_ERROR) as caught:
        ask(URL)
    assert caught.value.__cause__ is fault
    assert (fault.__cause__ is None) == sent, "what may quote an answer is let go of"
    if left:
        assert "in time" in str(caught.value)
        assert "more time" in caught.value.hint
    else:
        assert "m: reset" in str(caught.value)


def test_a_fault_that_is_none_of_the_network_s_is_kept_whole() -> None:
    fault = AuthError("no")
    fault.__cause__ = ValueError("below")
    with pytest.raises(GOOGLE_ERROR):
        asking(fault, probing=True)[1](URL)
    assert fault.__cause__ is not None


@pytest.mark.parametrize(
    ("status", "body", "code", "hint"),
    [
        (400, {"error": "invalid_grant"}, " invalid_grant", "revoked"),
        (403, {"error": {"status": "PERMISSION_DENIED"}}, " PERMISSION_DENIED", "serviceAccountTokenCreator"),
        (404, {"error": {"status": "NOT_FOUND"}}, " NOT_FOUND", "check the key"),
        (400, {"error": "of_tomorrow"}, "", "check the key"),
        (400, ["invalid_grant"], "", "check the key"),
        (400, b"no JSON", "", "check the key"),
        (200, {"error": "invalid_grant"}, "", "check the key"),
        (399, {"error": "invalid_grant"}, "", "check the key"),
        (499, {}, "", "check the key"),
    ],
)
def test_a_refresh_that_gets_no_token_says_what_was_answered_and_what_to_do(
    status: int, body: object, code: str, hint: str
) -> None:
    error = refused(answer(body, status))
    what = f"RefreshError, oauth2.googleapis.com answered {status}{code}"
    assert error.message == f"the token could not be refreshed: {what}"
    assert hint in error.hint
    assert isinstance(error.__cause__, exceptions.RefreshError)
    assert error.__cause__.args == ()


def test_a_refresh_that_asks_nobody_says_so_little() -> None:
    error = refused(answer(), quiet=True)
    assert error.message == "the token could not be refreshed: RefreshError"
    assert "check the key" in error.hint


def test_a_refresh_without_an_answer_says_what_happened_to_it() -> None:
    error = refused(TransportError("token: no answer", sent=False))
    assert error.message == "the token could not be refreshed: token: no answer"
    assert isinstance(error.__cause__, TransportError)


@pytest.mark.parametrize(
    ("answered", "retry_after"),
    [
        (answer({}, 408), None),
        (answer({}, 429, retry_after="7"), 7.0),
        (answer({}, 500), None),
        (answer({}, 503, retry_after="Thu, 01 Jan 1970 00:00:09 GMT"), 9.0),
        (answer({}, 520), None),
        (answer({"error": "server_error"}, 400), None),
        (answer({"error": "temporarily_unavailable"}, 400), None),
    ],
)
def test_an_answer_that_may_pass_is_retryable_and_says_when(
    answered: Response, retry_after: float | None
) -> None:
    error = refused(answered, unix=lambda: 0.0)
    assert (error.retryable, error.retry_after) == (True, retry_after)
    assert "Try again later" in error.hint or answered.status < 500


@pytest.mark.parametrize(
    ("fault", "retryable"),
    [
        (TransportError("token: reset", sent=True), True),
        (TransportError("token: no such host", sent=False), True),
        (DeadlineReached("token: slow", sent=True), True),
        (TransportError("token: no TLS", sent=False, retryable=False), False),
        (AuthError("no"), False),
    ],
)
def test_a_fault_of_the_network_is_retryable_unless_it_would_come_again(
    fault: Exception, retryable: bool
) -> None:
    assert refused(fault).retryable is retryable


@pytest.mark.parametrize(
    ("fault", "retryable"),
    [
        (GOOGLE_ERROR("reset"), True),
        (ConnectionResetError(), True),
        (TimeoutError(), True),
        (REFRESH_ERROR("busy", retryable=True), True),
        (REFRESH_ERROR("invalid_grant"), False),
        (FileNotFoundError("subject"), False),
    ],
)
def test_credentials_with_a_transport_of_their_own_fail_for_a_moment_too(
    fault: Exception, retryable: bool
) -> None:
    def ask(_: TokenRequest) -> None:
        raise fault

    with pytest.raises(AuthError) as caught:
        fetched(ask, asking()[1])
    assert caught.value.retryable is retryable


@pytest.mark.parametrize("variable", ["GCE_METADATA_HOST", "GCE_METADATA_ROOT", "GCE_METADATA_IP"])
@pytest.mark.parametrize("named", ["Metadata.test", "metadata.test:8080", "[fd00::1]:8080"])
def test_the_environment_names_a_metadata_server_that_may_be_read_in_the_clear(
    variable: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://{named.lower()}/computeMetadata/v1/"
    with pytest.raises(AuthError, match="refused") as caught:
        asking()[1](url)
    assert "https" in caught.value.hint
    monkeypatch.setenv(variable, named)
    assert asking(answer())[1](url).status == 200
