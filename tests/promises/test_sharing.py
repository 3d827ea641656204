"""Rows 21 to 23 and 39: one client for many threads and processes."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from groundwire import Client
from groundwire_runtime.http import Request
from groundwire_runtime.transport import UrllibTransport

from tests.runtime.doubles import AuthTransport

from ..runtime.doubles import Script, answer
from ..runtime.wire import SILENCE, Reply, Wire, bomb, http, plain
from ..runtime.wire.authority import authority
from .crowd import crowd
from .plugin import Measured
from .shop import FINE, NAME, Renewed, client, deadline, named

THREADS = 64
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")


@pytest.mark.promise(21)
def test_64_threads_never_get_the_answer_of_another(measured: Measured, full: bool) -> None:
    calls, expiries = (1_000, 16) if full else (50, 4)
    served, generation = 0, 0
    every = THREADS * calls // expiries

    def serve(request: bytes) -> Reply:
        """Under the server's own lock: each token stands for a number of answers, then it is refused."""
        nonlocal served, generation
        if b"authorization: bearer token-canary-%d\r\n" % generation not in request.lower():
            return plain(b"{}", "401 Expired")
        served += 1
        if served % every == 0:
            generation += 1
        # The body comes after the head, so that reading it is a step of its own.
        return Reply(pieces=named(request).pieces[0].partition(b"\r\n\r\n"))

    credentials = Renewed(issue=lambda: f"token-canary-{generation}")
    with (
        Wire(serve) as wire,
        client(wire.url, credentials=credentials, retry=None, timeout=600) as one,
        ThreadPoolExecutor(THREADS) as threads,
    ):

        def mixed(thread: int) -> int:
            names = (f"projects/p/operations/{thread}-{number}" for number in range(calls))
            return sum(one.projects.operations.get(name).name != name for name in names)

        assert sum(threads.map(mixed, range(THREADS))) == 0
        assert wire.most_open <= 10
    assert served == THREADS * calls
    # The token of the last answer may have expired with it, unseen.
    assert credentials.refreshes == 1 + generation - (served % every == 0)
    told = f"{credentials.refreshes} refreshes for {credentials.refreshes - 1} expiries and the start"
    measured(f"{THREADS} threads x {calls:,} calls: 0 mixed answers, {told}")


def in_a_child(work: Callable[[], bool]) -> int:
    """Fork, and let the child exit with 0 when its work went well."""
    with warnings.catch_warnings():
        # The threads of the server are of no use to the child.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.alarm(20)
        try:
            os._exit(0 if work() else 1)
        finally:
            os._exit(2)
    return child


def status_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@forks
@pytest.mark.promise(22)
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_both_sides_of_a_fork_may_call(measured: Measured, full: bool, tls: bool) -> None:
    calls, secure = 1_000 if full else 100, authority()

    def right(one: Client, who: str) -> bool:
        names = [f"projects/p/operations/{who}-{number}" for number in range(calls)]
        return all(one.projects.operations.get(name).name == name for name in names)

    with (
        Wire(named, tls=secure.server() if tls else None) as wire,
        client(wire.url, tls=secure.client(), retry=None) as one,
    ):
        assert right(one, "warm")
        children = [in_a_child(lambda number=number: right(one, f"child{number}")) for number in range(3)]
        assert right(one, "parent")
        assert [status_of(child) for child in children] == [0, 0, 0]
        assert wire.connections == 4
    measured(f"{'TLS' if tls else 'plain'}: parent and 3 children, 0 mixed of {4 * calls:,} answers")


@forks
@pytest.mark.promise(22)
def test_a_child_does_not_wait_for_threads_that_it_does_not_have(measured: Measured) -> None:
    parent, begun, release = os.getpid(), threading.Event(), threading.Event()

    def issue() -> str:
        if os.getpid() == parent:
            begun.set()
            release.wait(10)
        return "token-canary-"

    credentials: object = Renewed(issue)
    transport = AuthTransport(Script(forever=answer()), credentials)  # type: ignore[arg-type] # google-auth's by its shape
    request = Request(method_id="m", verb="GET", url="https://shop.test/", deadline=deadline(10))
    first = threading.Thread(target=transport.send, args=(request,))
    first.start()
    try:
        assert begun.wait(10)
        child = in_a_child(lambda: transport.send(request).status == 200)
        assert status_of(child) == 0
    finally:
        release.set()
        first.join(10)
    measured("a fork during a refresh: the child makes its own")


@pytest.mark.promise(23)
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_64_threads_open_no_more_sockets_than_the_limit(measured: Measured, tls: bool) -> None:
    limit, busy, secure = 10, threading.Semaphore(0), authority()

    def hold(_: bytes) -> Reply:
        busy.release()
        return Reply(pieces=[http()], held=True)

    with (
        Wire(hold, tls=secure.server() if tls else None) as wire,
        closing(UrllibTransport(connections=limit, tls=secure.client())) as transport,
        ThreadPoolExecutor(THREADS) as threads,
    ):
        request = Request(method_id="m", verb="GET", url=wire.url, deadline=deadline(10))
        calls = [threads.submit(transport.send, request) for _ in range(THREADS)]
        assert all(busy.acquire(timeout=5) for _ in range(limit))
        assert not busy.acquire(timeout=0.1), "one more call waits for a connection"
        wire.release.set()
        assert [call.result(10).status for call in calls] == [200] * THREADS
        assert (wire.most_open, wire.connections) == (limit, limit)
    measured(f"{THREADS} threads, {'TLS' if tls else 'plain'}: {limit} sockets in all")


def test_a_connection_that_the_server_closed_is_not_used() -> None:
    with Wire([Reply(pieces=[http(b"{}")], then="close"), FINE]) as wire, client(wire.url, retry=None) as one:
        one.projects.operations.delete(NAME)
        assert wire.closed.acquire(timeout=5)
        assert one.projects.operations.get(NAME).name == NAME
        assert wire.connections == 2


def test_a_connection_whose_server_is_gone_costs_a_safe_call_its_silence_alone() -> None:
    with Wire([FINE, SILENCE, FINE]) as wire, client(wire.url, read_timeout=0.2) as one:
        one.projects.operations.get(NAME)
        assert one.projects.operations.get(NAME).name == NAME
        assert (wire.connections, len(wire.requests)) == (2, 3)


@pytest.mark.promise(39)
@pytest.mark.skipif(sys.platform != "linux", reason="reads memory as Linux counts it")
def test_24_threads_under_gzip_bombs_hold_no_more_than_the_budget(measured: Measured, full: bool) -> None:
    """Bombs past the limit of an answer and within it; the small ones are of sizes that malloc likes to keep."""
    budget, sizes = (256, (200, 60, 16)) if full else (128, (200, 30))
    for size in sizes:
        with Wire([FINE, Reply(pieces=[bomb(size << 20)])]) as wire:
            report = crowd(wire.url, threads=24, calls=4, connections=24, max_unpacked_bytes=budget << 20)
        grown = report.grown / (budget << 20)
        assert grown < 2
        assert sum(report.errors.values()) == report.calls
        assert report.errors.keys() <= {"ResponseTooLarge", "DecodeError"}
        assert report.errors["ResponseTooLarge"] > 0
        kinds = " or ".join(sorted(report.errors))
        measured(f"24 threads, bombs of {size} MiB: {kinds}, grew by {grown:.1f} x {budget} MiB")
