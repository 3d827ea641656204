from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest
from attrs import evolve, frozen
from groundwire import Client, ExportImageRequest, Operation, credentials
from groundwire_runtime.errors import (
    ApiError,
    ArgumentError,
    DeadlineReached,
    GroundwireError,
    NotFound,
    OperationError,
    OperationTimeout,
    OutcomeUnknown,
    ProtocolError,
    TransportError,
    Unavailable,
    shortened,
)
from groundwire_runtime.http import Request, Response
from groundwire_runtime.operations import polling_delay
from groundwire_runtime.retry import StartedOperations

from .doubles import Answer, Script, Time, answer, refusal

NAME = "projects/p/operations/A"
DONE = {"@type": "type.googleapis.com/google.protobuf.Empty"}
RUNNING = Operation(name=NAME)
TYPE = "type.googleapis.com/google.earthengine.v1beta.OperationMetadata"


def state(**members: Any) -> Response:
    return answer({"name": NAME, **members})


def metadata(**members: Any) -> Response:
    return state(metadata={"@type": TYPE, **members})


def client_for(script: Script, time: Time | None = None) -> Client:
    return Client(transport=script, credentials=credentials.anonymous(), clock=(time or Time()).clock())


def wait(
    script: Script,
    operation: Operation = RUNNING,
    *,
    time: Time | None = None,
    timeout: Any = None,
    on_progress: Callable[[Any], object] | None = None,
) -> Operation:
    return client_for(script, time).wait(operation, timeout=timeout, on_progress=on_progress)


def test_pauses_grow_by_half_from_one_second_to_twenty() -> None:
    pauses = [1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 11.390625, 17.0859375, 20, 20]
    assert [polling_delay(number) for number in range(10)] == pauses
    assert polling_delay(10**9) == 20


def test_polls_follow_the_pauses_until_the_operation_is_done() -> None:
    time, script = Time(), Script([*[state()] * 9, state(done=True, response=DONE)])
    done = wait(script, time=time)
    assert done.done
    assert time.sleeps == [1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 11.390625, 17.0859375, 20, 20]
    assert set(script.urls) == {f"https://earthengine.googleapis.com/v1beta/{NAME}"}
    assert {request.verb for request in script.requests} == {"GET"}


def test_an_operation_that_is_done_is_not_polled() -> None:
    operation = Operation(name=NAME, done=True, result=Operation.Response({}))
    assert wait(Script(), operation) is operation


def test_a_done_operation_stays_done_whatever_a_later_poll_would_say() -> None:
    script = Script([state(done=True, response=DONE), state(done=False)])
    assert wait(script).done
    assert len(script.requests) == 1


def test_progress_is_told_only_when_it_changes() -> None:
    told: list[tuple[Any, Any]] = []
    script = Script(
        [
            state(),
            metadata(state="PENDING", updateTime="2024-01-01T00:00:00Z"),
            metadata(state="PENDING", updateTime="2024-01-01T00:00:01Z"),
            metadata(state="RUNNING", progress=0.5, updateTime="2024-01-01T00:00:02Z"),
            metadata(state="RUNNING", progress=0.5, updateTime="2024-01-01T00:00:03Z"),
            state(done=True, response=DONE, metadata={"@type": TYPE, "state": "SUCCEEDED", "progress": 1}),
        ]
    )
    wait(script, on_progress=lambda each: told.append((str(each.state), each.progress)))
    assert told == [("PENDING", None), ("RUNNING", 0.5), ("SUCCEEDED", 1)]


def test_progress_of_an_unknown_kind_is_told_when_it_changes() -> None:
    told: list[Any] = []
    of_tomorrow = [
        state(metadata={"@type": "of/Tomorrow", "n": n, "updateTime": t})
        for n, t in ((1, "a"), (1, "b"), (2, "c"))
    ]
    wait(Script([*of_tomorrow, state(done=True, response=DONE)]), on_progress=told.append)
    assert [each["n"] for each in told] == [1, 2]


def test_the_last_state_is_told_before_a_failure_is_raised() -> None:
    told: list[Any] = []
    failed = state(done=True, error={"code": 3}, metadata={"@type": TYPE, "state": "FAILED"})
    with pytest.raises(OperationError):
        wait(Script([failed]), on_progress=told.append)
    assert [each.state for each in told] == ["FAILED"]


@pytest.mark.parametrize(
    ("error", "says", "code"),
    [
        ({"code": 3, "message": "too many pixels"}, f"{NAME} failed: too many pixels", 3),
        ({"code": 1, "message": "stopped"}, f"{NAME} was cancelled: stopped", 1),
        ({"code": 8}, f"{NAME} failed: no message", 8),
        ({}, f"{NAME} failed: no message", None),
        ({"message": " \n"}, f"{NAME} failed: no message", None),
    ],
)
def test_a_failure_names_the_operation_and_its_reason(
    error: dict[str, Any], says: str, code: int | None
) -> None:
    with pytest.raises(OperationError) as caught:
        wait(Script([state(), state(done=True, error=error)]))
    assert (str(caught.value), caught.value.code) == (says, code)
    assert caught.value.operation.done


@pytest.mark.parametrize("timeout", [0.5, 1, 10, 300.0])
def test_a_timeout_ends_the_waiting_in_time_and_names_what_still_runs(timeout: float) -> None:
    time, script = Time(), Script(forever=metadata(state="RUNNING"))
    start = time.now
    with pytest.raises(OperationTimeout, match=f"{NAME} still runs") as caught:
        wait(script, time=time, timeout=timeout)
    assert time.now - start == pytest.approx(timeout)
    assert caught.value.operation.metadata.state == "RUNNING"
    assert isinstance(caught.value, TimeoutError)
    assert len(script.requests) <= 9 + timeout / 20


def test_a_poll_that_takes_the_rest_of_the_time_is_a_timeout_too() -> None:
    time = Time()

    def hang(request: Request) -> Response:
        assert request.deadline is not None
        time.pass_by(request.deadline - time.now)
        raise DeadlineReached("late", sent=True)

    with pytest.raises(OperationTimeout):
        wait(Script(forever=hang), time=time, timeout=5)
    assert time.now == pytest.approx(1_005)


@pytest.mark.parametrize("timeout", [0, -1, math.nan, math.inf, "5", True, 10**400, 10**5_000], ids=shortened)
def test_a_timeout_that_is_no_time_is_refused_before_any_request(timeout: Any) -> None:
    time, script = Time(), Script()
    with pytest.raises(ArgumentError, match=r"^timeout: "):
        wait(script, time=time, timeout=timeout)
    assert (script.requests, time.sleeps) == ([], [])


def test_a_callback_that_cannot_be_called_is_refused_before_any_request() -> None:
    script, wrong = Script(), cast("Any", "print")
    with pytest.raises(ArgumentError, match=r"^on_progress: "):
        wait(script, on_progress=wrong)
    assert script.requests == []


@pytest.mark.parametrize(
    ("polls", "kind", "says"),
    [
        ([state(done=True)], ProtocolError, "neither an error nor a response"),
        ([state(), state(done=True)], ProtocolError, "neither an error nor a response"),
        ([answer({"name": NAME + "B"})], ProtocolError, "asked for operation"),
        ([state(), answer({"name": NAME + "B", "done": True, "response": DONE})], ProtocolError, "A.*AB"),
        ([answer({})], ProtocolError, "asked for operation"),
        ([state(done=True, response=DONE, error={"code": 3})], GroundwireError, "error.*response"),
        ([state(response=DONE, error={"code": 3})], GroundwireError, "error.*response"),
        ([state(response=DONE)], ProtocolError, "a response, but is not done"),
        ([state(error={"code": 3})], ProtocolError, "an error, but is not done"),
        ([answer([])], GroundwireError, "object"),
        ([state(done="yes")], GroundwireError, "/done"),
        ([answer(b"")], ProtocolError, "got 'None'"),
    ],
)
def test_an_operation_of_the_wrong_shape_is_refused(
    polls: list[Answer], kind: type[GroundwireError], says: str
) -> None:
    script = Script(list(polls))
    with pytest.raises(kind, match=says):
        wait(script)
    assert script.answers == []


def test_an_operation_that_vanishes_is_not_asked_for_again() -> None:
    script = Script([state(), refusal(404)])
    with pytest.raises(NotFound):
        wait(script)
    assert len(script.requests) == 2


def test_a_poll_is_made_again_when_the_service_is_away() -> None:
    script = Script([refusal(503), TransportError("reset", sent=True), state(done=True, response=DONE)])
    assert wait(script).done


def test_an_outage_longer_than_a_poll_ends_the_waiting_only_at_its_timeout() -> None:
    time = Time()
    away = [refusal(503)] * 25
    assert wait(Script([*away, state(done=True, response=DONE)]), time=time, timeout=3_600).done
    with pytest.raises(OperationTimeout) as caught:
        wait(Script(forever=refusal(503)), time=time, timeout=300)
    assert isinstance(caught.value.__cause__, ApiError)


def test_without_a_timeout_an_outage_is_raised() -> None:
    with pytest.raises(Unavailable):
        wait(Script(forever=refusal(503)))


@pytest.mark.parametrize("timeout", [3_600, None])
def test_no_poll_takes_longer_than_the_client_lets_a_call_take(timeout: float | None) -> None:
    time = Time()
    deadlines: list[float] = []

    def look(request: Request) -> Response:
        assert request.deadline is not None
        deadlines.append(request.deadline - time.now)
        return state(done=True, response=DONE)

    wait(Script([look]), time=time, timeout=timeout)
    assert deadlines == [pytest.approx(60)]


def test_the_last_poll_gets_a_moment_even_when_the_time_is_up() -> None:
    time = Time()
    script = Script([state(done=True, response=DONE)])
    wait(script, time=time, timeout=1)
    assert script.requests[0].deadline == pytest.approx(time.now + 0.1)


def test_a_callback_that_takes_all_the_time_leaves_none_for_a_poll() -> None:
    time = Time()
    running = client_for(Script([metadata(state="RUNNING")])).projects.operations.get(NAME)
    with pytest.raises(OperationTimeout) as caught:
        wait(Script(), running, time=time, timeout=5, on_progress=lambda _: time.pass_by(10))
    assert caught.value.__cause__ is None
    assert "longer timeout" in caught.value.hint


def test_an_interrupt_leaves_the_operation_running_and_names_it() -> None:
    script = Script([state(), KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt) as caught:
        wait(script)
    assert any(NAME in note for note in caught.value.__notes__)
    assert {request.verb for request in script.requests} == {"GET"}


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "A",
        "operations/A",
        "https://evil.test/projects/p/operations/A",
        "//evil.test/projects/p/operations/A",
        "projects/p/operations/../../v1/other",
        "projects/../operations/A",
        "projects/p/operations/A?x=1",
        "projects/p/operations/A#x",
        "projects/p/operations/%2e%2e",
        "projects/p/operations/A\r\nx-evil: 1",
        "projects/p/operations/",
    ],
)
def test_a_name_that_could_lead_elsewhere_is_never_sent(name: str | None) -> None:
    script = Script()
    with pytest.raises(ArgumentError, match=None if name else "has no name"):
        wait(script, Operation(name=name))
    assert script.requests == []


EXPORT = ExportImageRequest(description="x")


def start(client: Client, request_id: str | None = None) -> str | None:
    return client.projects.image.export(evolve(EXPORT, request_id=request_id), project="p").name


def test_an_operation_that_another_start_got_is_an_unknown_outcome() -> None:
    client = client_for(Script(forever=state()))
    assert start(client, "one") == NAME
    with pytest.raises(OutcomeUnknown, match=r"operations/A, which another start got") as caught:
        start(client, "two")
    assert caught.value.request_id == "two"
    assert "request id two" in caught.value.hint
    assert start(client, "one") == NAME, "a repeat of the same start may get it again"
    assert start(client_for(Script([state()]))) == NAME, "another client knows nothing of it"


def test_reading_and_waiting_see_an_operation_as_often_as_they_like() -> None:
    client = client_for(Script(forever=state(done=True, response=DONE)))
    assert start(client, "one") == NAME
    assert client.wait(client.projects.operations.get(NAME)).name == NAME
    assert [client.projects.operations.get(NAME).name for _ in range(3)] == [NAME] * 3


@pytest.mark.parametrize("nameless", [answer({}), answer({"name": ""})])
def test_answers_without_a_name_are_not_held_against_each_other(nameless: Response) -> None:
    client = client_for(Script(forever=nameless))
    first = start(client)
    assert not first
    assert start(client) == first


def test_a_name_that_is_no_operation_s_may_come_again() -> None:
    @frozen
    class Bucket:
        name: str = "b"

    started = StartedOperations()
    for request_id in ("one", "two"):
        started.check(Bucket(), Request(method_id="m", verb="PATCH", url="u", request_id=request_id))


def test_a_client_remembers_the_newest_operations() -> None:
    started = StartedOperations(most=2)
    assert all(started.claim(f"op-{number}", f"id-{number}") for number in range(3))
    assert not started.claim("op-2", "other")
    assert not started.claim("op-1", "other")
    assert started.claim("op-0", "other"), "the oldest was forgotten"
    started.clear()
    assert started.claim("op-2", "other")


def test_threads_claim_each_operation_once() -> None:
    started = StartedOperations(most=10_000)
    with ThreadPoolExecutor(16) as pool:
        claims = pool.map(lambda number: started.claim(f"op-{number % 500}", f"id-{number}"), range(8_000))
        assert sum(claims) == 500
