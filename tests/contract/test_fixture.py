from __future__ import annotations

from typing import Any

import groundwire
import pytest
from groundwire import CloudStorageDestination, ExportImageRequest, Expression, ImageFileExportOptions
from groundwire import ImageFileFormat as Format
from groundwire.messages import OperationMetadata, OperationState
from groundwire_contract.clock import START
from groundwire_contract.fixture import PROJECT, EarthEngineContract
from groundwire_contract.operations.script import Script
from groundwire_contract.operations.state import State
from groundwire_runtime.errors import (
    AlreadyExists,
    NotFound,
    OperationError,
    OperationTimeout,
    ResourceExhausted,
    Unavailable,
)

from .wire import EXPORT, OPERATIONS, SECRET_HEADERS, SECRET_PARAMETERS, ask, export


def request(description: str = "small", **more: Any) -> ExportImageRequest:
    return ExportImageRequest(
        expression=Expression(result="0", values={"0": groundwire.ValueNode.ConstantValue(1)}),
        description=description,
        export_options=ImageFileExportOptions(
            file_format=Format.GEO_TIFF,
            destination=CloudStorageDestination(bucket="b", filename_prefix="f/x"),
        ),
        **more,
    )


def name_of(operation: groundwire.Operation) -> str:
    assert operation.name is not None
    return operation.name


def test_an_export_is_waited_for_in_no_time(earthengine_contract: EarthEngineContract) -> None:
    client, seen = earthengine_contract.client(), list[OperationMetadata]()
    started = client.projects.image.export(request())
    ended = client.wait(started, timeout=60, on_progress=seen.append)
    assert (ended.name, ended.done) == (started.name, True)
    assert [metadata.state for metadata in seen][:2] == [OperationState.PENDING, OperationState.RUNNING]
    shares = [metadata.progress for metadata in seen if metadata.progress is not None]
    assert shares == sorted(set(shares))
    last = seen[-1]
    assert (last.state, last.progress) == (OperationState.SUCCEEDED, 1)
    assert last.destination_uris == ("https://console.developers.google.com/storage/browser/b/f/",)
    assert earthengine_contract.state(ended) is State.SUCCEEDED


def test_requests_hold_what_was_sent(earthengine_contract: EarthEngineContract) -> None:
    client = earthengine_contract.client(credentials=groundwire.credentials.Token("secret"))
    started = client.projects.image.export(request(request_id="job-1"))
    client.projects.operations.get(name_of(started))
    sent, looked = earthengine_contract.requests
    assert (sent.verb, sent.path) == ("POST", f"/v1beta/projects/{PROJECT}/image:export")
    assert (sent.method, sent.status, sent.verdict) == ("earthengine.projects.image.export", 200, "accepted")
    assert isinstance(sent.body, dict)
    assert sent.body["requestId"] == "job-1"
    assert sent.body["fileExportOptions"] == {
        "fileFormat": "GEO_TIFF",
        "cloudStorageDestination": {"bucket": "b", "filenamePrefix": "f/x"},
    }
    assert sent.headers["authorization"] == "REDACTED"
    assert "secret" not in repr(earthengine_contract.requests)
    assert (looked.verb, looked.path, looked.body) == ("GET", f"/v1beta/{started.name}", None)


@pytest.mark.parametrize("name", [*SECRET_HEADERS, *map(str.title, SECRET_HEADERS)])
def test_no_header_with_credentials_is_kept(earthengine_contract: EarthEngineContract, name: str) -> None:
    ask(
        earthengine_contract.endpoint, "GET", OPERATIONS, None, {name: "Bearer canary", "user-agent": "shown"}
    )
    (sent,) = earthengine_contract.requests
    assert (sent.headers[name.lower()], sent.headers["user-agent"]) == ("REDACTED", "shown")
    assert "canary" not in repr(sent)


@pytest.mark.parametrize("name", [*SECRET_PARAMETERS, *map(str.upper, SECRET_PARAMETERS)])
def test_no_query_parameter_with_credentials_is_kept(
    earthengine_contract: EarthEngineContract, name: str
) -> None:
    ask(earthengine_contract.endpoint, "GET", f"{OPERATIONS}?{name}=canary&pageSize=3")
    (sent,) = earthengine_contract.requests
    assert sent.query == ((name, "REDACTED"), ("pageSize", "3"))
    assert "canary" not in repr(sent)


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_starts_with_nothing(earthengine_contract: EarthEngineContract, turn: int) -> None:
    assert (earthengine_contract.requests, earthengine_contract.operations) == ((), ())
    client = earthengine_contract.client()
    started = client.projects.image.export(request(request_id="the-same-id"))
    # What a test changed is undone for the next one.
    assert earthengine_contract.state(started) is State.PENDING
    assert started.metadata.create_time == START  # type: ignore[union-attr]
    earthengine_contract.life = Script(failure="No.")
    earthengine_contract.relax("description-invalid")
    earthengine_contract.hold()
    earthengine_contract.refuse("unavailable", times=9)
    earthengine_contract.advance(1000)


def test_names_are_alike_in_every_run(earthengine_contract: EarthEngineContract) -> None:
    def names() -> list[str]:
        client = earthengine_contract.client()
        return [name_of(client.projects.image.export(request())) for _ in range(3)]

    first = names()
    earthengine_contract.reset()
    assert names() == first
    assert len(set(first)) == 3


def test_a_client_takes_options(earthengine_contract: EarthEngineContract) -> None:
    client = earthengine_contract.client(project="other", user_agent="mine/1", retry=None)
    started = client.projects.image.export(request())
    assert name_of(started).startswith("projects/other/operations/")
    assert earthengine_contract.requests[0].headers["user-agent"].startswith("mine/1")
    earthengine_contract.refuse("unavailable")
    with pytest.raises(Unavailable):
        client.projects.operations.get(name_of(started))
    assert len(earthengine_contract.requests) == 2


def test_finish(earthengine_contract: EarthEngineContract) -> None:
    client = earthengine_contract.client()
    started = client.projects.image.export(request())
    earthengine_contract.hold(started)
    with pytest.raises(OperationTimeout):
        client.wait(started, timeout=600)
    earthengine_contract.finish(started)
    assert client.wait(started).done
    with pytest.raises(ValueError, match="SUCCEEDED already"):
        earthengine_contract.fail(started, "Too late.")


def test_fail(earthengine_contract: EarthEngineContract) -> None:
    client = earthengine_contract.client()
    started = client.projects.image.export(request())
    earthengine_contract.fail(started, "Unable to export unbounded image.")
    with pytest.raises(OperationError, match="Unable to export unbounded image") as caught:
        client.wait(started)
    assert caught.value.code == 3
    assert caught.value.operation.metadata.state is OperationState.FAILED
    with pytest.raises(ValueError, match="FAILED already"):
        earthengine_contract.finish(started)


@pytest.mark.parametrize("what", ["projects/p/operations/NONE", None, object()])
def test_what_is_not_there_cannot_be_ended(earthengine_contract: EarthEngineContract, what: object) -> None:
    for act in (earthengine_contract.finish, earthengine_contract.fail, earthengine_contract.state):
        with pytest.raises(LookupError, match="no operation"):
            act(what)


def test_cancel(earthengine_contract: EarthEngineContract) -> None:
    client = earthengine_contract.client()
    started = client.projects.image.export(request())
    earthengine_contract.advance(2)
    client.projects.operations.cancel(name_of(started))
    assert earthengine_contract.state(started) is State.CANCELLING
    with pytest.raises(OperationError, match="was cancelled") as caught:
        client.wait(started)
    assert caught.value.code == 1


def test_delete(earthengine_contract: EarthEngineContract) -> None:
    client = earthengine_contract.client()
    name = name_of(client.projects.image.export(request()))
    client.projects.operations.delete(name)
    assert earthengine_contract.operations == ()
    assert list(client.projects.operations.list()) == []
    with pytest.raises(NotFound):
        client.projects.operations.get(name)


def test_list_goes_over_pages(earthengine_contract: EarthEngineContract) -> None:
    client = earthengine_contract.client()
    names = [name_of(client.projects.image.export(request(f"n{index}"))) for index in range(5)]
    assert [found.name for found in client.projects.operations.list(page_size=2)] == names[::-1]
    assert sum(made.verb == "GET" for made in earthengine_contract.requests) == 3


def test_hold_and_release(earthengine_contract: EarthEngineContract) -> None:
    client = earthengine_contract.client()
    earthengine_contract.hold()
    first, second = (client.projects.image.export(request(f"n{index}")) for index in range(2))
    earthengine_contract.advance(100)
    earthengine_contract.release(first)
    earthengine_contract.advance(1)
    assert [earthengine_contract.state(found) for found in (first, second)] == [State.RUNNING, State.PENDING]
    earthengine_contract.release()
    earthengine_contract.advance(5)
    assert {earthengine_contract.state(found) for found in (first, second)} == {State.SUCCEEDED}


def test_a_held_operation_goes_on_where_it_stood(earthengine_contract: EarthEngineContract) -> None:
    started = earthengine_contract.client().projects.image.export(request())
    states: list[State] = []
    for held, seconds in ((False, 4), (True, 100), (False, 0.5), (False, 0.5)):
        (earthengine_contract.hold if held else earthengine_contract.release)(started)
        earthengine_contract.advance(seconds)
        states.append(earthengine_contract.state(started))
    assert states == [State.RUNNING] * 3 + [State.SUCCEEDED]


def test_any_other_client_sees_an_end_by_looking(earthengine_contract: EarthEngineContract) -> None:
    with groundwire.Client(
        project="p", endpoint=earthengine_contract.endpoint, credentials=groundwire.credentials.anonymous()
    ) as client:
        name, states = name_of(client.projects.image.export(request())), []
        for _ in range(4):
            found = client.projects.operations.get(name).metadata
            assert isinstance(found, OperationMetadata)
            states.append(found.state)
    assert states == ["PENDING", "RUNNING", "RUNNING", "SUCCEEDED"]


def test_a_lost_start_is_tried_again_and_found(earthengine_contract: EarthEngineContract) -> None:
    client = earthengine_contract.client()
    earthengine_contract.refuse("unavailable", method="image.export")
    started = client.projects.image.export(request())
    assert [made.status for made in earthengine_contract.requests] == [503, 200]
    assert [found.name for found in earthengine_contract.operations] == [started.name]


def test_a_request_id_is_good_for_one_start(earthengine_contract: EarthEngineContract) -> None:
    client = earthengine_contract.client()
    client.projects.image.export(request(request_id="job-1"))
    with pytest.raises(AlreadyExists, match="already started with the given request_id") as caught:
        client.projects.image.export(request(request_id="job-1"))
    assert caught.value.http_status == 409
    assert len(earthengine_contract.operations) == 1
    earthengine_contract.relax("request-id-reused")
    client.projects.image.export(request(request_id="job-1"))


def test_refusals_are_for_one_method_and_a_number_of_times(earthengine_contract: EarthEngineContract) -> None:
    client = earthengine_contract.client(retry=None)
    started = client.projects.image.export(request())
    earthengine_contract.refuse("rate-quota", times=2, method="operations.get")
    assert [found.name for found in client.projects.operations.list()] == [started.name]
    for _ in range(2):
        with pytest.raises(ResourceExhausted):
            client.projects.operations.get(name_of(started))
    assert client.projects.operations.get(name_of(started)).name == started.name


def test_unknown_rules_are_not_taken(earthengine_contract: EarthEngineContract) -> None:
    with pytest.raises(LookupError, match="no-such-rule"):
        earthengine_contract.relax("no-such-rule")
    with pytest.raises(LookupError, match="no-such-rule"):
        earthengine_contract.refuse("no-such-rule")
    with pytest.raises(ValueError, match="does not go back"):
        earthengine_contract.advance(-1)


def test_an_operation_is_cancelled_as_its_user_would(earthengine_contract: EarthEngineContract) -> None:
    names = [ask(earthengine_contract.endpoint, "POST", EXPORT, export()).json["name"] for _ in range(2)]
    earthengine_contract.cancel(names[0])
    assert earthengine_contract.state(names[0]) == "CANCELLED"
    earthengine_contract.advance(2)
    earthengine_contract.cancel(names[1])
    assert earthengine_contract.state(names[1]) == "CANCELLING"
    earthengine_contract.advance(1)
    assert earthengine_contract.state(names[1]) == "CANCELLED"
    earthengine_contract.cancel(names[1])
    with pytest.raises(LookupError, match="NOPE"):
        earthengine_contract.cancel("projects/p/operations/NOPE")
    done = ask(earthengine_contract.endpoint, "POST", EXPORT, export()).json["name"]
    earthengine_contract.finish(done)
    with pytest.raises(ValueError, match="is SUCCEEDED already"):
        earthengine_contract.cancel(done)
