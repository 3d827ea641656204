"""What a caller is told when the service refuses a token, and what an error never repeats."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire import Client
from groundwire_runtime.credentials import Token
from groundwire_runtime.errors import AuthError, Unauthenticated

from tests.runtime.doubles import AuthTransport

from .doubles import Script, Time, answer, refusal
from .test_auth import CANARY, Fresh, request


@pytest.mark.parametrize(
    ("credentials", "reason", "says"),
    [
        (Token(CANARY), "", "(401): no"),
        (Token(CANARY), "ACCESS_TOKEN_EXPIRED", "(401 ACCESS_TOKEN_EXPIRED)"),
        (Token(CANARY), "<b>any</b> text", "(401): no"),
        (Fresh(token="old"), "ACCESS_TOKEN_EXPIRED", "(401 ACCESS_TOKEN_EXPIRED), also after a refresh"),
    ],
)
def test_a_refusal_says_why_and_whether_a_refresh_would_help(
    credentials: Any, reason: str, says: str
) -> None:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}
    body = {"error": {"code": 401, "message": "no", "details": [info]}}
    inner = Script(forever=answer(body, 401, retry_after="Tue, 14 Nov 2023 22:13:27 GMT"))
    with pytest.raises(AuthError) as caught:
        AuthTransport(inner, credentials, clock=Time().clock()).send(request())
    assert caught.value.message == f"the service refused the credentials {says}"
    assert "clock and the scopes" in caught.value.hint
    cause = caught.value.__cause__
    assert isinstance(cause, Unauthenticated)
    assert (cause.method_id, cause.attempts, cause.retry_after) == ("m", len(inner.requests), 7.0)


def test_the_sends_of_a_call_are_counted_when_its_credentials_are_refused() -> None:
    inner = Script(forever=refusal(401, retry_after="Tue, 14 Nov 2023 22:13:27 GMT"))
    facts: Any = {"credentials": Fresh(token="old"), "transport": inner, "clock": Time().clock()}
    with (
        Client(project="p", **facts) as client,  # type: ignore[arg-type] # a double
        pytest.raises(AuthError) as caught,
    ):
        client.projects.operations.get("projects/p/operations/A")
    cause = caught.value.__cause__
    assert isinstance(cause, Unauthenticated)
    assert cause.attempts == len(inner.requests) == 2
    assert cause.retry_after == 7.0


@pytest.mark.parametrize(
    ("token", "status", "shown_as"),
    [
        ("short", 403, "short"),
        ("8-letter", 403, "..."),
        ("8-letter", 300, "..."),
        ("8-letter", 200, "8-letter"),
    ],
)
def test_an_error_does_not_repeat_a_token_and_an_answer_stays_as_it_came(
    token: str, status: int, shown_as: str
) -> None:
    said = answer(f"I saw {token}".encode(), status)
    got = AuthTransport(Script([said]), Token(token)).send(request())
    assert got.body == f"I saw {shown_as}".encode()
