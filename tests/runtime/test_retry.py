from __future__ import annotations

import json
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from attrs import evolve
from groundwire import Client, Empty, ExportImageRequest, Expression, ValueNode, credentials
from groundwire import EarthEngineDestination as Asset
from groundwire import ImageAssetExportOptions as AssetOptions
from groundwire_runtime.errors import (
    AlreadyExists,
    ApiError,
    AuthError,
    DeadlineReached,
    GroundwireError,
    NotFound,
    NotModified,
    OutcomeUnknown,
    PermissionDenied,
    ResourceExhausted,
    TransportError,
    Unavailable,
)
from groundwire_runtime.http import Request, Response
from groundwire_runtime.retry import RetryPolicy

from tests.runtime.doubles import RetryTransport

from .doubles import Answer, Script, Time, answer, refusal

READ = Request(method_id="m", verb="GET", url="https://shop.test/", safe_to_retry=True)
START = evolve(READ, verb="POST", request_id="r", body=b"{}")
UNSAFE = evolve(READ, verb="POST", safe_to_retry=False)
PASSING = (408, 429, 500, 502, 503, 504)
REFUSED = TransportError("refused", sent=False)
LOST = TransportError("reset", sent=True)
GARBAGE = TransportError("no HTTP", sent=True, retryable=False)
EXPORT = ExportImageRequest(
    expression=Expression(result="0", values={"0": ValueNode.ConstantValue(1)}),
    export_options=AssetOptions(destination=Asset(name="projects/p/assets/a")),
)


def sent(script: Script, request: Request, time: Time | None = None, **facts: Any) -> Response:
    time = time or Time()
    policy = facts.get("policy", RetryPolicy())
    return RetryTransport(script, policy, time.clock()).send(request)


@pytest.mark.parametrize(
    ("request_", "failure", "sends"),
    [
        *[(READ, refusal(status), 2) for status in (*PASSING, 505, 520, 599)],
        *[(START, refusal(status), 2) for status in (*PASSING, 505, 520, 599)],
        *[(UNSAFE, refusal(status), 1) for status in (*PASSING, 505, 520, 599)],
        *[(READ, refusal(status), 1) for status in (300, 301, 307, 400, 401, 403, 404, 409, 412, 501)],
        *[(START, refusal(status), 1) for status in (301, 307, 400, 401, 403, 404, 409, 412, 501)],
        (READ, LOST, 2),
        (READ, REFUSED, 2),
        (START, LOST, 2),
        (START, REFUSED, 2),
        (UNSAFE, LOST, 1),
        (UNSAFE, REFUSED, 2),
        (READ, GARBAGE, 1),
        (READ, DeadlineReached("late", sent=True), 1),
        (READ, AuthError("no"), 1),
    ],
)
def test_only_what_is_safe_and_worth_it_is_sent_again(request_: Request, failure: Answer, sends: int) -> None:
    script = Script([failure, answer()])
    if sends == 1:
        with pytest.raises(GroundwireError):
            sent(script, request_)
    else:
        assert sent(script, request_).status == 200
    assert len(script.requests) == sends


def limit(reason: str, **headers: str) -> Response:
    error = {"code": 403, "message": "slow down", "errors": [{"domain": "usageLimits", "reason": reason}]}
    return answer({"error": error}, 403, **headers)


@pytest.mark.parametrize("reason", ["rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"])
@pytest.mark.parametrize(("request_", "sends"), [(READ, 3), (START, 3), (UNSAFE, 1)])
def test_a_rate_limit_sent_as_403_is_waited_for_where_a_repeat_is_safe(
    reason: str, request_: Request, sends: int
) -> None:
    time, script = Time(), Script([limit(reason), limit(reason, retry_after="7")], forever=answer())
    if sends == 1:
        with pytest.raises(ResourceExhausted):
            sent(script, request_, time)
    else:
        assert sent(script, request_, time).status == 200
        assert time.sleeps[0] <= 1
        assert 7 <= time.sleeps[1] <= 7.7
    assert len(script.requests) == sends


@pytest.mark.parametrize("reason", ["quotaExceeded", "dailyLimitExceeded", "insufficientPermissions"])
def test_another_403_is_not_sent_again(reason: str) -> None:
    script = Script([limit(reason)])
    with pytest.raises(PermissionDenied):
        sent(script, READ)


def test_a_policy_without_429_leaves_rate_limits_alone() -> None:
    with pytest.raises(ResourceExhausted):
        sent(Script([limit("rateLimitExceeded")]), READ, policy=RetryPolicy(statuses=frozenset({503})))


DELETE = evolve(READ, verb="DELETE")
CUT = TransportError("the answer was cut off", sent=True)


@pytest.mark.parametrize(
    ("answers", "ends"),
    [
        ([LOST, refusal(404)], 404),
        ([CUT, refusal(404)], 404),
        ([LOST, refusal(410)], 410),
        ([LOST, answer(b"<html>gone</html>", 404)], 404),
        ([LOST, refusal(503), refusal(404)], 404),
        ([refusal(503), LOST, refusal(404)], 404),
        ([LOST, REFUSED, refusal(404)], 404),
        ([LOST, answer()], 200),
        ([refusal(404)], NotFound),
        ([refusal(503), refusal(404)], NotFound),
        *[([refusal(status), refusal(404)], NotFound) for status in (408, 429, 500, 502, 504)],
        ([REFUSED, refusal(404)], NotFound),
        ([LOST, refusal(403)], PermissionDenied),
        ([LOST, refusal(412)], ApiError),
    ],
)
def test_a_repeated_delete_that_finds_nothing_has_succeeded_if_an_answer_was_lost(
    answers: list[Answer], ends: int | type[ApiError]
) -> None:
    script = Script(list(answers))
    if isinstance(ends, int):
        found = sent(script, DELETE)
        assert (found.status, found.body in (b"", b"{}")) == (ends, True)
    else:
        with pytest.raises(ends):
            sent(script, DELETE)
    assert script.answers == []


@pytest.mark.parametrize("verb", ["GET", "PUT", "POST"])
def test_no_other_verb_succeeds_by_finding_nothing(verb: str) -> None:
    with pytest.raises(NotFound):
        sent(Script([LOST, refusal(404)]), evolve(DELETE, verb=verb))


def test_a_client_returns_an_empty_message_for_such_a_delete() -> None:
    script = Script([LOST, refusal(404)])
    client = Client(project="p", credentials=credentials.anonymous(), transport=script, clock=Time().clock())
    assert client.projects.operations.delete("projects/p/operations/A") == Empty()


@pytest.mark.parametrize(("statuses", "sends"), [({599}, 2), ({500}, 2), ({503}, 1), (set[int](), 1)])
def test_a_policy_may_name_an_unknown_status_itself(statuses: set[int], sends: int) -> None:
    script = Script([refusal(599)], forever=answer())
    with suppress(ApiError):
        sent(script, READ, policy=RetryPolicy(statuses=frozenset(statuses)))
    assert len(script.requests) == sends


def test_what_is_no_error_of_a_call_goes_straight_through() -> None:
    script = Script([KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt):
        sent(script, READ)
    assert len(script.requests) == 1


def test_two_resets_in_a_row_cost_three_sends() -> None:
    script = Script([LOST, LOST, answer()])
    assert sent(script, READ).status == 200
    assert len(script.requests) == 3


@pytest.mark.parametrize("attempts", [1, 2, 10])
def test_attempts_are_sends_at_the_most(attempts: int) -> None:
    script, time = Script(forever=refusal(503)), Time()
    with pytest.raises(Unavailable) as caught:
        sent(script, READ, time, policy=RetryPolicy(attempts=attempts))
    assert (len(script.requests), len(time.sleeps)) == (attempts, attempts - 1)
    assert (caught.value.attempts, caught.value.method_id) == (attempts, "m")
    assert all(0 <= pause <= min(60, 2**n) for n, pause in enumerate(time.sleeps))


@pytest.mark.parametrize("failure", [refusal(503), REFUSED])
def test_without_a_policy_there_is_one_send(failure: Answer) -> None:
    script, time = Script(forever=failure), Time()
    with pytest.raises(GroundwireError):
        sent(script, READ, time, policy=None)
    assert (len(script.requests), time.sleeps) == (1, [])


@pytest.mark.parametrize(("attempt", "wait"), [(1, 0.25), (2, 0.5), (3, 1.0), (4, 1.5), (9, 1.5)])
def test_a_policy_s_own_base_and_cap_bound_its_waits(attempt: int, wait: float) -> None:
    assert RetryPolicy(base=0.5, cap=3.0).delay(attempt, LOST, READ, 0.5) == wait


def test_a_wait_that_would_end_at_the_deadline_is_not_begun() -> None:
    time = Time()
    clock = evolve(time.clock(), random=lambda: 0.0)
    late = evolve(READ, deadline=time.now + 60)
    with pytest.raises(ResourceExhausted):
        RetryTransport(Script([refusal(429, retry_after="60")]), RetryPolicy(), clock).send(late)
    assert time.sleeps == []


@pytest.mark.parametrize("seconds", [0.5, 2.0, 30.0, 600.0])
@pytest.mark.parametrize("failure", [refusal(503), LOST])
@pytest.mark.parametrize("took", [0.0, 0.3])
def test_the_deadline_is_never_passed(seconds: float, failure: Answer, took: float) -> None:
    time = Time()
    deadline = time.now + seconds

    def fail(request: Request) -> Response:
        assert time.now < deadline
        assert request.deadline == deadline
        time.pass_by(min(took, deadline - time.now))
        if isinstance(failure, Response):
            return failure
        raise failure  # type: ignore[misc] # an exception by now

    script = Script(forever=fail)
    with pytest.raises((Unavailable, TransportError)):
        sent(script, evolve(READ, deadline=deadline), time, policy=RetryPolicy(attempts=1_000))
    assert time.now <= deadline
    assert len(script.requests) > (1 if seconds > 2 else 0)


@pytest.mark.parametrize("header", ["7", "Tue, 14 Nov 2023 22:13:27 GMT"])
def test_retry_after_is_waited_for_with_at_most_a_tenth_more(header: str) -> None:
    waits = []
    for seed in range(50):
        time = Time()
        time.source.seed(seed)
        sent(Script([refusal(429, retry_after=header), answer()]), READ, time)
        waits += time.sleeps
    assert all(7 <= wait <= 7.7 for wait in waits)
    assert len(set(waits)) > 40


@pytest.mark.parametrize("header", ["-1", "abc", "1.5"])
def test_a_malformed_retry_after_leaves_the_usual_wait(header: str) -> None:
    time = Time()
    sent(Script([refusal(429, retry_after=header), answer()]), READ, time)
    assert len(time.sleeps) == 1
    assert 0 <= time.sleeps[0] <= 1


def test_a_retry_after_in_the_past_waits_no_time() -> None:
    time = Time()
    past = refusal(503, retry_after="Sun, 06 Nov 1994 08:49:37 GMT")
    sent(Script([past, answer()]), READ, time)
    assert time.sleeps == [0]


@pytest.mark.parametrize("seconds", ["60", "3600", "99999999"])
def test_a_retry_after_beyond_the_deadline_ends_the_call_at_once(seconds: str) -> None:
    time, script = Time(), Script(forever=refusal(429, retry_after=seconds))
    with pytest.raises(ResourceExhausted) as caught:
        sent(script, evolve(READ, deadline=time.now + 60), time)
    assert (time.sleeps, len(script.requests)) == ([], 1)
    assert caught.value.retry_after == float(seconds)


@pytest.mark.parametrize(
    ("failures", "kind"),
    [
        ([LOST] * 10, OutcomeUnknown),
        ([REFUSED] * 10, TransportError),
        ([REFUSED] * 9 + [LOST], OutcomeUnknown),
        ([LOST] + [REFUSED] * 9, OutcomeUnknown),
        *[([refusal(status)] * 10, OutcomeUnknown) for status in (408, 500, 502, 503, 504, 520, 599)],
        *[([refusal(status)], OutcomeUnknown) for status in (402, 406, 418, 499, 501)],
        *[([refusal(status)], ApiError) for status in (300, 301)],
        ([refusal(304)], NotModified),
        ([LOST, refusal(301)], OutcomeUnknown),
        ([refusal(429)] * 10, ResourceExhausted),
        ([LOST, refusal(409, "ALREADY_EXISTS")], OutcomeUnknown),
        ([refusal(504), refusal(409, "ALREADY_EXISTS")], OutcomeUnknown),
        ([REFUSED, refusal(409, "ALREADY_EXISTS")], AlreadyExists),
        ([refusal(429), refusal(409, "ALREADY_EXISTS")], ResourceExhausted),
        ([refusal(429), REFUSED, refusal(409, "ALREADY_EXISTS")], ResourceExhausted),
        ([refusal(429), LOST, refusal(409, "ALREADY_EXISTS")], OutcomeUnknown),
        ([refusal(409, "ALREADY_EXISTS")], AlreadyExists),
        ([LOST, AuthError("no")], OutcomeUnknown),
        ([REFUSED, AuthError("no")], AuthError),
        ([DeadlineReached("late", sent=True)], OutcomeUnknown),
        ([DeadlineReached("late", sent=False)], DeadlineReached),
    ],
)
def test_a_start_whose_answer_was_lost_has_an_unknown_outcome(
    failures: list[Answer], kind: type[GroundwireError]
) -> None:
    script = Script(list(failures))
    with pytest.raises(kind) as caught:
        sent(script, START)
    assert type(caught.value) is kind
    assert script.answers == []
    if isinstance(caught.value, OutcomeUnknown):
        assert caught.value.request_id == "r"
        assert str(caught.value).startswith("m: ")
        assert "request id r " in caught.value.hint
        assert isinstance(caught.value.__cause__, GroundwireError)


def test_a_repeat_of_a_refused_start_ends_with_the_refusal() -> None:
    full = refusal(429, "RESOURCE_EXHAUSTED", "Too many tasks already in the queue (3000).")
    script = Script([refusal(429), full, refusal(409, "ALREADY_EXISTS", "already started")])
    with pytest.raises(ResourceExhausted, match="Too many tasks") as caught:
        sent(script, START)
    assert caught.value.attempts == 3
    assert isinstance(caught.value.__cause__, AlreadyExists)
    assert ["already started" in note for note in caught.value.__notes__] == [True]


def test_what_exists_already_is_said_where_no_request_id_was_used_up() -> None:
    script = Script([refusal(429), refusal(409, "ALREADY_EXISTS")])
    with pytest.raises(AlreadyExists):
        sent(script, evolve(READ, verb="PUT"))


@pytest.mark.parametrize(
    ("answers", "why"),
    [([LOST] * 10, "reset"), ([LOST, refusal(409, "ALREADY_EXISTS")], "refused as a repeat")],
)
def test_an_unknown_outcome_says_why_it_is_unknown(answers: list[Answer], why: str) -> None:
    with pytest.raises(OutcomeUnknown, match=why):
        sent(Script(answers), START)


@pytest.mark.parametrize("verb", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("failure", [LOST, refusal(503)])
def test_reading_has_no_unknown_outcome(failure: Answer, verb: str) -> None:
    script = Script([failure] * 9 + [refusal(404)])
    with pytest.raises(ApiError) as caught:
        sent(script, evolve(READ, verb=verb, request_id="r"))
    assert caught.value.http_status == 404


MAY_BE_OURS = ["an earlier send of this call got no answer: it may have made this change itself"]


@pytest.mark.parametrize(
    ("answers", "notes"),
    [
        ([LOST, refusal(412)], MAY_BE_OURS),
        ([refusal(503), refusal(409)], MAY_BE_OURS),
        ([LOST, REFUSED, refusal(412)], MAY_BE_OURS),
        ([refusal(412)], []),
        ([refusal(429), REFUSED, refusal(412)], []),
        ([LOST, refusal(400)], []),
    ],
)
def test_a_conflict_after_a_lost_answer_says_that_the_call_may_have_caused_it(
    answers: list[Answer], notes: list[str]
) -> None:
    """A repeat is safe by its precondition, and the precondition no longer holds when the first send acted."""
    script = Script(list(answers))
    with pytest.raises(ApiError) as caught:
        sent(script, evolve(READ, verb="POST"))
    assert (script.answers, getattr(caught.value, "__notes__", [])) == ([], notes)


def export(script: Script, request: ExportImageRequest = EXPORT, **options: Any) -> list[str]:
    client = Client(
        project="p", credentials=credentials.anonymous(), transport=script, clock=Time().clock(), **options
    )
    client.projects.image.export(request)
    return [json.loads(each.body or b"")["requestId"] for each in script.requests]


@pytest.mark.parametrize("failure", [LOST, refusal(503), refusal(429)])
def test_one_request_id_over_all_sends_of_a_call_and_a_new_one_for_the_next(failure: Answer) -> None:
    script = Script([failure] * 5 + [answer({"name": "projects/p/operations/A"})])
    assert export(script) == ["id-1"] * 6
    assert len({(each.url, each.body) for each in script.requests}) == 1


def test_a_callers_own_request_id_is_kept() -> None:
    script = Script([LOST, answer({"name": "projects/p/operations/A"})])
    assert export(script, evolve(EXPORT, request_id="mine-1")) == ["mine-1"] * 2


def test_the_server_runs_one_task_or_the_outcome_is_unknown() -> None:
    outcomes = set()
    for loss in range(8):
        tasks: set[str] = set()
        numbers = count()

        def serve(
            request: Request, tasks: set[str] = tasks, loss: int = loss, numbers: Any = numbers
        ) -> Response:
            id_ = json.loads(request.body or b"")["requestId"]
            known, number = id_ in tasks, next(numbers)
            tasks.add(id_)
            if loss >> number & 1:
                raise LOST
            return refusal(409, "ALREADY_EXISTS") if known else answer({"name": "projects/p/operations/A"})

        try:
            export(Script(forever=serve))
            outcomes.add("started")
        except OutcomeUnknown as error:
            outcomes.add("unknown")
            assert error.request_id == "id-1"
        assert len(tasks) == 1
    assert outcomes == {"started", "unknown"}
