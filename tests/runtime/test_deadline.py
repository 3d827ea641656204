from __future__ import annotations

import gc
import socket
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from attrs import evolve
from groundwire_runtime.clock import LONGEST, Deadline
from groundwire_runtime.errors import DeadlineReached
from groundwire_runtime.http import Request
from groundwire_runtime.retry import RetryPolicy
from groundwire_runtime.sockets import connected
from groundwire_runtime.transport import UrllibTransport

from tests.runtime.doubles import RetryTransport

from .wire import SILENCE, Reply, Wire, drip, http, plain
from .wire.blackhole import full_backlog, silent

SECONDS = 0.3
SLACK = 0.15


def request(url: str, seconds: float | None = SECONDS) -> Request:
    deadline = None if seconds is None else time.monotonic() + seconds
    return Request(method_id="shop.books.get", verb="GET", url=url, safe_to_retry=True, deadline=deadline)


@contextmanager
def ends_at_the_deadline(seconds: float = SECONDS) -> Iterator[None]:
    started = time.monotonic()
    with pytest.raises(DeadlineReached, match="the deadline was reached"):
        yield
    taken = time.monotonic() - started
    assert seconds - 0.01 <= taken <= seconds + SLACK


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(SILENCE, id="nothing comes"),
        pytest.param(drip(http(b" " * 200), 0.02), id="head and body drip"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 50, 0.02), id="head drips"),
        pytest.param(
            Reply(pieces=[http(b" " * 200, sized=False), *[b" "] * 200], every=0.02), id="no length"
        ),
        pytest.param(
            Reply(
                pieces=[http(b"", sized=False, transfer_encoding="chunked"), *[b"1\r\n \r\n"] * 200],
                every=0.02,
            ),
            id="chunks drip",
        ),
        pytest.param(
            Reply(pieces=[http(b"\x1f", sized=False, content_encoding="gzip"), b"\x8b"], every=5.0),
            id="gzip stops",
        ),
    ],
)
def test_a_slow_answer_ends_at_the_deadline(reply: Reply) -> None:
    with Wire([reply]) as wire, closing(UrllibTransport()) as transport, ends_at_the_deadline():
        transport.send(request(wire.url))


def test_a_slow_answer_within_the_deadline_is_read_whole() -> None:
    with Wire([drip(http(b"{}"), 0.001)]) as wire, closing(UrllibTransport()) as transport:
        assert transport.send(request(wire.url, 5)).body == b"{}"


def test_the_deadline_is_one_for_all_attempts() -> None:
    policy = RetryPolicy(attempts=1000, base=0.001, cap=0.001)
    busy = plain(b"{}", "503 Busy")
    with Wire([busy, busy, SILENCE]) as wire, closing(UrllibTransport()) as sockets, ends_at_the_deadline():
        RetryTransport(sockets, policy).send(request(wire.url))
    assert len(wire.requests) == 3


def test_a_call_that_ran_out_of_time_says_that_it_may_have_arrived() -> None:
    with (
        Wire([SILENCE]) as wire,
        closing(UrllibTransport()) as transport,
        pytest.raises(DeadlineReached) as caught,
    ):
        transport.send(request(wire.url, 0.05))
    assert caught.value.sent


@pytest.mark.parametrize("seconds", [0.0, -1.0, -1e9])
def test_without_time_left_nothing_is_sent(seconds: float) -> None:
    with (
        Wire() as wire,
        closing(UrllibTransport()) as transport,
        pytest.raises(DeadlineReached) as caught,
    ):
        transport.send(request(wire.url, seconds))
    assert (wire.connections, caught.value.sent) == (0, False)
    assert str(caught.value) == "shop.books.get: no time left to send"


def test_waiting_for_a_connection_of_the_pool_ends_at_the_deadline() -> None:
    arrived = threading.Event()

    def answer(_: bytes) -> Reply:
        arrived.set()
        return Reply(pieces=[http()], held=True)

    with Wire(answer) as wire, closing(UrllibTransport(connections=1)) as transport:
        first = threading.Thread(target=transport.send, args=(request(wire.url, 5),))
        first.start()
        assert arrived.wait(5)
        with ends_at_the_deadline():
            transport.send(request(wire.url))
        wire.release.set()
        first.join(5)
    assert len(wire.requests) == 1


def test_a_request_that_nobody_reads_ends_at_the_deadline() -> None:
    body = b" " * (16 << 20)
    with Wire(deaf=True) as wire, closing(UrllibTransport()) as transport, ends_at_the_deadline():
        transport.send(evolve(request(wire.url), verb="POST", body=body))


@pytest.mark.skipif(sys.platform != "linux", reason="fills the backlog of a listener as Linux counts it")
def test_a_host_that_accepts_no_connection_ends_at_the_deadline() -> None:
    with full_backlog() as port, closing(UrllibTransport()) as transport, ends_at_the_deadline():
        transport.send(request(f"http://127.0.0.1:{port}"))


@pytest.mark.skipif(sys.platform != "linux", reason="as above")
def test_an_address_that_takes_no_connection_leaves_time_for_the_next_one() -> None:
    with full_backlog() as hole, silent() as port:

        def resolve(*_: object, **__: object) -> list[object]:
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", each))
                for each in (hole, hole, port)
            ]

        deadline = Deadline(time.monotonic() + SECONDS, time.monotonic)
        with connected("shop.test", 443, (), deadline, resolve) as sock:
            assert sock.getpeername() == ("127.0.0.1", port)


@pytest.mark.parametrize("deadline", [Deadline(None, time.monotonic), Deadline(1e12, time.monotonic)])
def test_a_host_is_resolved_by_its_name_and_reached_as_the_system_says(deadline: Deadline) -> None:
    asked: list[object] = []
    with silent() as port:

        def resolve(*question: object, **kind: object) -> list[object]:
            asked.append((*question, kind))
            return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))]

        with connected("[2001:db8::1]", 443, (), deadline, resolve) as sock:
            assert (sock.getpeername(), sock.proto) == (("127.0.0.1", port), socket.IPPROTO_TCP)
    assert asked == [("2001:db8::1", 443, {"type": socket.SOCK_STREAM})]


@pytest.mark.skipif(sys.platform != "linux", reason="as above")
def test_what_an_address_leaves_is_shared_by_those_that_follow() -> None:
    with full_backlog() as hole, silent() as port:
        addresses = [
            (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", each)) for each in (hole, hole, port)
        ]
        started = time.monotonic()
        with connected("shop.test", 443, (), Deadline(0.3, lambda: 0.0), lambda *_, **__: addresses):
            assert time.monotonic() - started >= 0.3 / 3 + 0.3 / 2 - 0.01


def test_a_connection_that_stands_only_when_the_time_is_up_is_closed() -> None:
    readings = iter([0.0, 1.0])
    with silent() as port, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        address = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))
        with pytest.raises(TimeoutError):
            connected("shop.test", 443, (), Deadline(1.0, lambda: next(readings)), lambda *_, **__: [address])
        gc.collect()
    assert caught == []


def test_a_name_without_an_address_is_an_error() -> None:
    with pytest.raises(OSError, match="no address"):
        connected("shop.test", 443, (), Deadline(None, time.monotonic), lambda *_, **__: [])


@pytest.mark.parametrize("seconds", [None, 3e6, 1e10, 1e300])
def test_a_deadline_far_away_is_no_error(seconds: float | None) -> None:
    with Wire() as wire, closing(UrllibTransport()) as transport:
        assert transport.send(request(wire.url, seconds)).status == 200


def test_a_connection_does_not_keep_the_deadline_of_an_earlier_call() -> None:
    slow = drip(http(b" " * 100), 0.002)
    with Wire([plain(), slow]) as wire, closing(UrllibTransport()) as transport:
        transport.send(request(wire.url, 0.1))
        assert len(transport.send(request(wire.url, None)).body) == 100
    assert wire.connections == 1


def test_a_connection_that_ran_out_of_time_is_not_used_again() -> None:
    with Wire([SILENCE, plain(b"[2]")]) as wire, closing(UrllibTransport(connections=1)) as transport:
        with pytest.raises(DeadlineReached):
            transport.send(request(wire.url, 0.05))
        assert transport.send(request(wire.url, 5)).body == b"[2]"
    assert wire.connections == 2


@pytest.mark.parametrize(
    ("at", "seconds", "end"),
    [(None, None, None), (7.0, None, 7.0), (None, 2.0, 7.0), (9.0, 2.0, 7.0), (6.0, 2.0, 6.0)],
)
def test_a_part_of_a_call_ends_in_its_own_time_and_never_after_the_call(
    at: float | None, seconds: float | None, end: float | None
) -> None:
    part = Deadline(at, lambda: 5.0, silence=1.0).within(seconds)
    assert (part.at, part.now(), part.silence) == (end, 5.0, None)


@pytest.mark.parametrize(
    ("left", "silence", "wait"),
    [(None, None, None), (2.0, None, 2.0), (None, 3.0, 3.0), (2.0, 3.0, 2.0), (4.0, 3.0, 3.0)],
)
def test_a_wait_takes_what_is_left_and_no_longer_silence_than_allowed(
    left: float | None, silence: float | None, wait: float | None
) -> None:
    with socket.socket() as sock:
        Deadline(left, lambda: 0.0, silence).arm(sock)
        assert sock.gettimeout() == wait


@pytest.mark.parametrize(
    ("at", "now", "left"),
    [(None, 5.0, None), (7.0, 5.0, 2.0), (5.0, 5.0, 0.0), (5.0, 9.0, 0.0), (1e12, 0.0, LONGEST)],
)
def test_what_is_left_is_never_negative_and_never_more_than_a_wait_can_be(
    at: float | None, now: float, left: float | None
) -> None:
    assert Deadline(at, lambda: now).left() == left
