"""What fails on the way to a token, and what never shows: against servers that repeat what they are sent."""

from __future__ import annotations

import logging
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from groundwire import Client
from groundwire_runtime.credentials import Token
from groundwire_runtime.errors import AuthError, GroundwireError

from .token_server import NAME, TokenServer
from .token_sources import (
    KINDS,
    SECRET,
    assert_hidden,
    every_kind,
    service_account,
    shown,
    workload_of_amazon,
)


@every_kind
def test_no_secret_shows_when_a_service_repeats_what_it_was_sent(
    kind: Callable[[TokenServer, Path], Any],
    asks: list[str],
    scope: str,
    server: TokenServer,
    client: Callable[..., Client],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def repeat(asked: Any) -> tuple[int, Any]:
        said = f"{asked.headers} {asked.body.decode()}"
        return 403, {
            "error": {"code": 403, "message": said, "status": "PERMISSION_DENIED", "details": [said]}
        }

    caplog.set_level(logging.DEBUG)
    events: list[Any] = []
    server.api = repeat
    one = client(credentials=kind(server, tmp_path), on_event=events.append)
    with pytest.raises(GroundwireError) as refused:
        one.projects.operations.get(NAME)
    server.api = lambda asked: (401, repeat(asked)[1])
    with pytest.raises(AuthError) as unknown:
        one.projects.operations.get(NAME)
    for error in (refused.value, unknown.value):
        assert_hidden(shown(error), one, events)
    assert_hidden(logged(caplog))
    assert len(server.calls) >= 2
    assert all(SECRET in call.bearer for call in server.calls)


def echo(asked: Any) -> tuple[int, Any]:
    """An endpoint that repeats what it was sent, escaped and not."""
    return 400, {"error": "invalid_grant", "error_description": asked.form, "raw": asked.body.decode()}


FAILURES: dict[str, tuple[Callable[[Any], tuple[int, Any]], float, str]] = {
    "HTML": (lambda asked: (200, b"<html>Sign in " + asked.body + b"</html>"), 5.0, "answered 200"),
    "400 that repeats": (echo, 5.0, "answered 400 invalid_grant"),
    "400 in HTML that repeats": (lambda asked: (400, b"<p>" + asked.body), 5.0, "answered 400"),
    "400 with a code of its own": (
        lambda asked: (400, {"error": asked.form.get("refresh_token", asked.form.get("assertion", "x"))}),
        5.0,
        r"answered 400 \(",
    ),
    "200 with another key": (lambda asked: (200, {"id_token": SECRET, **asked.form}), 5.0, "answered 200"),
    "200 with a list": (lambda asked: (200, [SECRET]), 5.0, "answered 200"),
    "200 with a token of two lines": (
        lambda asked: (200, {"access_token": f"{SECRET}\n"}),
        5.0,
        "malformed|cannot carry|answered 200",
    ),
    "500": (lambda asked: (500, asked.body), 0.4, "answered 500"),
    "a hang": (lambda asked: (200, None), 0.4, "in time"),
}


# Amazon's metadata server names the role that is asked for next: what it says there is no secret, but a place.
FETCHING = [kind for kind, asks, _ in KINDS if asks and kind is not workload_of_amazon]
SIMPLE = [kind for kind, asks, _ in KINDS if asks == ["/token"]]
"""What asks one token endpoint and nothing else."""


@pytest.mark.parametrize("kind", FETCHING, ids=[kind.__name__ for kind in FETCHING])
@pytest.mark.parametrize("failure", FAILURES)
def test_row_89_a_token_endpoint_that_fails_is_an_auth_error_in_time_and_nothing_is_sent_without_a_token(
    failure: str,
    kind: Callable[[TokenServer, Path], Any],
    server: TokenServer,
    client: Callable[..., Client],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    server.fault, seconds, cause = FAILURES[failure]
    one = client(credentials=kind(server, tmp_path))
    started = time.monotonic()
    with pytest.raises(AuthError) as caught:
        one.projects.operations.get(NAME, timeout=seconds)
    assert time.monotonic() - started < seconds + 0.25
    assert server.calls == []
    assert server.paths
    if kind in SIMPLE:
        assert set(server.paths) == {"/token"}
        caught.match(cause)
    assert caught.value.hint
    assert_hidden(shown(caught.value), one)
    assert_hidden(logged(caplog))


@pytest.mark.parametrize(
    ("answer", "said", "hint"),
    [
        ((400, {"error": "invalid_grant"}), "invalid_grant", "Sign in again"),
        ((400, {"error": "invalid_scope"}), "invalid_scope", "scopes="),
        ((401, {"error": "invalid_client"}), "invalid_client", "id and secret"),
        ((403, {"error": {"code": 403, "status": "PERMISSION_DENIED"}}), "PERMISSION_DENIED", "TokenCreator"),
    ],
)
def test_the_code_of_a_token_endpoint_says_what_to_do(
    answer: Any, said: str, hint: str, server: TokenServer, client: Callable[..., Client], tmp_path: Path
) -> None:
    server.token = lambda _: answer
    with pytest.raises(AuthError, match=said) as caught:
        client(credentials=service_account(server, tmp_path)).projects.operations.get(NAME)
    assert hint in caught.value.hint


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Every record of every logger, with what it carries besides."""
    assert any(record.name == "groundwire" for record in caplog.records)
    assert any(record.name.startswith("urllib3") for record in caplog.records)
    return caplog.text + " ".join(str(vars(record)) for record in caplog.records)


@pytest.mark.parametrize("kind", [kind for kind, *_ in KINDS], ids=[kind.__name__ for kind, *_ in KINDS])
def test_a_client_is_not_pickled_with_its_secrets(
    kind: Callable[[TokenServer, Path], Any],
    server: TokenServer,
    client: Callable[..., Client],
    tmp_path: Path,
) -> None:
    one = client(credentials=kind(server, tmp_path))
    for _ in range(2):
        with pytest.raises(TypeError, match="make one in each process"):
            pickle.dumps(one)
        one.projects.operations.get(NAME)
    with pytest.raises(TypeError, match="a secret"):
        pickle.dumps(Token(SECRET))
