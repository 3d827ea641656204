"""Callers that are many, slow or silent: the server bounds them, and goes on answering."""

from __future__ import annotations

import logging
import re
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
from groundwire_contract.contract import load
from groundwire_contract.given import given_of
from groundwire_contract.server.http import ServerThread
from groundwire_contract.service import Service

from .wire import EXPORT, OPERATIONS, ask

BEGINNINGS = {
    "nothing": b"",
    "half a line": b"GET /v1beta/proj",
    "half a head": f"GET {OPERATIONS} HTTP/1.1\r\nHost: localhost\r\n".encode(),
    "half a body": (
        f"POST {EXPORT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{{"
    ).encode(),
}


@contextmanager
def serving(**bounds: float) -> Iterator[str]:
    with ServerThread(Service(load()), **bounds) as server:  # type: ignore[arg-type] # the bounds of the test
        yield server.endpoint


def connected(stack: ExitStack, endpoint: str, beginning: bytes) -> socket.socket:
    host, _, port = urlsplit(endpoint).netloc.rpartition(":")
    sock = stack.enter_context(socket.create_connection((host, int(port)), timeout=10))
    sock.sendall(beginning)
    return sock


def test_300_callers_that_come_to_nothing_hold_up_nobody() -> None:
    with serving() as endpoint, ExitStack() as stack:
        for number in range(300):
            connected(stack, endpoint, list(BEGINNINGS.values())[number % 4])
        assert [ask(endpoint, "GET", OPERATIONS).status for _ in range(5)] == [200] * 5


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS)
def test_a_request_that_does_not_arrive_in_time_ends_its_connection(beginning: bytes) -> None:
    with serving(request_seconds=0.05) as endpoint, ExitStack() as stack:
        sock = connected(stack, endpoint, beginning)
        said = b""
        try:
            while part := sock.recv(65536):
                said += part
        except ConnectionResetError:
            pass
        assert said.startswith(b"HTTP/1.1 408 ") or (said == b"" and b"POST" in beginning)
        assert ask(endpoint, "GET", OPERATIONS).status == 200


def test_an_idle_connection_is_closed_after_its_answer() -> None:
    with serving(request_seconds=0.05) as endpoint, ExitStack() as stack:
        sock = connected(stack, endpoint, f"GET {OPERATIONS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert received(sock) == [b"200"]


@pytest.mark.parametrize("kept", ["", "Connection: close\r\n"], ids=["kept", "closed"])
def test_a_client_that_does_not_read_a_large_answer_loses_its_connection(kept: str) -> None:
    service = Service(load())
    service.overrides.answers["earthengine.projects.getConfig"] = given_of({"name": "x" * 20_000_000})
    with ServerThread(service, request_seconds=0.05) as server, ExitStack() as stack:
        head = f"GET /v1/projects/p/config HTTP/1.1\r\nHost: localhost\r\n{kept}\r\n".encode()
        sock = connected(stack, server.endpoint, head)
        assert ask(server.endpoint, "GET", OPERATIONS).status == 200
        reset = select.poll()
        reset.register(sock, 0)  # Errors alone.
        assert reset.poll(10_000)


def test_a_connection_more_than_are_taken_is_closed() -> None:
    with serving(max_connections=3) as endpoint, ExitStack() as stack:
        held = [connected(stack, endpoint, BEGINNINGS["half a head"]) for _ in range(3)]
        one_more = connected(stack, endpoint, b"")
        assert one_more.recv(1) == b""
        held[0].sendall(b"Connection: close\r\n\r\n")
        assert held[0].recv(65536).startswith(b"HTTP/1.1 200 ")


def test_a_server_that_stops_does_not_wait_for_requests_that_never_come(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ExitStack() as stack, serving() as endpoint:
        for beginning in BEGINNINGS.values():
            connected(stack, endpoint, beginning)
        assert ask(endpoint, "GET", OPERATIONS).status == 200
    assert [found for found in caplog.records if found.levelno >= logging.WARNING] == []


HELD = f"GET {OPERATIONS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
PIPELINES = {
    "no HTTP": (b"garbage\r\n\r\n", b"400"),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"400"),
    "a large head": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 70000 + b"\r\n\r\n", b"431"),
    "no chunk": (f"POST {EXPORT} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".encode(), b"400"),
}  # fmt: skip


def received(sock: socket.socket) -> list[bytes]:
    """Return the statuses of all answers, until the server closes the connection."""
    data = b""
    while part := sock.recv(65536):
        data += part
    return re.findall(rb"HTTP/1\.1 (\d{3}) ", data)


@pytest.mark.parametrize("ends", [False, True], ids=["open", "half-closed"])
@pytest.mark.parametrize("before", [1, 3])
@pytest.mark.parametrize(("bad", "status"), PIPELINES.values(), ids=PIPELINES)
def test_a_request_that_is_no_http_is_refused_behind_the_answers_to_those_before_it(
    caplog: pytest.LogCaptureFixture, bad: bytes, status: bytes, before: int, ends: bool
) -> None:
    with serving() as endpoint, ExitStack() as stack:
        sock = connected(stack, endpoint, HELD * before + bad)
        if ends:
            sock.shutdown(socket.SHUT_WR)
        assert received(sock) == [b"200"] * before + [status]
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]


@pytest.mark.parametrize("count", [1, 2, 50])
def test_a_client_that_ends_its_side_first_gets_every_answer(count: int) -> None:
    with serving() as endpoint, ExitStack() as stack:
        sock = connected(stack, endpoint, HELD * count)
        sock.shutdown(socket.SHUT_WR)
        assert received(sock) == [b"200"] * count
