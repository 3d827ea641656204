"""Memory for answers: what fits, that it is given back, and the buffer that a body grows in."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from groundwire import Client, credentials
from groundwire_runtime.body import BLOCK, Budget, Buffer, Reservation
from groundwire_runtime.clock import SYSTEM, Clock
from groundwire_runtime.errors import GroundwireError, ResponseTooLarge
from groundwire_runtime.retry import RetryPolicy

from .wire import SILENCE, Answers, Reply, Wire, chunked, cut, http, plain

NAME = "projects/p/operations/A"
MOST = 300_000


def operation(size: int) -> bytes:
    """An operation in so many bytes of JSON."""
    short = json.dumps({"name": NAME, "x": ""})
    return json.dumps({"name": NAME, "x": "y" * (size - len(short))}).encode()


FULL = plain(operation(MOST))


def client(wire: Wire, **options: Any) -> Client:
    facts: dict[str, Any] = {"max_unpacked_bytes": MOST, "retry": None, "timeout": 10, **options}
    return Client(endpoint=wire.url, credentials=credentials.Token("t"), **facts)


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 7])
@pytest.mark.parametrize("piece", [1_000, 300_000, 5 * BLOCK])
def test_a_buffer_holds_what_was_written(size: int, piece: int) -> None:
    data = bytes(range(251)) * (size // 251 + 1)
    with Buffer() as buffer:
        for start in range(0, size, piece):
            buffer.write(data[start : min(size, start + piece)])
        assert (buffer.size, buffer.getvalue()) == (size, data[:size])


def test_a_budget_is_given_to_those_who_fit() -> None:
    budget = Budget(10)
    one, other = Reservation(budget), Reservation(budget)
    assert (one.grow(6), other.grow(4), other.grow(1), one.grow(0)) == (True, True, False, True)
    one.release()
    one.release()
    assert (budget.held, other.grow(6), other.grow(1)) == (4, True, False)
    other.release()
    assert budget.held == 0


def test_a_child_process_holds_nothing() -> None:
    budget = Budget(10)
    before, after = Reservation(budget), Reservation(budget)
    assert before.grow(10)
    budget.after_fork()
    before.release()
    assert after.grow(10)
    assert not after.grow(1)


@pytest.mark.parametrize("frame", ["length", "chunked", "packed", "until closed"])
def test_an_answer_that_does_not_fit_is_refused_at_once(frame: str) -> None:
    body = operation(MOST + 1)
    data = {
        "length": http(body),
        "chunked": chunked(body, 50_000),
        "packed": http(gzip.compress(body), content_encoding="gzip"),
        "until closed": http(body, sized=False),
    }[frame]
    with Wire([cut(data)]) as wire, client(wire, retry=None) as one:
        with pytest.raises(ResponseTooLarge, match="does not fit beside those of other calls") as caught:
            one.projects.operations.get(NAME)
        assert (caught.value.sent, caught.value.retryable) == (True, False)
        assert f" of {MOST} bytes" in caught.value.message
        assert "Client(max_unpacked_bytes=...)" in caught.value.hint


def test_calls_share_the_budget_and_none_of_them_waits_for_it() -> None:
    half = threading.Event()
    body = operation(MOST - 10)

    def answers(request: bytes) -> Reply:
        if b"/first" not in request:
            return plain(operation(100_000))

        def pieces() -> Any:
            data = chunked(body, 290_000)
            yield data[:295_000]
            half.set()
            wire.release.wait(10)
            yield data[295_000:]

        return Reply(pieces=pieces())

    with Wire(answers) as wire, client(wire) as one, ThreadPoolExecutor(1) as threads:
        first = threads.submit(one.projects.operations.get, "projects/p/operations/first")
        assert half.wait(10)
        while True:  # The first call reads what came, in a thread of its own.
            try:
                one.projects.operations.get(NAME)
            except ResponseTooLarge:
                break
        wire.release.set()
        assert first.result(10).name == NAME
        assert one.projects.operations.get(NAME).name == NAME


ENDS: dict[str, Answers] = {
    "an answer": [FULL],
    "an answer that is no JSON": [plain(b"[" * MOST)],
    "an answer of another shape": [plain(b"[" + b" " * (MOST - 2) + b"]")],
    "an error": [plain(operation(MOST), "404 Not Found")],
    "an error that is repeated": [plain(operation(MOST), "503 Busy")] * 2,
    "a refused token": [plain(operation(MOST), "401 No")],
    "an answer cut off": [cut(http(operation(MOST))[:-1])],
    "a packed answer cut off": [cut(http(gzip.compress(operation(MOST))[:-1], content_encoding="gzip"))],
    "JSON cut off": [cut(http(operation(MOST)[:-1], sized=False))],
    "an answer that does not fit": [plain(operation(MOST + 1))],
    "an answer that is too large": [plain(operation(2 * MOST))],
    "silence": [SILENCE],
    "half an answer, then silence": [Reply(pieces=[http(operation(MOST))[:200_000]], then="keep")],
}


@pytest.mark.parametrize("end", ENDS)
def test_memory_is_given_back_however_a_call_ends(end: str) -> None:
    """Each call leaves room for one that needs all of it."""
    answers = [*ENDS[end], FULL] * 2  # type: ignore[misc] # lists here
    patient = Clock(sleep=lambda _: None)
    options: dict[str, Any] = {"max_response_bytes": 2 * MOST - 1, "clock": patient, "read_timeout": 0.1}
    if end == "an error that is repeated":
        options["retry"] = RetryPolicy(attempts=2)
    with Wire(answers) as wire, client(wire, **options) as one:
        for _ in range(2):
            with suppress(GroundwireError):
                one.projects.operations.get(NAME)
            assert one.projects.operations.get(NAME).name == NAME
        assert len(wire.requests) == len(answers)


def test_memory_is_given_back_when_a_call_is_interrupted() -> None:
    looks: list[Callable[[], float]] = [SYSTEM.monotonic]

    def interrupt() -> float:
        raise KeyboardInterrupt

    def answers(request: bytes) -> Reply:
        if b"/interrupted" not in request:
            return FULL

        def pieces() -> Any:
            data = http(operation(MOST))
            yield data[:200_000]
            looks.append(interrupt)
            yield data[200_000:]

        return Reply(pieces=pieces())

    with Wire(answers) as wire, client(wire, clock=Clock(monotonic=lambda: looks[-1]())) as one:
        with pytest.raises(KeyboardInterrupt):
            one.projects.operations.get("projects/p/operations/interrupted")
        looks.pop()
        assert one.projects.operations.get(NAME).name == NAME


def test_an_error_that_is_kept_keeps_no_large_body() -> None:
    """A program may keep the errors of all its calls: their tracebacks hold the variables of every function."""
    garbage = [plain(b"[" * MOST), cut(http(b"[" * MOST, sized=False, content_type="text/json"))]
    for answers in garbage:
        with Wire([answers]) as wire, client(wire) as one, pytest.raises(GroundwireError) as caught:
            one.projects.operations.get(NAME)
        error: BaseException | None = caught.value
        while error is not None:
            trace = error.__traceback__
            while trace is not None:
                if "groundwire" in trace.tb_frame.f_code.co_filename:
                    sizes = [len(v) for v in trace.tb_frame.f_locals.values() if isinstance(v, (bytes, str))]
                    assert all(size < 100_000 for size in sizes), trace.tb_frame
                trace = trace.tb_next
            error = error.__cause__ or error.__context__
