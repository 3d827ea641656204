"""Waiting for an export, cancelling it, and hearing of a stall."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from groundwire import (
    Client,
    Operation,
    OperationMetadata,
    OperationStage,
    OperationState,
    Status,
    Timestamp,
    credentials,
)
from groundwire_contract.fixture import EarthEngineContract
from groundwire_exports import Export, Stall, start_export
from groundwire_exports.export import StallWatch
from groundwire_runtime.errors import (
    ArgumentError,
    OperationError,
    OperationTimeout,
    PermissionDenied,
    ProtocolError,
    Unavailable,
)

from tests.audits.soak.starts import request as full_request
from tests.runtime.doubles import Script, Time, answer


@pytest.fixture
def client(earthengine_contract: EarthEngineContract) -> Client:
    return earthengine_contract.client()


@pytest.fixture
def export(client: Client) -> Export:
    return start_export(client, full_request("nightly"))


def test_an_export_is_waited_for(export: Export) -> None:
    seen: list[OperationMetadata] = []
    assert not export.done
    ended = export.wait(on_progress=seen.append)
    assert ended is export.operation
    assert (export.done, ended.done) == (True, True)
    assert export.metadata is not None
    assert export.metadata.state == OperationState.SUCCEEDED
    assert [each.state for each in seen][:2] == [OperationState.PENDING, OperationState.RUNNING]
    assert seen[-1].destination_uris


def test_an_export_is_made_of_a_name_too(export: Export, client: Client) -> None:
    again = Export(client, export.name)
    assert (again.name, again.done, again.metadata) == (export.name, False, None)
    assert again.wait().done
    assert again.metadata is not None


@pytest.mark.parametrize(
    "wrong", ["", "ABC", "projects/p", "projects/p/operations/", 5, None, {"name": "n"}, Export]
)
def test_what_no_export_is_made_of_says_what_would_do(client: Client, wrong: Any) -> None:
    with pytest.raises(ArgumentError, match="expected an Operation or its name") as caught:
        Export(client, wrong)
    assert "projects/{project}/operations/{id}" in caught.value.hint


def test_a_client_waits_for_operations_and_says_what_to_pass_for_an_export(
    client: Client, export: Export
) -> None:
    for wrong in (export, export.name, None, {"name": export.name}):
        given: Any = wrong
        with pytest.raises(ArgumentError, match="expected an Operation, got") as caught:
            client.wait(given)
        assert "export.wait()" in caught.value.hint
    assert client.wait(export.operation).done


def test_refresh_looks_once(export: Export, earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.advance(2)
    assert export.refresh() is export.operation
    assert export.metadata is not None
    assert export.metadata.state == OperationState.RUNNING


def test_a_failure_is_raised_with_the_operations_own_message(
    export: Export, earthengine_contract: EarthEngineContract
) -> None:
    earthengine_contract.fail(export.operation, "User memory limit exceeded.")
    with pytest.raises(OperationError, match="failed: User memory limit exceeded") as caught:
        export.wait()
    assert (caught.value.code, export.done) == (3, True)


def test_cancelling_is_confirmed(export: Export, earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.advance(2)
    ended = export.cancel()
    assert isinstance(ended.result, Status)
    assert (ended.done, ended.result.code) == (True, 1)
    assert export.metadata is not None
    assert export.metadata.state == OperationState.CANCELLED
    before = len(earthengine_contract.requests)
    assert export.cancel() is ended
    assert len(earthengine_contract.requests) == before
    with pytest.raises(OperationError, match="was cancelled"):
        export.wait()


@pytest.mark.parametrize("refused", ["unavailable", "internal", "rate-quota"])
def test_asking_it_to_stop_is_repeated(
    export: Export, earthengine_contract: EarthEngineContract, refused: str
) -> None:
    earthengine_contract.advance(2)
    earthengine_contract.hold()
    earthengine_contract.refuse(refused, times=3, method="operations.cancel")
    assert export.cancel().done
    assert export.metadata is not None
    assert export.metadata.state == OperationState.CANCELLED


def test_an_end_in_the_meantime_is_the_answer_to_a_cancel_that_is_refused(
    export: Export, earthengine_contract: EarthEngineContract
) -> None:
    earthengine_contract.finish(export.operation)
    earthengine_contract.refuse("iam-permission-denied", method="operations.cancel")
    assert export.cancel().done
    assert export.metadata is not None
    assert export.metadata.state == OperationState.SUCCEEDED


def test_a_cancel_that_is_refused_for_good_is_raised(
    export: Export, earthengine_contract: EarthEngineContract
) -> None:
    earthengine_contract.hold()
    earthengine_contract.refuse("iam-permission-denied", times=99, method="operations.cancel")
    with pytest.raises(PermissionDenied):
        export.cancel()
    assert sum("cancel" in each.path for each in earthengine_contract.requests) == 1


def test_a_cancel_that_is_never_answered_ends_in_time(
    export: Export, client: Client, earthengine_contract: EarthEngineContract
) -> None:
    earthengine_contract.hold()
    earthengine_contract.refuse("unavailable", times=999, method="operations.cancel")
    begun = client.clock.monotonic()
    with pytest.raises(Unavailable):
        export.cancel(timeout=60)
    assert 20 < client.clock.monotonic() - begun <= 60


NAME = "projects/p/operations/A"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ({}, {"name": "projects/p/operations/B"}, "asked for operation projects/p/operations/A"),
        ({"done": True, "result": Operation.Response({})}, {"name": NAME}, "was done"),
    ],
)
def test_a_look_that_contradicts_the_last_one_changes_nothing(
    before: dict[str, Any], after: dict[str, Any], says: str
) -> None:
    script = Script(forever=answer(after))
    client = Client(transport=script, credentials=credentials.anonymous(), clock=Time().clock())
    export = Export(client, Operation(name=NAME, **before))
    kept = export.operation
    with pytest.raises(ProtocolError, match=says):
        export.refresh()
    if not before:
        with pytest.raises(ProtocolError, match=says):
            export.wait()
    assert export.operation is kept


def test_a_timeout_leaves_it_running(export: Export, earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.hold()
    with pytest.raises(OperationTimeout, match="still runs") as caught:
        export.wait(timeout=30)
    assert caught.value.operation == export.operation
    assert not any(each.method and each.method.endswith("cancel") for each in earthengine_contract.requests)


def test_a_timeout_cancels_when_told_to(export: Export, earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.hold()
    with pytest.raises(OperationTimeout, match="it was cancelled") as caught:
        export.wait(timeout=30, on_timeout="cancel")
    assert export.done
    assert caught.value.operation is export.operation


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (lambda contract, it: contract.finish(it), "done"),
        (lambda contract, it: contract.fail(it, "no"), "failed: no"),
    ],
)
def test_what_ends_while_it_is_cancelled_ends_as_it_did(
    export: Export, earthengine_contract: EarthEngineContract, end: Callable[[Any, Any], Any], outcome: str
) -> None:
    def first(_: Stall) -> None:
        end(earthengine_contract, export.operation)

    # The last look before the timeout still sees it running; by the time it is cancelled it has ended.
    watching = {"timeout": 20.0, "on_timeout": "cancel", "stall_after": 19.9, "on_stall": first}
    earthengine_contract.advance(2)
    earthengine_contract.hold()
    export.refresh()
    arguments: Any = watching
    if outcome == "done":
        assert export.wait(**arguments).done
    else:
        with pytest.raises(OperationError, match=outcome):
            export.wait(**arguments)


def test_an_interrupt_names_what_still_runs(export: Export) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        export.wait(on_progress=interrupt)
    assert export.name in caught.value.__notes__[0]


def test_another_process_goes_on_with_it(export: Export, client: Client) -> None:
    again = Export(client, client.projects.operations.get(export.name))
    assert again.wait().done


@pytest.mark.parametrize(
    "wrong",
    [
        {"on_timeout": "kill"},
        {"stall_after": 0},
        {"stall_after": float("nan")},
        {"timeout": -1},
        {"timeout": "5"},
        *({"timeout": value} for value in (math.inf, True, 10**400, timedelta(seconds=5))),
        *({"stall_after": value} for value in ("60", None, True, 10**400, timedelta(seconds=5))),
        {"on_timeout": ["keep"]},
        {"on_progress": "print"},
        {"on_progress": 7},
        {"on_stall": "print"},
        {"on_stall": ()},
    ],
)
def test_arguments_are_checked(export: Export, wrong: Any) -> None:
    with pytest.raises(ArgumentError, match=f"^{next(iter(wrong))}: "):
        export.wait(**wrong)


@pytest.mark.parametrize("timeout", ["5", None, True, 0, math.nan, math.inf, 10**400, timedelta(seconds=5)])
def test_a_cancelling_without_a_time_asks_for_nothing(export: Export, timeout: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^timeout: "):
        export.cancel(timeout=timeout)
    assert export.refresh().metadata.state != OperationState.CANCELLING


def test_an_operation_without_a_name_cannot_be_asked_about(client: Client) -> None:
    with pytest.raises(ArgumentError, match="no name"):
        Export(client, Operation()).refresh()


def running(progress: float = 0.1, attempt: int = 1, units: float = 1.0) -> Operation:
    stage = OperationStage(display_name="s", complete_work_units=units)
    metadata = OperationMetadata(
        state=OperationState.RUNNING, progress=progress, attempt=attempt, stages=[stage]
    )
    return Operation(name="projects/p/operations/o", metadata=metadata)


def test_a_stall_is_told_each_time_that_it_has_lasted_so_long() -> None:
    now, told = [0.0], list[Stall]()
    watch = StallWatch(after=10, report=told.append, now=lambda: now[0])
    for now[0] in (0, 5, 9, 10, 15, 19, 20, 25, 41):
        watch.look(running())
    assert [each.seconds for each in told] == [10, 20, 41]
    assert told[0].name == "projects/p/operations/o"
    assert told[0].metadata == running().metadata


@pytest.mark.parametrize("alive", [running(progress=0.2), running(attempt=2), running(units=2.0)])
def test_progress_stages_and_attempts_show_life(alive: Operation) -> None:
    now, told = [0.0], list[Stall]()
    watch = StallWatch(after=10, report=told.append, now=lambda: now[0])
    for now[0], operation in ((0, running()), (9, alive), (18, alive), (19, alive)):
        watch.look(operation)
    assert [each.seconds for each in told] == [10]


def test_an_update_time_shows_none_and_a_queue_is_no_stall() -> None:
    now, told = [0.0], list[Stall]()
    watch = StallWatch(after=10, report=told.append, now=lambda: now[0])
    metadata = running().metadata
    assert isinstance(metadata, OperationMetadata)
    queued = Operation(name="n", metadata=evolve(metadata, state=OperationState.PENDING))
    for now[0] in (0, 50, 100):
        watch.look(queued)
        watch.look(Operation(name="n", metadata={"@type": "other"}))
        watch.look(Operation(name="n"))
    assert told == []
    for seconds in (0, 11):
        now[0] = 100 + seconds
        touched = evolve(metadata, update_time=Timestamp(2026, 1, 1, second=seconds))
        watch.look(Operation(name="n", metadata=touched))
    assert len(told) == 1


def test_a_stall_is_logged_when_nobody_asks(
    export: Export, earthengine_contract: EarthEngineContract, caplog: pytest.LogCaptureFixture
) -> None:
    earthengine_contract.advance(2)
    earthengine_contract.hold()
    with caplog.at_level(logging.WARNING, "groundwire"), pytest.raises(OperationTimeout):
        export.wait(timeout=60, stall_after=30)
    first = next(record.getMessage() for record in caplog.records)
    assert first.startswith(f"{export.name} has shown no life for ")
