"""A full queue refuses a start, and may use its request id up: nothing starts twice, nothing is lost, no error lies."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable

import pytest
from attrs import evolve, frozen
from groundwire import Client, ExportImageRequest, Expression, ValueNode
from groundwire_contract.fixture import EarthEngineContract
from groundwire_exports import QueueFull, start_export, unmarked
from groundwire_exports.protocol import follower, request_tag
from groundwire_runtime.credentials import Anonymous
from groundwire_runtime.errors import AlreadyExists, GroundwireError, OutcomeUnknown, ResourceExhausted

from tests.runtime.doubles import Script, Time, refusal

from .simulation import Service, Simulation, Started

REQUEST = ExportImageRequest(
    expression=Expression(result="0", values={"0": ValueNode.ConstantValue(1)}), description="nightly"
)
OWN = evolve(REQUEST, request_id="day-1")
WORDS = "Too many tasks already in the queue (2). Please wait for some of them to complete."
NOTHING = ["this call started nothing"]
WORLDS = pytest.mark.parametrize("burns", [True, False], ids=["burnt", "not burnt"])
IDS = pytest.mark.parametrize("request_", [REQUEST, OWN], ids=["an id of the call", "an id of the caller"])


@pytest.fixture
def busy(earthengine_contract: EarthEngineContract, burns: bool) -> EarthEngineContract:
    """A server whose queue of two is full, and stays so."""
    earthengine_contract.queue_limit = 2
    if not burns:
        earthengine_contract.relax("queue-full-burns-id")
    earthengine_contract.hold()
    for _ in range(2):
        earthengine_contract.client().projects.image.export(evolve(REQUEST, description="others"))
    return earthengine_contract


def empty(contract: EarthEngineContract) -> None:
    for operation in contract.operations:
        contract.finish(operation)


def ids(contract: EarthEngineContract) -> list[str]:
    """The request ids of the starts, those that filled the queue left out."""
    starts = [each for each in contract.requests if each.path.endswith(":export")]
    return [each.body["requestId"] for each in starts[2:]]


def ours(contract: EarthEngineContract) -> list[str]:
    """The names of the operations that are not others'."""
    return [each.name for each in contract.operations if each.description != "others"]


def later(
    contract: EarthEngineContract, seconds: float, event: Callable[[EarthEngineContract], object]
) -> Client:
    """A client in whose pauses time passes, with an event after so many seconds."""
    clock = contract.client().clock
    slept = 0.0

    def sleep(pause: float) -> None:
        nonlocal slept
        contract.advance(pause)
        if slept < seconds <= slept + pause:
            event(contract)
        slept += pause

    return contract.client(clock=evolve(clock, sleep=sleep))


@WORLDS
@IDS
def test_a_full_queue_is_an_error_at_once(busy: EarthEngineContract, request_: ExportImageRequest) -> None:
    client = busy.client()
    begun = client.clock.monotonic()
    with pytest.raises(QueueFull) as caught:
        start_export(client, request_)
    error = caught.value
    assert isinstance(error, ResourceExhausted)
    assert (error.limit, error.message, error.http_status) == (2, WORDS, 429)
    assert (error.status, error.method_id) == ("RESOURCE_EXHAUSTED", "earthengine.projects.image.export")
    assert 'on_full="wait"' in error.hint
    assert error.__notes__ == NOTHING
    assert (len(ids(busy)), client.clock.monotonic() - begun) == (1, 0)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (type(again), again.limit, str(again)) == (QueueFull, 2, str(error))


@WORLDS
@IDS
def test_a_plain_call_ends_with_the_words_of_the_queue(
    busy: EarthEngineContract, request_: ExportImageRequest
) -> None:
    with pytest.raises(ResourceExhausted, match=r"Too many tasks already in the queue \(2\)"):
        busy.client().projects.image.export(request_)
    assert len(ids(busy)) > 1, "the call was made again"
    assert ours(busy) == []


@pytest.mark.parametrize(
    ("code", "words", "limit"),
    [
        (429, "Too many tasks already in the queue (3000). Please wait.", 3000),
        (400, "Too many tasks already in the queue (17).", 17),
        (429, "too many tasks already in the queue", None),
        (429, "Too many tasks already in the queue (many).", None),
    ],
)
def test_words_tell_a_full_queue(
    earthengine_contract: EarthEngineContract, code: int, words: str, limit: int | None
) -> None:
    earthengine_contract.queue_limit = 0
    earthengine_contract.answer("queue-full", code=code, message=words)
    with pytest.raises(QueueFull) as caught:
        start_export(earthengine_contract.client(), REQUEST)
    assert (caught.value.limit, caught.value.message, caught.value.http_status) == (limit, words, code)


def test_another_429_is_no_full_queue(earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.refuse("rate-quota", times=100)
    with pytest.raises(ResourceExhausted) as caught:
        start_export(earthengine_contract.client(), REQUEST)
    assert not isinstance(caught.value, QueueFull)
    assert caught.value.__notes__ == NOTHING
    assert len(earthengine_contract.requests) == 10


def test_the_words_in_an_outage_prove_nothing(earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.queue_limit = 0
    earthengine_contract.answer("queue-full", code=503)
    with pytest.raises(OutcomeUnknown):
        start_export(earthengine_contract.client(), REQUEST, timeout=100)


@WORLDS
def test_an_id_of_the_call_gives_way_at_once(busy: EarthEngineContract) -> None:
    client = later(busy, 100, empty)
    export = start_export(client, REQUEST, on_full="wait")
    assert ours(busy) == [export.name]
    assert len(ids(busy)) == len(set(ids(busy))) > 3
    assert export.request_id == ids(busy)[-1]
    assert client.clock.monotonic() < 140
    assert not any(each.verb == "GET" for each in busy.requests), "nothing is to be looked for"


def test_an_id_of_the_caller_gives_way_once_listings_show_that_it_was_burnt(
    earthengine_contract: EarthEngineContract,
) -> None:
    contract = earthengine_contract
    contract.queue_limit = 0
    with pytest.raises(QueueFull):
        start_export(contract.client(), OWN)
    contract.queue_limit = 2
    for _ in range(3):
        client = contract.client()
        begun = client.clock.monotonic()
        export = start_export(client, OWN)
        assert (ours(contract), export.request_id) == ([export.name], "day-1-q1")
    assert contract.operations[0].description == f"nightly{request_tag('day-1-q1')}"
    assert client.clock.monotonic() - begun == 0, "one listing finds the follower"
    assert [each.body["requestId"] for each in contract.requests if each.verb == "POST"] == [
        "day-1", "day-1", "day-1-q1", "day-1", "day-1",
    ]  # fmt: skip


def test_an_id_is_given_up_after_settle_seconds_and_no_sooner(
    earthengine_contract: EarthEngineContract,
) -> None:
    contract = earthengine_contract
    for settle in (120.0, 7.0):
        contract.reset()
        contract.queue_limit = 0
        with pytest.raises(QueueFull):
            start_export(contract.client(), OWN)
        contract.queue_limit = 2
        client = contract.client()
        start_export(client, OWN, settle=settle)
        assert settle <= client.clock.monotonic() <= settle + 40
        *_, last, _ = contract.requests
        assert (last.verb, last.at is not None) == ("GET", True)


def test_an_id_of_the_caller_that_was_not_burnt_is_kept(earthengine_contract: EarthEngineContract) -> None:
    contract = earthengine_contract
    contract.relax("queue-full-burns-id")
    contract.queue_limit = 0
    with pytest.raises(QueueFull):
        start_export(contract.client(), OWN)
    contract.queue_limit = 2
    assert start_export(contract.client(), OWN).request_id == "day-1"


def test_an_export_that_runs_is_found_although_the_queue_is_full(
    earthengine_contract: EarthEngineContract,
) -> None:
    # Such a service refuses with 429 before it looks at the id.
    contract = earthengine_contract
    contract.relax("queue-full-burns-id")
    contract.hold()
    first = start_export(contract.client(), OWN)
    contract.queue_limit = 1
    assert start_export(contract.client(), OWN).name == first.name
    contract.script(["reset before"], method="image.export")
    assert start_export(contract.client(), OWN).name == first.name


@WORLDS
def test_waiting_with_an_id_of_the_caller_starts_once(busy: EarthEngineContract, burns: bool) -> None:
    export = start_export(later(busy, 900, empty), OWN, on_full="wait", timeout=3600)
    assert ours(busy) == [export.name]
    assert start_export(busy.client(), OWN).name == export.name
    used = sorted(set(ids(busy)))
    assert len(used) in (range(2, 5) if burns else (1,)), "few followers are used up"


@WORLDS
@IDS
def test_waiting_ends_with_the_timeout(busy: EarthEngineContract, request_: ExportImageRequest) -> None:
    client = busy.client()
    begun = client.clock.monotonic()
    with pytest.raises(QueueFull) as caught:
        start_export(client, request_, on_full="wait", timeout=600)
    assert (caught.value.limit, caught.value.__notes__) == (2, NOTHING)
    assert 500 < client.clock.monotonic() - begun <= 600
    assert ours(busy) == []


@WORLDS
@IDS
def test_calling_again_and_again_ends_in_one_export(
    busy: EarthEngineContract, request_: ExportImageRequest
) -> None:
    for _ in range(4):
        with pytest.raises(QueueFull):
            start_export(busy.client(), request_)
    empty(busy)
    export = start_export(busy.client(), request_)
    assert ours(busy) == [export.name]
    if request_ is OWN:
        assert start_export(busy.client(), request_).name == export.name


def test_a_timeout_too_short_to_settle_is_named(earthengine_contract: EarthEngineContract) -> None:
    contract = earthengine_contract
    contract.queue_limit = 0
    with pytest.raises(QueueFull):
        start_export(contract.client(), OWN)
    contract.queue_limit = 2
    with pytest.raises(OutcomeUnknown, match="a timeout of 150 s") as caught:
        start_export(contract.client(), OWN, timeout=60)
    assert caught.value.request_id == "day-1"
    assert ours(contract) == []
    assert start_export(contract.client(), OWN, timeout=150).request_id == "day-1-q1"


@WORLDS
def test_a_lost_answer_of_a_full_queue_is_settled(busy: EarthEngineContract) -> None:
    busy.script(["503 after"], method="image.export")
    with pytest.raises((QueueFull, OutcomeUnknown)):
        start_export(busy.client(), REQUEST)
    assert ours(busy) == []
    busy.script(["reset after"], method="image.export")
    export = start_export(later(busy, 60, empty), REQUEST, on_full="wait", timeout=3600)
    assert ours(busy) == [export.name]


@pytest.mark.parametrize("lag", [0.0, 5.0, 60.0, 119.0])
def test_a_listing_that_lags_starts_nothing_twice(
    earthengine_contract: EarthEngineContract, lag: float
) -> None:
    contract = earthengine_contract
    contract.listing_lag = lag
    for step in ("reset after", "503 after"):
        for request in (REQUEST, evolve(REQUEST, request_id=f"own-{step[:3]}")):
            before = len(contract.operations)
            contract.script([step], method="image.export")
            client = contract.client()
            export = start_export(client, request)
            assert [each.name for each in contract.operations][before:] == [export.name]


def test_a_listing_that_lags_longer_than_settle_is_what_settle_is_for(
    earthengine_contract: EarthEngineContract,
) -> None:
    contract = earthengine_contract
    contract.listing_lag = 400
    contract.script(["reset after"], method="image.export")
    export = start_export(contract.client(), OWN, settle=450, timeout=600)
    assert ours(contract) == [export.name]


@WORLDS
@IDS
@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_an_interrupt_while_waiting_says_that_nothing_was_started(
    busy: EarthEngineContract, request_: ExportImageRequest, kind: type[BaseException]
) -> None:
    def interrupt(_: EarthEngineContract) -> None:
        raise kind

    with pytest.raises(kind) as caught:
        start_export(later(busy, 0.001, interrupt), request_, on_full="wait")
    assert caught.value.__notes__ == NOTHING
    assert ours(busy) == []


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_an_interrupt_of_a_send_names_the_id_that_settles_it(kind: type[BaseException]) -> None:
    full = refusal(429, "RESOURCE_EXHAUSTED", WORDS)
    client = Client(
        project="p", transport=Script([full, kind()]), credentials=Anonymous(), clock=Time().clock()
    )
    with pytest.raises(kind) as caught:
        start_export(client, REQUEST, on_full="wait")
    assert ["request id id-2" in note for note in caught.value.__notes__] == [True]


def test_an_id_that_another_export_has_is_refused_by_name_behind_burnt_ones(
    earthengine_contract: EarthEngineContract,
) -> None:
    contract = earthengine_contract
    contract.queue_limit = 0
    with pytest.raises(QueueFull):
        start_export(contract.client(), OWN)
    contract.queue_limit = 5
    theirs = start_export(contract.client(), evolve(OWN, description="weekly"))
    with pytest.raises(AlreadyExists) as caught:
        start_export(contract.client(), OWN)
    assert any(theirs.name in note and "weekly" in note for note in caught.value.__notes__)
    assert NOTHING[0] in caught.value.__notes__
    assert len(contract.operations) == 1


@pytest.mark.parametrize("request_id", ["d" * 60, "d" * 58, "d" * 57, "d"])
def test_followers_of_a_long_id_fit(earthengine_contract: EarthEngineContract, request_id: str) -> None:
    contract = earthengine_contract
    contract.queue_limit = 0
    request = evolve(REQUEST, request_id=request_id)
    with pytest.raises(QueueFull):
        start_export(contract.client(), request)
    contract.queue_limit = 2
    export = start_export(contract.client(), request)
    assert export.request_id == follower(request_id, 1)
    assert start_export(contract.client(), request).name == export.name
    contract.assert_valid()


@frozen
class Outcome:
    """How a call ended."""

    key: str
    call: object
    error: GroundwireError | None


def play(
    seed: int, *, burns: bool, own: bool, processes: int = 4, keys: int = 3
) -> tuple[Service, list[Outcome]]:
    """Let processes start the same exports (ids of their own: an export each) until each has them all.

    Some calls wait for room, some do not, some have little time, and three in ten requests meet a fault.
    """
    simulation = Simulation(seed)
    service = Service(simulation=simulation, limit=4, burns=burns, lag=100, faults=0.3)
    service.fill(600)
    outcomes: list[Outcome] = []

    def process(number: int) -> None:
        chance = simulation.chance
        call: list[object] = [None]
        client = Client(
            project="p",
            transport=service.transport(lambda: call[0]),
            credentials=Anonymous(),
            clock=simulation.clock(),
        )
        for key in (f"key-{index}" for index in range(keys)):
            description = key if own else f"{key}-{number}"
            request = evolve(REQUEST, description=description, request_id=key if own else None)
            while True:
                call[0] = (number, len(outcomes), chance.random())
                try:
                    start_export(
                        client,
                        request,
                        on_full=chance.choice(("raise", "wait")),
                        timeout=chance.choice((30, 400, 4000)),
                    )
                    outcomes.append(Outcome(description, call[0], None))
                    break
                except GroundwireError as error:
                    outcomes.append(Outcome(description, call[0], error))
                    if isinstance(error, OutcomeUnknown):
                        request = evolve(request, request_id=error.request_id)
                    simulation.sleep(100 * chance.random())

    for number in range(processes):
        simulation.process(lambda number=number: process(number))
    simulation.run()
    return service, outcomes


def judged(service: Service, outcomes: list[Outcome]) -> list[str]:
    """What must not be."""
    started: dict[str, list[Started]] = {}
    for each in service.operations:
        if each.call is not None:
            started.setdefault(unmarked(each.description), []).append(each)
    keys = {each.key for each in outcomes}
    counts = {key: len(started.get(key, ())) for key in keys}
    wrong = [f"{key} is {count} operations" for key, count in sorted(counts.items()) if count != 1]
    wrong += [f"nobody asked for {key}" for key in started.keys() - keys]
    makers = {each.call for each in service.operations}
    for outcome in outcomes:
        if outcome.error is None or isinstance(outcome.error, OutcomeUnknown):
            continue
        if outcome.call in makers:
            wrong.append(f"{outcome.key} was started by a call that ended with {outcome.error!r}")
        if NOTHING[0] not in outcome.error.__notes__:
            wrong.append(f"{outcome.error!r} does not say that nothing was started")
    return wrong


@WORLDS
@pytest.mark.parametrize("own", [True, False], ids=["ids of the caller", "ids of the calls"])
def test_processes_start_each_export_once_whatever_happens(burns: bool, own: bool, full: bool) -> None:
    refused: Counter[str] = Counter()
    for seed in range(100 if full else 6):
        service, outcomes = play(seed, burns=burns, own=own)
        assert judged(service, outcomes) == [], f"seed {seed}"
        refused.update(type(each.error).__name__ for each in outcomes)
        refused["full"] += service.refused
    assert min(refused["full"], refused["QueueFull"], refused["OutcomeUnknown"]) > 3, (
        "there was something to see"
    )


def test_the_simulation_would_see_a_doubled_a_lost_and_a_denied_start() -> None:
    service, outcomes = play(1, burns=True, own=True, processes=2, keys=1)
    (export,) = [each for each in service.operations if each.call is not None]
    service.operations.append(export)
    assert judged(service, outcomes) == ["key-0 is 2 operations"]
    service.operations = []
    assert judged(service, outcomes) == ["key-0 is 0 operations"]
    service.operations = [export]
    denial = AlreadyExists("x", http_status=409)
    denial.add_note(NOTHING[0])
    assert len(judged(service, [*outcomes, Outcome("key-0", export.call, denial)])) == 1


@pytest.mark.parametrize("forgotten", [True, False], ids=["deleted", "listed"])
def test_an_operation_that_was_deleted_makes_its_id_look_used_up(
    earthengine_contract: EarthEngineContract, forgotten: bool
) -> None:
    """The page on exports says so: nothing tells a deleted operation from a start that a full queue refused."""
    earthengine_contract.hold()
    client = later(earthengine_contract, 1, lambda _: None)
    first = start_export(client, OWN)
    if forgotten:
        client.projects.operations.delete(first.name)
    second = start_export(client, OWN)
    assert (second.request_id, second.name == first.name) == (
        ("day-1-q1", False) if forgotten else ("day-1", True)
    )
