from __future__ import annotations

import json
import logging
import threading
from typing import Any

import pytest
from attrs import evolve
from groundwire import NO_TIMEOUT, Client, RetryPolicy, credentials
from groundwire_runtime.errors import (
    ApiError,
    ArgumentError,
    AuthError,
    NotFound,
    TransportError,
    Unauthenticated,
    Unavailable,
)
from groundwire_runtime.events import Event, redacted
from groundwire_runtime.http import Response

from .doubles import Script, Time, answer, refusal
from .test_auth import Fresh

NAME = "projects/p/operations/A"
LOST = TransportError("no answer", sent=True)
GET = "earthengine.projects.operations.get"
URL = f"https://earthengine.googleapis.com/v1beta/{NAME}"


def watched(
    script: Script, time: Time | None = None, **options: Any
) -> tuple[Client, list[tuple[str, Event]]]:
    """A client, and the events of its sends."""
    told: list[tuple[str, Event]] = []

    def note(event: Event) -> None:
        if event.kind != "call":
            told.append((event.kind, event))

    options = {"credentials": credentials.anonymous(), "project": "p", "on_event": note, **options}
    return Client(transport=script, clock=(time or Time()).clock(), **options), told


def summary(told: list[tuple[str, Event]]) -> list[tuple[str, int, int | None]]:
    return [(name, event.attempt, event.status) for name, event in told]


def test_a_call_tells_of_its_request_and_its_response() -> None:
    time = Time()

    def serve(_: Any) -> Response:
        time.pass_by(0.25)
        return answer({"name": NAME})

    client, told = watched(Script([serve]), time)
    client.projects.operations.get(NAME)
    request = Event(kind="request", method_id=GET, attempt=1, verb="GET", url=URL)
    response = Event(kind="response", method_id=GET, attempt=1, verb="GET", url=URL, status=200, seconds=0.25)
    assert told == [("request", request), ("response", response)]


@pytest.mark.parametrize(
    ("answers", "token", "want"),
    [
        (
            [refusal(503), LOST, answer({"name": NAME})],
            "good",
            [
                *(("request", 1, None), ("response", 1, 503), ("retry", 1, 503)),
                *(("request", 2, None), ("response", 2, None), ("retry", 2, None)),
                *(("request", 3, None), ("response", 3, 200)),
            ],
        ),
        (
            [refusal(401), answer({"name": NAME})],
            "old",
            [
                *(("request", 1, None), ("response", 1, 401), ("retry", 1, 401)),
                *(("request", 2, None), ("response", 2, 200)),
            ],
        ),
        (
            [refusal(401), refusal(503), answer({"name": NAME})],
            "old",
            [
                *(("request", 1, None), ("response", 1, 401), ("retry", 1, 401)),
                *(("request", 2, None), ("response", 2, 503), ("retry", 2, 503)),
                *(("request", 3, None), ("response", 3, 200)),
            ],
        ),
    ],
    ids=["lost and busy", "401", "401, then busy"],
)
def test_attempts_are_numbered_over_retries_and_the_send_after_a_401(
    answers: list[Any], token: str, want: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "groundwire")
    time = Time()
    client, told = watched(Script(answers), time, credentials=Fresh(token=token))
    client.projects.operations.get(NAME)
    assert summary(told) == want
    retries = [event for name, event in told if name == "retry"]
    waited = [event.delay for event in retries if event.status != 401]
    assert waited == time.sleeps
    assert all(event.delay == 0.0 for event in retries if event.status == 401)
    sends: list[Any] = [record for record in caplog.records if record.levelno == logging.DEBUG]
    assert [record.attempt for record in sends] == [
        event.attempt for name, event in told if name == "request"
    ]
    assert [record.delay for record in sends] == [None, *(event.delay for event in retries)]


def test_a_retry_tells_why_and_the_error_counts_every_send() -> None:
    script = Script([refusal(401), refusal(503)], forever=refusal(503))
    client, told = watched(script, credentials=Fresh(token="old"), retry=RetryPolicy(attempts=2))
    with pytest.raises(Unavailable) as caught:
        client.projects.operations.get(NAME)
    kinds = [type(event.error) for name, event in told if name == "retry"]
    assert kinds == [Unauthenticated, Unavailable]
    assert caught.value.attempts == len(script.requests) == 3


def test_a_lost_answer_ends_its_request_with_the_error() -> None:
    client, told = watched(Script(forever=LOST), retry=None)
    with pytest.raises(TransportError):
        client.projects.operations.get(NAME)
    assert summary(told) == [("request", 1, None), ("response", 1, None)]
    assert told[1][1].error is LOST


def test_ctrl_c_ends_its_request_too() -> None:
    client, told = watched(Script(forever=KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        client.projects.operations.get(NAME)
    assert [type(event.error) for _, event in told] == [type(None), KeyboardInterrupt]


def test_a_request_id_is_told_and_kept_over_retries() -> None:
    from .test_client import export

    client, told = watched(Script([refusal(503), answer({"name": NAME})]))
    client.projects.image.export(export())
    assert {event.request_id for _, event in told} == {"id-1"}


def test_each_call_counts_from_one_and_is_told_in_its_own_thread() -> None:
    seen: dict[int, list[int]] = {}

    def note(event: Event) -> None:
        if event.kind == "request":
            seen.setdefault(threading.get_ident(), []).append(event.attempt)

    client = Client(
        transport=Script(forever=answer({"name": NAME})), credentials=credentials.anonymous(), on_event=note
    )
    together = threading.Barrier(4)

    def work() -> None:
        together.wait(5)
        for _ in range(5):
            client.projects.operations.get(NAME)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert seen == {thread.ident: [1] * 5 for thread in threads}


@pytest.mark.parametrize(("kind", "times"), [("request", 2), ("response", 2), ("retry", 1), ("call", 1)])
def test_a_hook_that_raises_breaks_and_repeats_nothing(
    kind: str, times: int, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    def fail(event: Event) -> None:
        if event.kind == kind:
            raise ZeroDivisionError("of the hook")
        told.append(event.kind)

    script = Script([refusal(503), answer({"name": NAME})])
    client, _ = watched(script, on_event=fail)
    assert client.projects.operations.get(NAME).name == NAME
    assert len(script.requests) == 2
    failures = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(failures) == times
    for record in failures:
        assert record.exc_info is not None
        assert record.exc_info[0] is ZeroDivisionError
    assert len(told) == 6 - len(failures)


def test_a_hook_that_cannot_be_called_is_refused() -> None:
    with pytest.raises(TypeError, match="on_event"):
        watched(Script(), on_event=5)


def test_ctrl_c_in_a_hook_is_not_swallowed() -> None:
    def stop(_: Event) -> None:
        raise KeyboardInterrupt

    client, _ = watched(Script(forever=answer()), on_event=stop)
    with pytest.raises(KeyboardInterrupt):
        client.projects.operations.get(NAME)


def test_a_call_refused_before_it_is_sent_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "groundwire")
    client, told = watched(Script())
    with pytest.raises(ArgumentError):
        client.projects.operations.get("projects/../x")
    assert (told, caplog.records) == ([], [])


@pytest.mark.parametrize(
    ("answers", "facts"),
    [
        ([answer({"name": NAME})], {"outcome": "ok", "status": 200, "attempts": 1}),
        ([refusal(503), LOST, answer({"name": NAME})], {"outcome": "ok", "status": 200, "attempts": 3}),
        ([refusal(404)], {"outcome": "NotFound", "status": 404, "attempts": 1}),
        ([TransportError("x", sent=False, retryable=False)], {"outcome": "TransportError", "status": None}),
        ([AuthError("x")], {"outcome": "AuthError", "status": None, "attempts": 1}),
    ],
)
def test_a_call_leaves_one_record_at_info_whose_facts_are_attributes(
    answers: list[Any], facts: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "groundwire")
    client, _ = watched(Script(answers))
    try:
        client.projects.operations.get(NAME)
    except (NotFound, TransportError, AuthError):
        assert facts["outcome"] != "ok"
    (record,) = caplog.records
    found = vars(record)
    assert (record.name, record.levelname) == ("groundwire", "INFO")
    assert {"method_id": GET, "request_id": None, **facts}.items() <= found.items()
    assert isinstance(found["seconds"], float)
    assert GET in record.getMessage()
    assert str(facts["status"] or facts["outcome"]) in record.getMessage()


def test_a_send_leaves_one_record_at_debug_with_its_headers_redacted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "groundwire")
    page = answer({}, x_goog_request_id="r-1", set_cookie="canary", server="canary-5150 ESF")
    client, _ = watched(Script([page]), credentials=credentials.Token("canary-5150"))
    list(client.projects.operations.list(filter="canary"))
    record: Any = next(record for record in caplog.records if record.levelno == logging.DEBUG)
    assert [each.levelname for each in caplog.records] == ["DEBUG", "INFO"]
    assert record.request_headers["authorization"] == "..."
    assert record.request_headers["accept"] == "application/json"
    assert record.response_headers == {
        "content-type": "application/json",
        "x-goog-request-id": "r-1",
        "set-cookie": "...",
        "server": "...",
    }
    assert (record.verb, record.url) == (
        "GET",
        "https://earthengine.googleapis.com/v1beta/projects/p/operations",
    )
    assert "canary" not in json.dumps({name: str(value) for name, value in vars(record).items()})
    assert "r-1" in record.getMessage()


def test_only_headers_known_to_be_harmless_are_shown() -> None:
    names = (
        *("accept", "accept-encoding", "cache-control", "content-encoding", "content-length", "content-type"),
        *("date", "metadata-flavor", "retry-after", "server", "transfer-encoding", "user-agent", "vary"),
        *("x-goog-api-client", "x-goog-request-id", "x-goog-user-project", "x-request-id"),
    )
    shown = {name: f"the {name}" for name in names}
    hidden = [
        "authorization",
        "cookie",
        "proxy-authorization",
        "set-cookie",
        "x-goog-api-key",
        "x-goog-iam-authorization-token",
        "x-of-tomorrow",
        "location",
        "www-authenticate",
    ]
    assert redacted(shown | dict.fromkeys(hidden, "secret")) == shown | dict.fromkeys(hidden, "...")
    assert redacted({"server": "a secret b", "date": "d"}, ["secret"]) == {"server": "...", "date": "d"}


def test_nothing_is_read_from_the_clock_for_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """Without listeners and logs a call reads the clock for its deadline alone."""
    caplog.set_level("WARNING", logger="groundwire")
    looked: list[float] = []
    time = Time()
    watching = evolve(time.clock(), monotonic=lambda: looked.append(1.0) or time.now)  # type: ignore[func-returns-value] # on purpose
    script = Script(forever=answer({"name": NAME}))
    client = Client(transport=script, clock=watching, credentials=credentials.anonymous(), project="p")
    for _ in range(3):
        client.projects.operations.get(NAME, timeout=NO_TIMEOUT)
    assert (len(script.requests), looked) == (3, [])


def test_the_end_of_a_call_is_an_event_with_its_attempts_and_its_error() -> None:
    events: list[Event] = []
    time = Time()
    client, _ = watched(Script([refusal(503), answer({"name": NAME})]), time, on_event=events.append)
    client.projects.operations.get(NAME)
    end = events[-1]
    assert (end.kind, end.attempt, end.status, end.error) == ("call", 2, 200, None)
    assert end.seconds == pytest.approx(sum(time.sleeps))
    client, _ = watched(Script([refusal(404)]), on_event=events.append)
    with pytest.raises(NotFound) as caught:
        client.projects.operations.get(NAME)
    assert [event.kind for event in events].count("call") == 2
    assert (events[-1].status, events[-1].error) == (404, caught.value)


def test_an_event_holds_no_query_no_header_and_no_body() -> None:
    client, told = watched(Script([answer({"operations": []})]), credentials=credentials.Token("canary-77aa"))
    list(client.projects.operations.list(filter="canary-77aa"))
    assert told
    assert "canary" not in repr(told)
    assert isinstance(told[0][1].error, type(None) | ApiError)
