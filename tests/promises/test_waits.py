"""Rows 1, 2, 4, 5, 6: how long a call waits before it is made again."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from attrs import evolve
from groundwire_runtime.clock import SYSTEM
from groundwire_runtime.errors import ApiError, DeadlineReached, ResourceExhausted, Unavailable
from groundwire_runtime.http import Request, Response

from tests.runtime.doubles import RetryTransport

from ..runtime.doubles import Script, Time, answer, refusal
from ..runtime.wire import Wire, plain
from .figures import percentile, spread
from .plugin import Measured
from .shop import NAME, client, seconds_of

READ = Request(method_id="m", verb="GET", url="https://shop.test/", safe_to_retry=True)
START = evolve(READ, verb="POST", request_id="r", body=b"{}")


def waits(seed: int, failure: Response, request: Request = READ, **facts: float) -> list[float]:
    """The waits of a call that fails for ever, or once where a `retry_after` is looked at."""
    time = Time(**facts)  # type: ignore[arg-type] # the numbers of a Time
    time.source.seed(seed)
    once = "retry-after" in failure.headers
    script = Script([failure, answer()]) if once else Script(forever=failure)
    with suppress(ApiError):
        RetryTransport(script, clock=time.clock()).send(request)
    return time.sleeps


@pytest.mark.promise(1)
def test_waits_are_full_jitter(measured: Measured, full: bool) -> None:
    seeds = 20_000 if full else 500
    rounds = [waits(seed, refusal(503)) for seed in range(seeds)]
    assert {len(each) for each in rounds} == {9}
    furthest = 0.0
    for number in range(9):
        ceiling = min(60.0, 2.0**number)
        shares = sorted(each[number] / ceiling for each in rounds)
        assert shares[0] >= 0
        assert shares[-1] <= 1
        # The distance of Kolmogorov and Smirnov from an even spread.
        furthest = max(furthest, *(abs(share - rank / seeds) for rank, share in enumerate(shares)))
    assert furthest < 2.2 / seeds**0.5
    measured(f"{9 * seeds:,} delays inside; at most {furthest:.3f} (Kolmogorov-Smirnov) from an even spread")


@pytest.mark.promise(2)
def test_one_deadline_is_for_all_attempts(measured: Measured, full: bool) -> None:
    with Wire([plain(b"{}", "503 Busy")]) as wire, ThreadPoolExecutor(16) as threads:
        taken = list(threads.map(lambda _: _until_given_up(wire.url), range(160 if full else 16)))
        assert len(wire.requests) > len(taken), "no call was made again"
    assert max(taken) <= 2.1
    ends = [_end_of(seed) for seed in range(500)]
    assert max(ends) <= 2
    measured(f"{spread(taken)}; 500 seeds under a fake clock: the last ends at {max(ends):.2f} s")


def _until_given_up(url: str) -> float:
    with client(url, timeout=2, clock=SYSTEM) as one:

        def call() -> None:
            with pytest.raises((Unavailable, DeadlineReached)):
                one.projects.operations.get(NAME)

        return seconds_of(call)


def _end_of(seed: int) -> float:
    """When a call of 2 s that fails for ever ends; each send takes up to 50 ms."""
    time = Time()
    time.source.seed(seed)
    start = time.now

    def busy(_: Request) -> Response:
        time.pass_by(min(0.05, start + 2 - time.now))
        return refusal(503)

    with pytest.raises(Unavailable):
        RetryTransport(Script(forever=busy), clock=time.clock()).send(evolve(READ, deadline=start + 2))
    return time.now - start


@pytest.mark.promise(4)
def test_a_retry_after_in_seconds_is_waited_for(measured: Measured) -> None:
    found = [
        wait / asked
        for asked in (1, 7, 120, 3_600)
        for request in (READ, START)
        for status in (408, 429, 500, 502, 503, 504)
        for seed in range(20)
        for wait in waits(seed, refusal(status, retry_after=str(asked)), request)
    ]
    assert len(found) == 960
    assert min(found) >= 1
    assert max(found) <= 1.1
    measured(f"{len(found)} waits of {min(found):.2f} v to {max(found):.2f} v, GET and POST")


@pytest.mark.promise(5)
def test_a_retry_after_as_a_date_is_one_instant(measured: Measured) -> None:
    forms = ("Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994")
    instant = 784_111_777.0
    off = 0.0
    for ahead in (5.0, 90.0, 3_600.0):
        for form in forms:
            (wait,) = waits(1, refusal(503, retry_after=form), epoch=instant - ahead)
            # A wait is up to a tenth longer than what was asked for.
            exact = wait / (1 + 0.1 * Time(source=_seeded(1)).source.random())
            off = max(off, abs(exact - ahead))
    assert off <= 1
    measured(f"3 forms, 3 distances: off by at most {off:.2f} s")


def _seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a seeded source


@pytest.mark.promise(6)
@pytest.mark.parametrize("value", ["3600", "99999999", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_a_retry_after_past_the_deadline_is_an_error_at_once(
    measured: Measured, full: bool, value: str
) -> None:
    with Wire([plain(b"{}", "429 Slow down", retry_after=value)]) as wire, client(wire.url) as one:

        def call() -> None:
            with pytest.raises(ResourceExhausted) as caught:
                one.projects.operations.get(NAME, timeout=60)
            assert caught.value.retry_after is not None
            assert caught.value.retry_after >= 3_600

        call()
        taken = [seconds_of(call) for _ in range(1_000 if full else 100)]
        assert len(wire.requests) == len(taken) + 1
    assert percentile(taken, 0.99) <= 0.05
    measured(spread(taken))
