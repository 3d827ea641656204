"""What errors print, keep and quote."""

from __future__ import annotations

import logging
import pickle
from typing import Any

import pytest
from groundwire import Client, credentials
from groundwire_runtime.errors import (
    ApiError,
    ArgumentError,
    AuthError,
    DeadlineReached,
    DecodeError,
    EncodeError,
    GroundwireError,
    OperationError,
    OperationTimeout,
    OutcomeUnknown,
    ProtocolError,
    ResponseTooLarge,
    TransportError,
    shortened,
)
from groundwire_runtime.google_errors import hint_for
from groundwire_runtime.http import Request

from .doubles import Script, Time, answer, refusal

BARE = Request(method_id="m", verb="GET", url="https://shop.test/")


class Stubborn:
    def __repr__(self) -> str:
        raise LookupError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a" * 198, repr("a" * 198)),
        ("a" * 199, "'" + "a" * 196 + "..."),
        ("a" * 100_000, "'" + "a" * 196 + "..."),
        ([1] * 20, repr([1] * 20)),
        ([1] * 21, "list of 21"),
        ({n: n for n in range(50)}, "dict of 50"),
        (10**250, "1" + "0" * 196 + "..."),
        (Stubborn(), "<Stubborn whose repr raises LookupError>"),
        (None, "None"),
    ],
)
def test_a_value_is_quoted_in_200_characters(value: object, text: str) -> None:
    assert shortened(value) == text
    assert len(text) <= 200


@pytest.mark.parametrize(
    "error",
    [
        ArgumentError("no \ud800", hint="\udfff"),
        DecodeError("/a\ud800", "\ud800", "expected a number", hint="\udfff"),
        DecodeError("", 1, "expected \ud800").under("\ud800"),
        ApiError("no \ud800", http_status=400, status="\ud800", hint="\udfff"),
        ProtocolError("\ud800"),
    ],
)
def test_the_text_of_an_error_can_be_written_whatever_it_quotes(error: GroundwireError) -> None:
    assert rb"\ud800" in str(error).encode()
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own bytes


ERRORS = [
    lambda hint: ArgumentError("no", hint=hint),
    lambda hint: DecodeError("/a", 1, "no", hint=hint),
    lambda hint: AuthError("no", hint=hint),
    lambda hint: TransportError("no", sent=True, hint=hint),
    lambda hint: ApiError("no", http_status=400, hint=hint),
    lambda hint: OutcomeUnknown("no", request_id="r", hint=hint),
    lambda hint: OperationError("no", operation=1, hint=hint),
    lambda hint: OperationTimeout("no", operation=1, hint=hint),
]


@pytest.mark.parametrize("make", ERRORS)
def test_a_hint_is_kept_printed_and_pickled(make: Any) -> None:
    error: GroundwireError = make("do this")
    assert (error.hint, str(error).endswith(" (do this)")) == ("do this", True)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(again), str(again), again.args) == (type(error), str(error), error.args)
    assert str(make("")).partition(" (")[0] == str(error).partition(" (")[0]
    if not isinstance(error, AuthError):
        assert "(" not in str(make(""))


def test_an_api_error_prints_its_code_and_what_was_said() -> None:
    assert str(ApiError("no", http_status=400)) == "400: no"
    assert str(ApiError("no", http_status=400, status="ABORTED", hint="do")) == "400 ABORTED: no (do)"


@pytest.mark.parametrize(
    ("error", "proof"),
    [
        (ArgumentError("no"), True),
        (EncodeError("/a", 1, "no"), True),
        (AuthError("no"), True),
        (TransportError("no", sent=False), True),
        (TransportError("no", sent=True), False),
        (DeadlineReached("no", sent=False), True),
        (ResponseTooLarge("no", sent=True), False),
        (DecodeError("/a", 1, "no"), False),
        (OutcomeUnknown("no", request_id="r"), False),
        (ProtocolError("no"), False),
        (OperationError("no", operation=1), False),
        (OperationTimeout("no", operation=1), False),
        *[
            (ApiError("no", http_status=status), True)
            for status in (400, 401, 403, 404, 409, 412, 421, 425, 429)
        ],
        *[(ApiError("no", http_status=status), False) for status in (100, 204, 302, 402, 406, 408, 418, 499)],
        *[(ApiError("no", http_status=status), False) for status in range(500, 600)],
        (ApiError("no", http_status=400, status="UNKNOWN"), False),
        (ApiError("no", http_status=409, status="ABORTED"), True),
    ],
)
def test_only_a_refusal_or_what_never_left_proves_that_nothing_was_done(
    error: GroundwireError, proof: bool
) -> None:
    assert error.proves_no_effect is proof


@pytest.mark.parametrize("status", [400, 401, 403])
def test_the_words_of_a_refusal_say_what_to_do_whatever_its_status(status: int) -> None:
    for words, hint in (("Insufficient scope", "scopes="), ("a quota project is missing", "quota_project=")):
        assert hint in hint_for(status, reason="", message=words, metadata={})


def test_the_reason_of_an_error_says_more_than_its_words() -> None:
    reason = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    assert "scopes=" in hint_for(403, reason=reason, message="a quota project is missing", metadata={})


@pytest.mark.parametrize("key", ["permission", "permissions"])
def test_the_permission_that_an_error_names_is_to_be_granted(key: str) -> None:
    for status, said in ((401, ""), (403, "")):
        found = hint_for(status, reason="", message=said, metadata={key: "shop.books.sell"})
        assert found == "Grant the caller a role with shop.books.sell."
    assert hint_for(400, reason="", message="", metadata={key: "shop.books.sell"}) == ""


@pytest.mark.parametrize("status", [402, 404, 409, 418, 500])
def test_the_words_of_another_error_say_nothing(status: int) -> None:
    assert hint_for(status, reason="", message="Insufficient scope, no quota project", metadata={}) == ""


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ([answer({"name": "projects/p/operations/A"})], "200 after 1 attempt in 0.000 s"),
        ([refusal(503), answer({"name": "projects/p/operations/A"})], "200 after 2 attempts in "),
        ([refusal(404)], "NotFound (404) after 1 attempt in 0.000 s"),
        ([TransportError("no", sent=True, retryable=False)], "TransportError after 1 attempt in 0.000 s"),
    ],
)
def test_the_log_says_how_a_call_ended(
    answers: list[Any], says: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "groundwire")
    client = Client(
        project="p", credentials=credentials.anonymous(), transport=Script(answers), clock=Time().clock()
    )
    try:
        client.projects.operations.get("projects/p/operations/A")
    except GroundwireError as error:
        assert isinstance(error, (ApiError, TransportError))
    sends = [record.getMessage() for record in caplog.records if record.levelno == logging.DEBUG]
    ends = [record.getMessage() for record in caplog.records if record.levelno == logging.INFO]
    assert ends[-1].startswith(f"earthengine.projects.operations.get: {says}")
    outcome = says.split(" ")[0] if "(" not in says else "404"
    assert f"/operations/A: {outcome} in 0.000 s; sent {{'accept': " in sends[-1]
    told = [vars(record)["outcome"] for record in caplog.records]
    assert told[-1] == ("ok" if "200" in says else says.split(" ")[0])
    assert told[-2] == ("TransportError" if "Transport" in says else "ok")
    assert sends[0].startswith("earthengine.projects.operations.get: attempt 1: GET https://earthengine.")


def test_a_hook_that_raises_is_logged_with_the_method(caplog: pytest.LogCaptureFixture) -> None:
    def hook(_: object) -> None:
        raise LookupError

    script = Script([answer({"name": "projects/p/operations/A"})])
    client = Client(project="p", credentials=credentials.anonymous(), transport=script, on_event=hook)
    client.projects.operations.get("projects/p/operations/A")
    assert caplog.messages[0] == "earthengine.projects.operations.get: on_event raised; the call continues"
