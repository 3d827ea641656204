"""An export is started once, or an error says that it was not, or nobody can know and the same id settles it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from attrs import define, evolve, field
from groundwire import Client, ExportImageRequest, Expression, ValueNode
from groundwire_exports import Export, start_export
from groundwire_exports.protocol import request_tag, tagged
from groundwire_runtime.credentials import Anonymous
from groundwire_runtime.errors import (
    AlreadyExists,
    ApiError,
    ArgumentError,
    InvalidArgument,
    OutcomeUnknown,
    PermissionDenied,
    TransportError,
)
from groundwire_runtime.http import Request, Response

from tests.runtime.doubles import Time, answer, refusal

REQUEST = ExportImageRequest(
    expression=Expression(result="0", values={"0": ValueNode.ConstantValue(1)}), description="nightly"
)
OURS = "projects/p/operations/OURS"
LOST = TransportError("no answer", sent=True)
UNSENT = TransportError("no connection", sent=False)
REPEAT = refusal(
    409, "ALREADY_EXISTS", "A different Operation was already started with the given request_id."
)
Step = Response | BaseException


def operation(name: str, description: str | None) -> dict[str, Any]:
    metadata = {
        "@type": "type.googleapis.com/google.earthengine.v1beta.OperationMetadata",
        "state": "PENDING",
        **({} if description is None else {"description": description}),
    }
    return {"name": name, "metadata": metadata}


@define
class Service:
    """Plays its answers to starts in order, the last one for ever, and lists what it is told to have."""

    starts: list[Step]
    listed: Callable[[str], list[Step]] = lambda _: [answer({})]
    time: Time = field(factory=Time)
    sent: list[dict[str, Any]] = field(factory=list)
    looks: int = 0

    def send(self, request: Request) -> Response:
        if request.verb == "POST":
            body = json.loads(request.body or b"")
            self.sent.append(body)
            step = self.starts[min(len(self.sent), len(self.starts)) - 1]
        else:
            steps = self.listed(self.sent[-1]["description"])
            step = steps[min(self.looks, len(steps) - 1)]
            self.looks += 1
        if isinstance(step, BaseException):
            raise step
        return step

    def client(self) -> Client:
        return Client(project="p", transport=self, credentials=Anonymous(), clock=self.time.clock())

    def start(self, request: ExportImageRequest = REQUEST, **options: Any) -> Export:
        return start_export(self.client(), request, **options)

    @property
    def ids(self) -> list[str]:
        return [each["requestId"] for each in self.sent]


def listing(*others: dict[str, Any]) -> Callable[[str], list[Step]]:
    """A listing that has other operations, and then ours."""
    return lambda description: [answer({"operations": [*others, operation(OURS, description)]})]


STARTED = answer(operation(OURS, None))


def test_a_start_carries_an_id_and_its_mark() -> None:
    service = Service([STARTED])
    export = service.start()
    assert (export.name, export.request_id, service.looks) == (OURS, "id-1", 0)
    assert service.sent[0]["requestId"] == "id-1"
    assert service.sent[0]["description"] == f"nightly{request_tag('id-1')}"
    assert REQUEST.request_id is None


@pytest.mark.parametrize("lost", [LOST, refusal(503), refusal(500)], ids=["no answer", "503", "500"])
def test_a_lost_start_is_found_by_its_mark(lost: Step) -> None:
    others = (
        operation("projects/p/operations/THEIRS", tagged("nightly", "id-2")),
        operation("projects/p/operations/PLAIN", "nightly"),
        operation("projects/p/operations/NONE", None),
        {"name": "projects/p/operations/BARE"},
    )
    service = Service([lost, REPEAT], listing(*others))
    assert service.start().name == OURS
    assert service.ids == ["id-1", "id-1"]


@pytest.mark.parametrize("code", [(409, "ALREADY_EXISTS"), (400, "INVALID_ARGUMENT")])
def test_a_start_of_an_earlier_process_is_found_by_its_id(code: tuple[int, str]) -> None:
    repeat = refusal(*code, "A different Operation was already started with the given request_id.")
    service = Service([repeat], listing())
    export = service.start(evolve(REQUEST, request_id="mine"))
    assert (export.name, service.ids, service.looks) == (OURS, ["mine"], 1)


@pytest.mark.parametrize("text", ["weekly", "", "n" * 80])
def test_an_operation_that_shares_only_the_mark_is_another_one(text: str) -> None:
    stranger = operation("projects/p/operations/THEIRS", f"{text}{request_tag('mine')}")
    mine = evolve(REQUEST, request_id="mine")
    assert Service([LOST, REPEAT], listing(stranger)).start(mine).name == OURS
    only_theirs = Service([LOST, REPEAT], lambda _: [answer({"operations": [stranger]})])
    with pytest.raises(OutcomeUnknown):
        only_theirs.start(mine)
    assert set(only_theirs.ids) == {"mine"}


def test_an_id_that_another_export_has_is_refused_by_name() -> None:
    theirs = operation("projects/p/operations/THEIRS", tagged("weekly", "mine"))
    service = Service([REPEAT], lambda _: [answer({"operations": [theirs]})])
    with pytest.raises(AlreadyExists) as caught:
        service.start(evolve(REQUEST, request_id="mine"))
    assert any("operations/THEIRS" in note and "weekly" in note for note in caught.value.__notes__)
    assert len(service.sent) == 1


def test_a_text_that_differs_only_in_what_is_cut_off_is_another_export() -> None:
    one, other = (evolve(REQUEST, request_id="mine", description="n" * 80 + each) for each in "ab")
    first = Service([STARTED])
    first.start(one)
    theirs = operation("projects/p/operations/THEIRS", first.sent[0]["description"])
    service = Service([REPEAT], lambda _: [answer({"operations": [theirs]})])
    with pytest.raises(AlreadyExists) as caught:
        service.start(other)
    assert any("operations/THEIRS" in note for note in caught.value.__notes__)
    assert Service([REPEAT], lambda _: [answer({"operations": [theirs]})]).start(one).name == theirs["name"]


EXISTS = refusal(409, "ALREADY_EXISTS", "Cannot overwrite asset 'projects/p/assets/a': it exists already.")


@pytest.mark.parametrize("request_id", [None, "mine"])
@pytest.mark.parametrize(
    "exists",
    [EXISTS, refusal(409, "ALREADY_EXISTS"), refusal(409, "ALREADY_EXISTS", "Request id 7: exists.")],
)
def test_what_exists_besides_the_request_id_is_a_refusal(exists: Step, request_id: str | None) -> None:
    service = Service([exists], listing())
    with pytest.raises(AlreadyExists) as caught:
        service.start(evolve(REQUEST, request_id=request_id))
    assert caught.value.__notes__ == ["this call started nothing"]
    assert (len(service.sent), service.looks) == (1, 0)


def test_what_exists_after_a_lost_answer_proves_nothing() -> None:
    assert Service([LOST, EXISTS], listing()).start().name == OURS
    absent = Service([LOST, EXISTS])
    with pytest.raises(OutcomeUnknown) as caught:
        absent.start()
    assert caught.value.request_id == "id-1"
    assert set(absent.ids) == {"id-1"}


@pytest.mark.parametrize(
    "repeat",
    [
        refusal(409, "ALREADY_EXISTS", "An operation with the same requestId exists."),
        refusal(409, "ALREADY_EXISTS", "This request id was used before."),
        *(
            answer(
                {
                    "error": {
                        "code": 409,
                        "status": "ALREADY_EXISTS",
                        "message": "no",
                        "details": [{"fieldViolations": [{"field": field, "description": "used"}]}],
                    }
                },
                409,
            )
            for field in ("request_id", "requestId")
        ),
    ],
)
def test_a_repeat_in_other_words_is_found_by_its_id(repeat: Step) -> None:
    assert Service([repeat], listing()).start(evolve(REQUEST, request_id="mine")).name == OURS


@pytest.mark.parametrize(
    "details", [[7], [{"fieldViolations": 7}], [{"fieldViolations": [7, {"field": "x"}]}]]
)
def test_details_of_any_shape_do_not_break_a_refusal(details: list[Any]) -> None:
    refused = {"code": 409, "status": "ALREADY_EXISTS", "message": "no", "details": details}
    with pytest.raises(AlreadyExists):
        Service([answer({"error": refused}, 409)]).start()


def test_metadata_of_another_type_is_read_too() -> None:
    found = operation(OURS, None)
    found["metadata"] = {"@type": "type.googleapis.com/google.earthengine.v2.M"}

    def listed(description: str) -> list[Step]:
        return [
            answer({"operations": [{**found, "metadata": {**found["metadata"], "description": description}}]})
        ]

    assert Service([LOST, REPEAT], listed).start().name == OURS


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        (refusal(400, "INVALID_ARGUMENT"), InvalidArgument),
        (refusal(403, "PERMISSION_DENIED"), PermissionDenied),
    ],
)
def test_a_refusal_says_that_nothing_was_started(refused: Step, error: type[Exception]) -> None:
    service = Service([refused])
    with pytest.raises(error) as caught:
        service.start()
    assert (len(service.sent), service.looks) == (1, 0)
    assert caught.value.__notes__ == ["this call started nothing"]


PROOFS = (
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


@pytest.mark.parametrize("status", [code for code in range(300, 600) if code not in PROOFS])
def test_nothing_was_started_is_said_after_no_answer_that_leaves_it_open(status: int) -> None:
    """The service acts, a gateway answers: the export is found, and while it is not, nobody says there is none."""
    service = Service([refusal(status), REPEAT], listing())
    assert service.start().name == OURS
    hidden = Service([refusal(status), REPEAT])
    with pytest.raises(OutcomeUnknown) as caught:
        hidden.start()
    assert caught.value.request_id == "id-1"
    assert "nothing" not in "".join(getattr(caught.value, "__notes__", []))


@pytest.mark.parametrize(
    "code", ["UNKNOWN", "INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "DATA_LOSS"]
)
def test_a_refusal_whose_code_is_that_of_a_fault_leaves_it_open(code: str) -> None:
    assert Service([refusal(400, code), REPEAT], listing()).start().name == OURS


@pytest.mark.parametrize("status", [501, 301, 499])
def test_an_answer_that_no_repeat_will_better_is_settled_by_listing_alone(status: int) -> None:
    service = Service([refusal(status)])
    with pytest.raises(OutcomeUnknown):
        service.start(timeout=300)
    assert (len(service.sent), service.looks) == (1, 4)


def test_no_connection_says_that_nothing_was_started() -> None:
    service = Service([UNSENT])
    with pytest.raises(TransportError) as caught:
        service.start()
    assert not caught.value.sent
    assert set(service.ids) == {"id-1"}
    assert caught.value.__notes__ == ["this call started nothing"]


@pytest.mark.parametrize("request_id", [None, "mine"])
def test_a_service_that_calls_every_id_a_repeat_leaves_it_unknown(request_id: str | None) -> None:
    service = Service([REPEAT])
    with pytest.raises(OutcomeUnknown) as caught:
        service.start(evolve(REQUEST, request_id=request_id), timeout=300)
    root = request_id or "id-1"
    assert caught.value.request_id == root
    assert service.ids == [root, f"{root}-q1", f"{root}-q2"]
    assert isinstance(caught.value.__cause__, AlreadyExists)
    assert "start_export again" in caught.value.hint


def test_a_new_id_that_was_doubled_on_its_way_is_found() -> None:
    # A proxy may send a request twice, and pass the second answer on.
    assert Service([REPEAT], listing()).start().name == OURS


OTHER = operation("projects/p/operations/OTHER", f"hourly{request_tag('x')}")


@pytest.mark.parametrize("stray", [OTHER, {**OTHER, "metadata": {"@type": "x/y", "description": "hourly"}}])
def test_an_answer_with_another_description_is_doubt(stray: dict[str, Any]) -> None:
    service = Service([answer(stray), REPEAT], listing(OTHER))
    assert service.start().name == OURS
    assert service.ids == ["id-1", "id-1"]


def test_an_answer_that_an_earlier_start_got_is_doubt() -> None:
    first = answer(operation("projects/p/operations/FIRST", None))
    service = Service([first, first, REPEAT], listing())
    client = service.client()
    assert start_export(client, REQUEST).name == "projects/p/operations/FIRST"
    assert start_export(client, REQUEST).name == OURS
    assert service.ids == ["id-1", "id-2", "id-2"]


def test_an_operation_that_was_found_is_no_answer_to_the_next_start() -> None:
    stray = answer(operation(OURS, None))
    second = answer(operation("projects/p/operations/SECOND", None))
    service = Service([LOST, REPEAT, stray, second], listing())
    client = service.client()
    assert start_export(client, REQUEST).name == OURS
    assert start_export(client, REQUEST).name == "projects/p/operations/SECOND"


@pytest.mark.parametrize("there", [True, False])
def test_a_refusal_after_a_lost_answer_does_not_say_that_nothing_was_started(there: bool) -> None:
    service = Service(
        [LOST, refusal(403, "PERMISSION_DENIED")], listing() if there else lambda _: [answer({})]
    )
    if there:
        assert service.start().name == OURS
        return
    with pytest.raises(OutcomeUnknown) as caught:
        service.start()
    assert caught.value.request_id == "id-1"


def test_a_listing_that_lags_or_fails_is_looked_at_again() -> None:
    def listed(description: str) -> list[Step]:
        ours = answer({"operations": [operation(OURS, description)]})
        return [answer({}), LOST, refusal(503), answer({}), answer(b"<html>"), ours]

    service = Service([LOST, REPEAT], listed)
    assert service.start().name == OURS


def test_a_listing_that_may_not_be_read_leaves_it_unknown() -> None:
    service = Service([LOST, REPEAT], lambda _: [refusal(403, "PERMISSION_DENIED")])
    with pytest.raises(OutcomeUnknown) as caught:
        service.start()
    assert (service.looks, isinstance(caught.value.__cause__, PermissionDenied)) == (1, True)


@pytest.mark.parametrize(
    "odd",
    [
        answer(b"not json"),
        answer({"metadata": {}}),
        *[answer(body, status) for status in (200, 201, 202, 204, 205) for body in (b"", b" ")],
    ],
)
def test_an_answer_that_says_nothing_counts_as_lost(odd: Step) -> None:
    service = Service([odd, REPEAT], listing())
    assert service.start().name == OURS
    assert service.ids == ["id-1", "id-1"]


@pytest.mark.parametrize("forever", [LOST, refusal(503)])
def test_what_cannot_be_settled_in_time_is_unknown(forever: Step) -> None:
    service = Service([forever])
    begun = service.time.now
    with pytest.raises(OutcomeUnknown) as caught:
        service.start(timeout=100)
    assert caught.value.request_id == "id-1"
    assert 60 < service.time.now - begun <= 100
    assert set(service.ids) == {"id-1"}


def test_a_long_listing_ends_with_the_time_to_settle() -> None:
    service = Service([LOST, REPEAT])

    def listed(_: str) -> list[Step]:
        service.time.pass_by(30)
        token = f"page-{service.looks}"
        return [answer({"operations": [operation("o", "x")], "nextPageToken": token})]

    service.listed = listed
    begun = service.time.now
    with pytest.raises(OutcomeUnknown):
        service.start(timeout=100)
    assert service.time.now - begun <= 130


@pytest.mark.parametrize("request_id", [None, "mine"])
def test_an_interrupt_says_which_id_settles_it(request_id: str | None) -> None:
    service = Service([KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt) as caught:
        service.start(evolve(REQUEST, request_id=request_id))
    assert f"request id {service.ids[0]}" in caught.value.__notes__[0]


def test_a_page_further_on_is_read_too() -> None:
    def listed(description: str) -> list[Step]:
        first = {"operations": [operation("projects/p/operations/X", "x")], "nextPageToken": "t"}
        return [answer(first), answer({"operations": [operation(OURS, description)]})]

    assert Service([LOST, REPEAT], listed).start().name == OURS


def test_arguments_are_checked_before_anything_is_sent() -> None:
    service = Service([])
    wrong: Any = {"description": "x"}
    with pytest.raises(ArgumentError, match="expected an ExportImageRequest, got dict"):
        service.start(wrong)
    for timeout in (0, -1, float("nan")):
        with pytest.raises(ArgumentError, match="timeout"):
            service.start(timeout=timeout)
    for settle in (-1, float("nan"), float("inf")):
        with pytest.raises(ArgumentError, match="settle"):
            service.start(settle=settle)
    for on_full in ("queue", None, ["wait"]):
        with pytest.raises(ArgumentError, match="on_full"):
            service.start(on_full=on_full)
    numbered: Any = evolve(REQUEST, request_id=7)  # type: ignore[arg-type] # what is refused
    with pytest.raises(ArgumentError, match="request_id: expected a str, got 7"):
        service.start(numbered)
    with pytest.raises(ValueError, match="/priority"):
        service.start(evolve(REQUEST, priority=10_000))
    for description in ("n" * 101, f"{'n' * 90} "):
        with pytest.raises(ValueError, match="/description"):
            service.start(evolve(REQUEST, description=description))
    assert service.sent == []


NO_SECONDS = ["5", True, b"5", [5], 5j, 10**400, 10**5_000, Decimal(5), timedelta(seconds=5)]


@pytest.mark.parametrize("value", NO_SECONDS, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("name", ["timeout", "settle"])
def test_a_time_that_is_no_number_of_seconds_is_refused(name: str, value: object) -> None:
    service = Service([])
    with pytest.raises(ArgumentError, match=rf"{name}: expected .*seconds"):
        service.start(**{name: value})
    assert service.sent == []


def test_a_timedelta_is_told_how_to_be_passed() -> None:
    with pytest.raises(ArgumentError, match="total_seconds"):
        Service([]).start(timeout=timedelta(hours=1))


@pytest.mark.parametrize("options", [{"timeout": math.inf}, {"timeout": Fraction(1, 2), "settle": 0}])
def test_any_real_number_is_a_time(options: dict[str, Any]) -> None:
    assert Service([STARTED]).start(**options).name == OURS


def test_the_pauses_between_sends_grow_to_20_seconds() -> None:
    service = Service([LOST] * 7 + [answer(operation(OURS, None))])
    chance = Time().source
    service.start(timeout=300)
    assert service.time.sleeps == [chance.random() * most for most in (1, 2, 4, 8, 16, 20, 20)]
    assert len(set(service.ids)) == 1


def test_a_start_waits_as_long_as_the_service_asks() -> None:
    limited = refusal(429, "RESOURCE_EXHAUSTED", "slow down", retry_after="30")
    service = Service([limited, answer(operation(OURS, None))])
    service.start(timeout=300)
    assert service.time.sleeps == [30]
    late = Service([limited])
    with pytest.raises(ApiError, match="slow down"):
        late.start(timeout=20)
    assert late.time.sleeps == []


@pytest.mark.parametrize("request_id", ["report-2026-q1", "a-q99"])
def test_an_id_that_could_stand_for_another_start_is_refused(request_id: str) -> None:
    service = Service([answer(operation(OURS, None))])
    with pytest.raises(ArgumentError, match="has the form of a follower"):
        service.start(evolve(REQUEST, request_id=request_id))
    assert service.sent == []


@pytest.mark.parametrize("request_id", ["report-q", "report-q0", "report-q100", "q1", "report-Q1"])
def test_other_ids_are_taken(request_id: str) -> None:
    service = Service([answer(operation(OURS, None))])
    assert service.start(evolve(REQUEST, request_id=request_id)).request_id == request_id
