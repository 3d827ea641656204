"""Row 40: a token endpoint that fails for a moment ends no call and no wait."""

from __future__ import annotations

import json
import threading
import time as system
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from attrs import evolve
from google.auth.exceptions import RefreshError
from google.auth.exceptions import TransportError as GoogleTransportError
from google.oauth2.credentials import Credentials as UserCredentials
from groundwire import Operation
from groundwire_exports import Export
from groundwire_runtime.clock import SYSTEM
from groundwire_runtime.errors import AuthError, TransportError
from groundwire_runtime.http import Request, Response
from groundwire_runtime.retry import RetryPolicy

from ..runtime.doubles import Script, Time, answer
from ..runtime.wire import RESET, SILENCE, Reply, Wire, cut, http, plain
from .plugin import Measured
from .shop import EXPORT, IMPATIENT, NAME, OPERATION, Renewed, client

BUSY = plain(b"{}", "503 Busy")
GRANTED = plain(json.dumps({"access_token": "token-canary-fresh", "expires_in": 3600}).encode())
DONE = {"@type": "type.googleapis.com/google.protobuf.Empty"}
BLIPS: dict[str, list[Reply]] = {
    "a reset": [RESET],
    "three resets": [RESET] * 3,
    "three 503": [BUSY] * 3,
    "five of all kinds": [
        plain(b"", "500 Broken"),
        plain(b"<html>", "502 Bad Gateway"),
        plain(b"{}", "504 Late"),
        plain(b"{}", "408 Slow"),
        RESET,
    ],
    "a 429 that says when": [plain(b"{}", "429 Slow down", retry_after="2")],
    "an answer cut off": [cut(http(b'{"access_token": "a"}')[:-9])],
    "silence": [SILENCE],
    "a passing code": [plain(b'{"error": "temporarily_unavailable"}', "400 Bad")],
}


def user(wire: Wire) -> Any:
    return UserCredentials(  # type: ignore[no-untyped-call] # google-auth is untyped here
        None,
        refresh_token="1//canary-refresh",
        token_uri=f"{wire.url}/token",
        client_id="c",
        client_secret="canary-secret",
    )


def failing(blips: list[Reply], granted: Reply = GRANTED) -> Callable[[bytes], Reply]:
    """A token endpoint that fails so often first, and an API that takes its token alone."""
    left = list(blips)

    def serve(request: bytes) -> Reply:
        if b" /token " in request.partition(b"\r\n")[0]:
            return left.pop(0) if left else granted
        good = b"bearer token-canary-fresh" in request.lower()
        return plain(OPERATION) if good else plain(b"{}", "401 No")

    return serve


@pytest.mark.promise(40)
@pytest.mark.parametrize("blip", BLIPS)
def test_a_call_rides_over_a_token_endpoint_that_fails_for_a_moment(measured: Measured, blip: str) -> None:
    waits: list[float] = []
    clock = evolve(IMPATIENT, sleep=waits.append)
    with (
        Wire(failing(BLIPS[blip])) as wire,
        client(wire.url, credentials=user(wire), clock=clock, read_timeout=0.2) as one,
    ):
        for call in (
            lambda: one.projects.image.export(EXPORT),
            lambda: one.projects.operations.cancel(NAME),
        ):
            call()
        assert wire.paths.count("/token") == len(BLIPS[blip]) + 1
        assert len(waits) == len(BLIPS[blip])
        assert len(wire.paths) == len(BLIPS[blip]) + 3, "each call was sent once"
    if "says when" in blip:
        assert 2 <= waits[0] <= 2.2
    measured(f"{blip}: survived, {len(BLIPS[blip]) + 1} requests for a token, 1 send a call")


@pytest.mark.promise(40)
def test_while_one_thread_asks_again_for_a_token_the_others_wait(measured: Measured) -> None:
    threads, asking, most = 64, 0, 0
    lock, answers = threading.Lock(), failing([])
    left = [503] * 4

    def serve(request: bytes) -> Reply:
        nonlocal asking, most
        if b" /token " not in request.partition(b"\r\n")[0]:
            return answers(request)
        with lock:
            asking += 1
            most = max(most, asking)
        system.sleep(0)
        with lock:
            asking -= 1
        return BUSY if left and left.pop() else GRANTED

    together = threading.Barrier(threads)
    clock = evolve(SYSTEM, sleep=lambda _: system.sleep(0.02))
    with (
        Wire(serve) as wire,
        client(wire.url, credentials=user(wire), clock=clock) as one,
        ThreadPoolExecutor(threads) as pool,
    ):

        def call(_: int) -> str | None:
            together.wait(10)
            return one.projects.operations.get(NAME).name

        assert list(pool.map(call, range(threads))) == [NAME] * threads
        assert wire.paths.count("/token") == 5
    assert most == 1
    measured(f"{threads} threads, 4 failures: 5 requests for a token in all, 1 at a time")


@pytest.mark.promise(40)
@pytest.mark.parametrize("seconds", [30, 600, 3_000])
def test_a_wait_rides_over_an_outage_of_the_token_endpoint(measured: Measured, seconds: int) -> None:
    time = Time()
    start = time.now
    credentials = Renewed()

    def issue() -> str:
        if 20 < time.now - start < 20 + seconds:
            raise GoogleTransportError("no such host")  # type: ignore[no-untyped-call] # google-auth is untyped here
        return "token-canary-fresh"

    def look(_: Request) -> Response:
        credentials.token = None  # Each token is good for one look.
        ended = time.now - start > 40 + seconds
        return answer({"name": NAME, **({"done": True, "response": DONE} if ended else {})})

    credentials.issue = issue
    one = client(
        "https://shop.test", transport=Script(forever=look), credentials=credentials, clock=time.clock()
    )
    assert one.wait(Operation(name=NAME)).done
    start = time.now
    assert Export(one, Operation(name=NAME)).wait().done
    start = time.now
    assert Export(one, Operation(name=NAME)).wait(timeout=2 * seconds + 600).done
    measured(f"client.wait and Export.wait: {seconds:,} s without a token survived")


@pytest.mark.parametrize(
    ("refused", "policy", "asks"),
    [
        (plain(b'{"error": "invalid_grant"}', "400 Bad"), RetryPolicy(), 1),
        (plain(b"{}", "403 No"), RetryPolicy(), 1),
        (plain(b"<html>"), RetryPolicy(), 1),
        (BUSY, None, 1),
        (RESET, None, 1),
        (BUSY, RetryPolicy(attempts=3), 3),
        (RESET, RetryPolicy(attempts=1), 1),
    ],
)
def test_a_refusal_and_a_policy_without_attempts_end_the_call_at_once(
    refused: Reply, policy: RetryPolicy | None, asks: int
) -> None:
    with (
        Wire(failing([], refused)) as wire,
        client(wire.url, credentials=user(wire), retry=policy) as one,
        pytest.raises(AuthError) as caught,
    ):
        one.projects.operations.get(NAME)
    assert wire.paths == ["/token"] * asks
    assert caught.value.retryable is (refused in (BUSY, RESET))


def test_threads_that_wait_for_a_refresh_share_its_refusal() -> None:
    threads, looked = 16, threading.Semaphore(0)

    def issue() -> str:
        # Each thread looks before it waits, and the one that asks looks again.
        assert all(looked.acquire(timeout=10) for _ in range(threads + 1))
        raise RefreshError("invalid_grant")  # type: ignore[no-untyped-call] # google-auth is untyped here

    credentials = Renewed(issue)
    one = client("https://shop.test", transport=Script(), credentials=credentials)
    credentials.looked = looked.release

    def call(_: int) -> str:
        with pytest.raises(AuthError) as caught:
            one.projects.operations.get(NAME, timeout=20)
        return caught.value.message

    with ThreadPoolExecutor(threads) as pool:
        told = set(pool.map(call, range(threads)))
    assert told == {"the token could not be refreshed: RefreshError"}
    assert credentials.refreshes == 1
    with pytest.raises(AuthError):
        looked.release(threads + 1)
        one.projects.operations.get(NAME, timeout=20)
    assert credentials.refreshes == 2, "a later call asks anew"


def test_a_token_endpoint_that_stays_away_ends_the_call_in_its_time() -> None:
    time = Time()
    start = time.now
    away = TransportError("token: no such host", sent=False)
    with (
        Wire() as wire,
        client(
            wire.url, transport=Script(forever=away), credentials=user(wire), clock=time.clock(), timeout=30
        ) as one,
        pytest.raises(AuthError, match="no such host") as caught,
    ):
        one.projects.operations.get(NAME)
    assert caught.value.retryable
    assert 0 < time.now - start <= 30


def test_without_a_timeout_a_wait_gives_up_after_an_hour_without_a_token() -> None:
    time = Time()
    start = time.now
    away = TransportError("token: no such host", sent=False)
    with Wire() as wire:
        one = client(wire.url, transport=Script(forever=away), credentials=user(wire), clock=time.clock())
        with pytest.raises(AuthError):
            one.wait(Operation(name=NAME))
    assert 3_600 <= time.now - start < 3_700
