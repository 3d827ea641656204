"""Rows 36 and 38: whose answer comes over a connection, and who is given one."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from groundwire_runtime.errors import DeadlineReached, TransportError

from ..runtime.wire import SILENCE, Reply, Wire, http, interim
from ..runtime.wire.authority import authority
from .crowd import crowd
from .plugin import Measured
from .shop import NAME, client, named

THREADS = 64


def before(number: int) -> bytes:
    """From none to a hundred interim answers, of all kinds but 101."""
    codes = (100, *range(102, 200))
    return b"".join(
        interim(f"{codes[(number + each) % len(codes)]} Wait", x_a="b") for each in range(number % 101)
    )


def behind(number: int) -> bytes:
    """Bytes that no request asked for: none for three answers in four."""
    stray = (named(b"GET /v1beta/projects/p/operations/stolen ").pieces[0], b"x", b"\r\n", interim())
    return stray[number // 4 % len(stray)] * (1 + number % 500) if number % 4 == 0 else b""


@pytest.mark.promise(36)
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_an_answer_is_its_own_requests_whatever_comes_before_and_behind_it(
    measured: Measured, full: bool, tls: bool
) -> None:
    calls = 4_000 if full else 400
    numbers = count()

    def serve(request: bytes) -> Reply:
        number = next(numbers)
        return Reply(pieces=[before(number), named(request).pieces[0] + behind(number)])

    with (
        Wire(serve, tls=authority().server() if tls else None) as wire,
        client(wire.url, tls=authority().client(), retry=None, timeout=60) as one,
        ThreadPoolExecutor(16) as threads,
    ):

        def right(number: int) -> bool:
            name = f"projects/p/operations/{number}"
            return one.projects.operations.get(name).name == name

        mixed = calls - sum(threads.map(right, range(calls)))
        assert mixed == 0
        # A connection for each that had to go, and no more.
        assert calls / 4 <= wire.connections <= calls / 4 + 10
    way = "TLS" if tls else "plain"
    measured(
        f"{way}: 0 mixed of {calls:,} answers, behind 0 to 100 interim ones; 1 in 4 with bytes behind it"
    )


@pytest.mark.promise(36)
def test_a_flood_of_interim_answers_and_a_101_are_typed_errors(measured: Measured) -> None:
    def flood() -> Iterator[bytes]:
        while True:
            yield interim() * 100

    floods = [Reply(pieces=flood()), Reply(pieces=[interim("101 Switching Protocols"), http(b"{}")])]  # type: ignore[arg-type] # without end
    with Wire(floods) as wire, client(wire.url) as one:
        for _ in floods:
            with pytest.raises(TransportError, match="the answer is not HTTP") as caught:
                one.projects.operations.get(NAME)
            assert not caught.value.retryable
        assert len(wire.requests) == 2
    measured("a flood of 103, and a 101: TransportError, 1 send each")


@pytest.mark.promise(38)
def test_connections_are_given_first_come_first_served(measured: Measured, full: bool) -> None:
    connections, service = 10, 0.005
    head, end, body = http(json.dumps({"name": NAME})).partition(b"\r\n\r\n")
    answer, share = Reply(pieces=[head + end, body], every=service), THREADS * service / connections
    ratios: list[float] = []
    # The best of some rounds: others may be busy on the machine.
    while min(ratios, default=11.0) > 10 and len(ratios) < 5:
        with Wire(lambda _: answer) as wire:
            report = crowd(
                wire.url, threads=THREADS, calls=40 if full else 10, connections=connections, timeout=2
            )
            assert report.errors == {}
            assert wire.connections <= connections
        ratios.append(report.slowest / share)
    assert min(ratios) <= 10
    shown = f"{THREADS} threads, {connections} connections, an answer in {1000 * service:.0f} ms"
    told = f"0 errors in {report.calls:,} calls, the slowest took {min(ratios):.1f} x the fair share"
    measured(f"{shown}: {told}")


@pytest.mark.promise(38)
def test_the_error_says_that_the_call_waited_for_a_connection(measured: Measured) -> None:
    with (
        Wire([SILENCE]) as wire,
        client(wire.url, retry=None, connections=1, timeout=5) as one,
        ThreadPoolExecutor(1) as threads,
    ):
        first = threads.submit(one.projects.operations.get, NAME)
        while not wire.requests:
            time.sleep(0.001)
        with pytest.raises(DeadlineReached) as caught:
            one.projects.operations.get(NAME, timeout=0.2)
        wire.release.set()
        with pytest.raises(TransportError):
            first.result(10)
    host = wire.url.partition("://")[2]
    said = f"after 0.2 s of waiting for one of the 1 connections to {host}, as number 1 of 1 in the queue"
    assert said in str(caught.value)
    measured(f'"{said.replace(host, "HOST")}"')
