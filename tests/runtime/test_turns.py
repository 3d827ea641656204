"""Turns at the connections of a host: first come, first served, and what a call is told that has none in time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from groundwire_runtime.clock import SYSTEM, Clock, Deadline
from groundwire_runtime.errors import DeadlineReached
from groundwire_runtime.http import Request
from groundwire_runtime.sockets import ConnectionWaitError, Gate
from groundwire_runtime.transport import UrllibTransport

from .test_connection import HOST, WAYS, over
from .test_transport import request
from .wire import Reply, Wire, http


def looking(event: threading.Event) -> Deadline:
    """No deadline; `event` is set when a call has joined the queue, and looks at the time."""

    def now() -> float:
        event.set()
        return SYSTEM.monotonic()

    return Deadline(SYSTEM.monotonic() + 10, now)


def test_a_place_goes_to_who_waits_longest_not_to_who_asks_first() -> None:
    gate, order = Gate(1), list[str]()

    def wait(name: str, queued: threading.Event) -> None:
        with gate.turn(looking(queued), HOST):
            order.append(name)

    with ThreadPoolExecutor(3) as threads:
        with gate.turn(looking(threading.Event()), HOST):
            for name in "abc":
                queued = threading.Event()
                threads.submit(wait, name, queued)
                assert queued.wait(10)
        # A thread that gave a connection back used to have it again before any other woke up.
        wait("again", threading.Event())
    assert order == ["a", "b", "c", "again"]


def test_who_waits_in_vain_is_told_how_long_and_for_what() -> None:
    gate = Gate(2)
    with gate.turn(looking(threading.Event()), HOST), gate.turn(looking(threading.Event()), HOST):
        queued = threading.Event()
        with ThreadPoolExecutor(1) as threads:
            first = threads.submit(lambda: gate.turn(looking(queued), HOST).__enter__())
            assert queued.wait(10)
            with pytest.raises(ConnectionWaitError) as caught:
                gate.turn(Deadline(SYSTEM.monotonic() + 0.2, SYSTEM.monotonic), HOST).__enter__()
            gate._leave()
            first.result(10)
    assert str(caught.value) == (
        "after 0.2 s of waiting for one of the 2 connections to shop.test, as number 2 of 2 in the queue"
    )


@pytest.mark.parametrize("error", [KeyboardInterrupt, TimeoutError])
def test_who_leaves_the_queue_takes_no_place_with_them(error: type[BaseException]) -> None:
    def interrupted() -> float:
        raise error

    gate = Gate(1)
    with gate.turn(looking(threading.Event()), HOST), pytest.raises(error):
        gate.turn(Deadline(0.0, interrupted), HOST).__enter__()
    with gate.turn(looking(threading.Event()), HOST):
        pass


@WAYS
def test_a_call_that_got_no_connection_says_so(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    arrived = threading.Event()

    def answers(_: bytes) -> Reply:
        arrived.set()
        return Reply(pieces=[http()], held=True)

    with over(way, answers, monkeypatch) as (wire, url, transport), ThreadPoolExecutor(1) as threads:
        first = threads.submit(transport.send, request(url))
        assert arrived.wait(5)
        with pytest.raises(DeadlineReached) as caught:
            transport.send(request(url, seconds=0.2))
        wire.release.set()
        assert first.result(5).status == 200
        assert transport.send(request(url)).status == 200
        assert wire.connections == 1
    host = url.partition("://")[2]
    assert caught.value.message == (
        "shop.books.get: the deadline was reached after 0.2 s of waiting for one of the 1 connections to "
        f"{host}, as number 1 of 1 in the queue"
    )
    assert "Client(connections=...)" in caught.value.hint
    assert not caught.value.sent


def test_after_a_fork_nobody_waits_for_the_parents_calls() -> None:
    arrived = threading.Event()

    def answers(request: bytes) -> Reply:
        arrived.set()
        return Reply(pieces=[http()], held=b"/parent" in request)

    transport = UrllibTransport(connections=1)
    with Wire(answers) as wire, closing(transport), ThreadPoolExecutor(1) as threads:
        first = threads.submit(transport.send, request(f"{wire.url}/parent"))
        assert arrived.wait(5)
        transport.after_fork()
        assert transport.send(request(f"{wire.url}/child")).status == 200
        wire.release.set()
        assert first.result(5).status == 200


def test_the_time_to_connect_begins_when_a_call_has_its_turn() -> None:
    arrived, queued = threading.Event(), threading.Event()
    later = 0.0

    def monotonic() -> float:
        if threading.current_thread().name.startswith("second"):
            queued.set()
        return SYSTEM.monotonic() + later

    def answers(_: bytes) -> Reply:
        arrived.set()
        return Reply(pieces=[http(connection="close")], held=True, then="close")

    transport = UrllibTransport(connections=1, connect_timeout=5, clock=Clock(monotonic=monotonic))
    with (
        Wire(answers) as wire,
        closing(transport),
        ThreadPoolExecutor(1) as one,
        ThreadPoolExecutor(1, "second") as other,
    ):
        sent = Request(method_id="m", verb="GET", url=wire.url)
        first = one.submit(transport.send, sent)
        assert arrived.wait(5)
        second = other.submit(transport.send, sent)
        assert queued.wait(5)
        later = 100.0
        wire.release.set()
        assert (first.result(5).status, second.result(5).status) == (200, 200)
        assert wire.connections == 2
