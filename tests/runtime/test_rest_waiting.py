"""Waiting for jobs of APIs that OpenAPI describes: by their state, at a `Location`, by the HTTP status."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from attrs import frozen
from groundwire_runtime.answers import Answered
from groundwire_runtime.api_key import Bearer
from groundwire_runtime.codec import Codecs
from groundwire_runtime.contents import RestAnswer, RestContent
from groundwire_runtime.errors import (
    ArgumentError,
    AuthError,
    NotFound,
    OperationError,
    OperationTimeout,
    ProtocolError,
    TransportError,
    Unavailable,
)
from groundwire_runtime.events import Event
from groundwire_runtime.http import Response
from groundwire_runtime.messages import Message, keep_containers
from groundwire_runtime.rest_client import RestClient
from groundwire_runtime.rest_method import RestMethod
from groundwire_runtime.rest_waiting import JobMethod, JobMethods
from groundwire_runtime.schema import INT32, STRING, Field, Ref
from groundwire_runtime.servers import RestServer
from groundwire_runtime.styles import StyledParameter

from .doubles import Script, Time, answer

HOME = "https://maps.example/v1"


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Job(Message):
    id: str | None = None
    status: str | None = None
    message: str | None = None
    progress: int | None = None


CODECS = Codecs(
    SimpleNamespace(Job=Job),
    {
        "Job": lambda: (
            Field("id", STRING),
            Field("status", STRING),
            Field("message", STRING),
            Field("progress", INT32),
        )
    },
)
CONTENT = (RestContent(media_type="application/json", type=Ref("Job")),)


def method(id_: str, path: str, *answers: RestAnswer) -> RestMethod[Any]:
    name = path.partition("{")[2].partition("}")[0]
    parameters = (StyledParameter(name=name, location="path", type=STRING, required=True),)
    return RestMethod[Any](
        id=id_, verb="GET", path=path, parameters=parameters, answers=answers, security=(("t",),)
    )


STATUS = JobMethod(
    method=method("getJob", "/jobs/{job}", RestAnswer(200, 200, CONTENT)),
    status=("status",),
    done=("successful",),
    failed=("failed", "dismissed"),
    message=("message",),
    progress=("progress",),
    arguments=(("job", ("id",)),),
    types=(Job,),
)
SHEET = JobMethod(
    method=method("getSheet", "/prints/{print}/sheet", RestAnswer(200, 200, CONTENT), RestAnswer(202, 202))
)


def wait(
    script: Script,
    job: Any,
    *methods: JobMethod,
    time: Time | None = None,
    timeout: float | None = None,
    **options: Any,
) -> Any:
    on_progress = options.pop("on_progress", None)
    client = RestClient(
        CODECS,
        servers=(RestServer(HOME),),
        methods={each.method.id: each.method for each in methods or (STATUS,)},
        schemes={},
        held={},
        auth=Bearer("s3cret-token"),
        transport=script,
        **{"clock": (time or Time()).clock(), "retry": None, **options},
    )
    return JobMethods(methods or (STATUS,)).wait(client, job, timeout=timeout, on_progress=on_progress)


def state(status: str, **more: Any) -> Response:
    headers = more.pop("headers", {})
    return answer({"id": "a b", "status": status, **more}, **headers)


def started(location: str, value: Any = None, **headers: str) -> Answered[Any]:
    return Answered(value=value, status=201, headers={"location": location, **headers})


def test_a_job_is_read_until_its_state_is_an_end() -> None:
    time, seen = Time(), list[Any]()
    script = Script(
        [state("running", progress=10), state("paused", progress=10), state("successful", progress=100)]
    )
    ended = wait(script, Job(id="a b", status="accepted"), time=time, on_progress=seen.append)
    assert ended == Job(id="a b", status="successful", progress=100)
    assert script.urls == [f"{HOME}/jobs/a%20b"] * 3
    assert {each.headers["authorization"] for each in script.requests} == {"Bearer s3cret-token"}
    assert seen == [10, 100]
    assert time.sleeps == [1.0, 1.5, 2.25]


def test_a_job_that_has_ended_is_not_read() -> None:
    assert wait(Script(), Job(id="a", status="successful")).status == "successful"
    with pytest.raises(OperationError, match="a ended as failed: no disk") as caught:
        wait(Script(), Job(id="a", status="failed", message=" no disk "))
    assert caught.value.operation == Job(id="a", status="failed", message=" no disk ")


@pytest.mark.parametrize("location", ["/v1/jobs/7", f"{HOME}/jobs/7", "/v1/jobs/7?token=abc"])
def test_an_answer_leads_to_its_job(location: str) -> None:
    script = Script([state("running"), state("successful")])
    assert wait(script, started(location), STATUS, SHEET).status == "successful"
    assert {each.partition("?")[0] for each in script.urls} == {f"{HOME}/jobs/7"}
    script = Script([state("dismissed")])
    with pytest.raises(OperationError, match=r"https://maps\.example/v1/jobs/7 ended as dismissed"):
        wait(script, location)


def test_the_job_in_an_answer_counts_more_than_its_location() -> None:
    script = Script([state("successful")])
    wait(
        script,
        started("http://inside.example/jobs/a", Job(id="a", status="accepted"), **{"retry-after": "9"}),
    )
    assert script.urls == [f"{HOME}/jobs/a"]


def test_by_the_http_status_202_is_running_and_another_success_the_end() -> None:
    time = Time()
    script = Script(
        [answer(b"", 202, retry_after="30"), answer(b"", 202), answer({"id": "sheet"})],
    )
    ended = wait(script, started("/v1/prints/3/sheet", **{"retry-after": "5"}), STATUS, SHEET, time=time)
    assert ended == Job(id="sheet")
    assert time.sleeps == [5.0, 30.0, 2.25]


@pytest.mark.parametrize("asked", ["9999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_pause_of_centuries_is_an_hour(asked: str) -> None:
    time = Time()
    script = Script([answer(b"", 202, retry_after=asked), answer({"id": "sheet"})])
    wait(script, started("/v1/prints/3/sheet", **{"retry-after": asked}), STATUS, SHEET, time=time)
    assert time.sleeps == [3600.0, 3600.0]


def test_a_result_that_is_elsewhere_is_read_there() -> None:
    script = Script([answer(b"", 202), answer(b"", 303, location="/v1/results/3"), answer({"id": "x"})])
    assert wait(script, "/v1/prints/3/sheet", SHEET) == Job(id="x")
    assert script.urls[-1] == f"{HOME}/results/3"
    script = Script([answer(b"", 303, location="https://evil.example/")])
    with pytest.raises(ProtocolError, match="is not followed"):
        wait(script, "/v1/prints/3/sheet", SHEET)


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/jobs/7",
        "http://maps.example/v1/jobs/7",
        "//evil.example/",
        "https://x@maps.example/",
    ],
)
def test_a_location_elsewhere_is_not_followed(location: str) -> None:
    script = Script()
    for job in (location, started(location)):
        with pytest.raises(ProtocolError, match="is not followed"):
            wait(script, job)
    assert script.requests == []


@pytest.mark.parametrize(
    "job",
    [
        None,
        7,
        "",
        Answered(value=None, status=202, headers={}),
        Job(status="running"),
        Job(id="", status="running"),
    ],
)
def test_what_names_no_job_is_refused(job: Any) -> None:
    with pytest.raises(ArgumentError, match="job: "):
        wait(Script(), job)


def test_a_url_that_no_method_reads_is_refused() -> None:
    with pytest.raises(ArgumentError, match="no method of this client reads '/v1/other/7'") as caught:
        wait(Script(), "/v1/other/7", STATUS, SHEET)
    assert caught.value.hint == "They read /jobs/{job} or /prints/{print}/sheet."
    script = Script([state("successful")])
    assert wait(script, "/v1/other/7").status == "successful"


def test_the_wait_has_a_deadline() -> None:
    time = Time()
    script = Script(forever=state("running", headers={"retry_after": "4"}))
    with pytest.raises(OperationTimeout, match=r"a b still runs after 10 s") as caught:
        wait(script, Job(id="a b", status="running"), time=time, timeout=10)
    assert sum(time.sleeps) == pytest.approx(10)
    assert caught.value.operation == Job(id="a b", status="running")
    with pytest.raises(ArgumentError, match="timeout"):
        wait(Script(), Job(id="a", status="running"), timeout=0)
    with pytest.raises(ArgumentError, match="on_progress"):
        wait(Script(), Job(id="a", status="running"), on_progress=3)


def test_a_lost_poll_is_followed_by_the_next_within_the_timeout() -> None:
    lost = TransportError("cut", sent=True, retryable=True)
    script = Script([answer({}, 503), lost, state("successful")])
    assert wait(script, Job(id="a", status="running"), timeout=60).status == "successful"
    with pytest.raises(Unavailable):
        wait(Script([answer({}, 503)]), Job(id="a", status="running"))
    with pytest.raises(NotFound):
        wait(Script([answer({}, 404)]), Job(id="a", status="running"), timeout=60)


def test_a_job_without_a_state_is_refused_and_no_error_repeats_a_credential() -> None:
    with pytest.raises(ProtocolError, match="a has no 'status'"):
        wait(Script([answer({"id": "a"})]), Job(id="a", status="running"))
    with pytest.raises(OperationError) as caught:
        wait(Script([state("failed", message="token s3cret-token")]), Job(id="a", status="running"))
    assert "s3cret-token" not in str(caught.value)
    with pytest.raises(AuthError, match="401"):
        wait(Script([answer({}, 401)]), Job(id="a", status="running"), timeout=60)


def test_polls_are_events_of_the_method() -> None:
    events: list[Event] = []
    wait(Script([state("running"), state("successful")]), "/v1/jobs/7", on_event=events.append)
    assert [(each.kind, each.method_id) for each in events if each.kind == "call"] == [("call", "getJob")] * 2
