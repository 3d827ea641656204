"""Rows 7 to 10, 16, 17 and 41: which calls are made again, which tokens are fetched again, what is said of a start."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
from attrs import define, field
from groundwire import Client
from groundwire_exports import start_export
from groundwire_runtime.errors import (
    AuthError,
    DeadlineReached,
    GroundwireError,
    OutcomeUnknown,
    ResponseTooLarge,
    TransportError,
)
from groundwire_runtime.http import FunctionTransport, Request, Response
from groundwire_runtime.retry import RetryPolicy

from tests.runtime.doubles import AuthTransport

from ..runtime.doubles import Script, Time, answer, refusal
from ..runtime.wire import RESET, Reply, Wire, cut, http, plain
from ..runtime.wire.authority import authority
from ..runtime.wire.relay import Relay
from .plugin import Measured
from .shop import CALLS, EXPORT, FINE, NAME, OPERATION, STATED, Renewed, client

LOST = {
    "reset": RESET,
    "closed": Reply(then="close"),
    "head cut": cut(b"HTTP/1.1 200 OK\r\ncontent-"),
    "body cut": cut(http(OPERATION)[:-5]),
    "body reset": Reply(pieces=[http(OPERATION)[:-5]], then="reset"),
    **{str(status): plain(b"{}", f"{status} No") for status in (408, 429, 500, 502, 503, 504)},
}
FINAL = (400, 403, 404, 409, 412)
REFUSED = (
    400,
    401,
    403,
    404,
    405,
    407,
    409,
    410,
    411,
    412,
    413,
    414,
    415,
    417,
    421,
    422,
    425,
    426,
    428,
    429,
    431,
)
"""Statuses after which a service has not acted."""


def outcome(call: Callable[[Client], object], one: Client) -> str:
    try:
        call(one)
    except GroundwireError as error:
        return type(error).__name__
    return "done"


@pytest.mark.promise(7)
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_what_is_not_safe_is_sent_once(measured: Measured, tls: bool) -> None:
    secure, wrong, calls, kinds = authority(), [], 0, {**CALLS, **STATED}
    for (name, call), (fault, reply), warm in product(kinds.items(), LOST.items(), (False, True)):
        answers = [FINE, reply, FINE] if warm else [reply, FINE]
        with (
            Wire(answers, tls=secure.server() if tls else None) as wire,
            client(wire.url, tls=secure.client()) as one,
        ):
            if warm:
                one.projects.operations.get(NAME)
            said = outcome(call.make, one)
            calls += 1
            sends = len(wire.requests) - warm
        if (sends, said == "done") != ((2, True) if call.safe else (1, False)):
            wrong.append((name, fault, warm, sends, said))
    assert wrong == []
    measured(f"{'TLS' if tls else 'plain'}: 0 of {calls} calls ({len(kinds)} methods, {len(LOST)} faults)")


@pytest.mark.promise(7)
def test_a_tls_connection_that_breaks_after_the_request_may_have_carried_it(measured: Measured) -> None:
    secure = authority()
    for call in CALLS.values():
        with (
            Wire([FINE], tls=secure.server()) as wire,
            Relay(wire.port, after=1 << 20) as relay,
            client(f"https://127.0.0.1:{relay.port}", tls=secure.client()) as one,
        ):
            one.projects.operations.get(NAME)
            relay.noisy.set()
            with pytest.raises(GroundwireError) as caught:
                call.make(one)
            assert len(wire.requests) == 2
            assert isinstance(caught.value, OutcomeUnknown) or getattr(caught.value, "sent", False)
    measured(f"TLS broken by noise: 1 send of {len(CALLS)} methods, known to have gone out")


@pytest.mark.promise(8)
def test_one_request_id_is_one_task_or_an_unknown_outcome(measured: Measured, full: bool) -> None:
    depth = 10 if full else 7
    said = [_start(losses, depth) for losses in range(2**depth)]
    assert set(said) == {"done", "OutcomeUnknown"}
    assert said[0] == "done"
    counts = ", ".join(f"{said.count(each)} {each}" for each in ("done", "OutcomeUnknown"))
    measured(f"{len(said)} ways to lose answers: 1 id and 1 task each; {counts}")


def _start(losses: int, attempts: int) -> str:
    """Start an export; bit n of `losses` tells whether answer n is lost. The server refuses a repeat."""
    tasks: set[str] = set()
    ids: list[str] = []

    def serve(request: bytes) -> Reply:
        id_ = json.loads(request.partition(b"\r\n\r\n")[2])["requestId"]
        known, lost = id_ in tasks, losses >> len(ids) & 1
        ids.append(id_)
        tasks.add(id_)
        if lost:
            return RESET
        return plain(b'{"error": {"status": "ALREADY_EXISTS"}}', "409 Conflict") if known else FINE

    with Wire(serve) as wire, client(wire.url, retry=RetryPolicy(attempts=attempts)) as one:
        try:
            one.projects.image.export(EXPORT)
            said = "done"
        except OutcomeUnknown as error:
            said = "OutcomeUnknown"
            assert error.request_id == ids[0]
    assert (len(tasks), set(ids)) == (1, tasks)
    return said


@pytest.mark.promise(9)
def test_a_refusal_is_final(measured: Measured) -> None:
    sends = []
    for (_, call), status in product(CALLS.items(), FINAL):
        time, script = Time(), Script([refusal(status, retry_after="1")], forever=answer({"name": NAME}))
        said = outcome(call.make, client("https://shop.test", transport=script, clock=time.clock()))
        assert (said, time.sleeps) != ("done", [])
        sends.append(len(script.requests) - 1)
    assert set(sends) == {0}
    measured(f"0 retries of {len(sends)} calls")


@pytest.mark.promise(10)
def test_a_reset_before_the_answer_costs_a_safe_call_no_more_than_it_must(measured: Measured) -> None:
    secure, sends, calls = authority(), 0, 0
    safe = [call for call in CALLS.values() if call.safe]
    faults = (RESET, Reply(then="close"))
    for call, fault, resets, warm, tls in product(safe, faults, (1, 2), (False, True), (False, True)):
        answers = [*[FINE] * warm, *[fault] * resets, FINE]
        with (
            Wire(answers, tls=secure.server() if tls else None) as wire,
            client(wire.url, tls=secure.client()) as one,
        ):
            if warm:
                one.projects.operations.get(NAME)
            assert outcome(call.make, one) == "done"
            sends = max(sends, len(wire.requests) - warm)
            calls += 1
    assert sends == 3
    measured(f"{calls} of {calls} calls, at most {sends} attempts for 2 resets")


@pytest.mark.promise(16)
def test_a_401_for_ever_costs_one_refresh_and_two_sends(measured: Measured) -> None:
    found = set()
    for call in CALLS.values():
        with Wire([plain(b"{}", "401 No")]) as wire:
            credentials = Renewed(token="expired-canary-")
            with client(wire.url, credentials=credentials) as one, pytest.raises(AuthError):
                call.make(one)
            found.add((credentials.refreshes, len(wire.requests)))
    assert found == {(1, 2)}
    measured(f"{len(CALLS)} methods: 1 refresh, 2 sends, AuthError")


@pytest.mark.promise(17)
@pytest.mark.parametrize("token", [None, "expired-canary-"], ids=["no token yet", "refused"])
def test_64_threads_share_one_refresh(measured: Measured, token: str | None) -> None:
    threads, looks = 64, 64 if token is None else 128
    together, looked = threading.Barrier(threads), threading.Semaphore(0)

    def issue() -> str:
        """The first refresh ends only when every thread has seen that it needs one."""
        assert credentials.refreshes == 1
        assert all(looked.acquire(timeout=10) for _ in range(looks))
        return "new-canary-"

    def serve(sent: Request) -> Response:
        if sent.headers["authorization"] == "Bearer expired-canary-":
            together.wait(10)
            return refusal(401)
        return answer()

    credentials = Renewed(issue, token=token, looked=looked.release)
    given: object = credentials
    transport = AuthTransport(FunctionTransport(serve), given)  # type: ignore[arg-type] # google-auth's by its shape
    request = Request(method_id="m", verb="GET", url="https://shop.test/")
    with ThreadPoolExecutor(threads) as pool:
        statuses = list(pool.map(lambda _: transport.send(request).status, range(threads)))
    assert statuses == [200] * threads
    assert credentials.refreshes == 1
    measured(f"{threads} threads, {'no token' if token is None else 'an expired token'}: 1 refresh")


@define
class Starts:
    """A service that acts on a start, gives a bad answer to it, and from then on tells the truth."""

    first: Response | Exception
    acts: bool
    lists: bool
    tasks: dict[str, str] = field(factory=dict)
    sends: int = 0

    def serve(self, request: Request) -> Response:
        if request.verb == "GET":
            started = [{"name": NAME, "metadata": {"description": text}} for text in self.tasks.values()]
            return answer({"operations": started if self.lists else []})
        body = json.loads(request.body or b"")
        known = body["requestId"] in self.tasks
        self.sends += 1
        if self.sends == 1 and not self.acts:
            return self._answered()
        self.tasks[body["requestId"]] = body["description"]
        if self.sends == 1:
            return self._answered()
        return refusal(409, "ALREADY_EXISTS") if known else answer({"name": NAME})

    def _answered(self) -> Response:
        if isinstance(self.first, Exception):
            raise self.first
        return self.first


FAULTS: tuple[Response | Exception, ...] = (
    TransportError("reset", sent=True),
    TransportError("no HTTP", sent=True, retryable=False),
    DeadlineReached("late", sent=True),
    ResponseTooLarge("large", sent=True, retryable=False),
    *(answer(body, status) for status in (200, 201, 202, 204, 205) for body in (b"", b"{}", b"<html>", b"[")),
    *(
        refusal(400, code)
        for code in ("UNKNOWN", "INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED")
    ),
    answer([{"error": {"code": 520}}], 520),
)
"""Answers, and missing ones, of a service that has acted."""


@pytest.mark.promise(41)
def test_nothing_was_started_is_said_only_after_an_answer_that_proves_it(measured: Measured) -> None:
    said: Counter[str] = Counter()
    statuses = (100, 101, 102, 103, *range(300, 600))
    firsts = [(refusal(status), status not in REFUSED) for status in statuses]
    firsts += [(TransportError("no connection", sent=False), False)]
    for (first, acts), lists in product([*firsts, *((fault, True) for fault in FAULTS)], (True, False)):
        service = Starts(first, acts, lists)
        transport = FunctionTransport(service.serve)
        one = client("https://shop.test", transport=transport, clock=Time().clock())
        try:
            # A listing that never has the operation is one that lags for longer than the call takes.
            ended = start_export(one, EXPORT, timeout=300, settle=120 if lists else 600).name
        except OutcomeUnknown:
            ended = "unknown"
        except GroundwireError as error:
            ended = "nothing"
            assert error.__notes__ == ["this call started nothing"]
            assert service.tasks == {}, f"untrue after {first}"
        assert len(service.tasks) <= 1
        assert ended != "unknown" or not lists, f"not settled after {first}"
        said[ended] += 1
    assert said["nothing"] > 10
    assert said["unknown"] > 300
    measured(f"0 untrue of {said.total()} starts, {len(statuses)} statuses and {len(FAULTS) + 1} faults")
