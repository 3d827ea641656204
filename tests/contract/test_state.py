"""State in memory and in a file: the same answers to every sequence of calls, whenever the file is opened again."""

from __future__ import annotations

import json
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from groundwire_contract.clock import START
from groundwire_contract.contract import load
from groundwire_contract.exchange import Exchange, Recorded, Reply
from groundwire_contract.operations import script_library as scripts
from groundwire_contract.operations import state as op
from groundwire_contract.operations.script import Script
from groundwire_contract.operations.state import Operation
from groundwire_contract.operations.store import Store
from groundwire_contract.service import Service
from groundwire_contract.state.memory import Memory
from groundwire_contract.state.sqlite import LONGEST_RECORDED, Sqlite
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

REMEMBERED = 5
PICKS = st.integers(0, 9)
ASSETS = st.sampled_from(["", "a", "b"])
PROJECTS = st.sampled_from(["projects/a", "projects/b"])
TEXT = st.text(max_size=5)
SECONDS = st.floats(0, 20).map(lambda seconds: round(seconds, 3))
SCRIPTS = st.sampled_from(list(scripts.NAMED.values())) | st.builds(
    Script, pending=SECONDS, failure=st.none() | TEXT
)


def recorded(body: object = None, verb: str = "GET") -> Recorded:
    return Recorded(
        method=None, verb=verb, path="/x", query=(("a", "b"),), headers={"h": "v"}, sent=json.dumps(body).encode(), status=200, verdict="accepted", at=START
    )  # fmt: skip


class MemoryAndFileAgree(RuleBasedStateMachine):
    """The same calls on both."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.memory = Memory(remembered=REMEMBERED)
        self.file = self.opened()
        self.made = 0
        self.live: list[str] = []
        self.now = START

    def opened(self) -> Sqlite:
        return Sqlite(Path(self.folder.name) / "state", remembered=REMEMBERED)

    @property
    def both(self) -> tuple[Store, Store]:
        return self.memory, self.file

    @rule(caller=TEXT, project=PROJECTS, request_id=TEXT)
    def claim(self, caller: str, project: str, request_id: str) -> None:
        first, second = (state.claim(caller, project, request_id) for state in self.both)
        assert first == second

    @rule(project=PROJECTS, description=TEXT, asset=ASSETS, script=SCRIPTS)
    def add(self, project: str, description: str, asset: str, script: Script) -> None:
        self.made += 1
        made = Operation(
            name=f"{project}/operations/{self.made}",
            kind="EXPORT_IMAGE",
            created=self.now,
            description=description,
            destinations=(description,),
            asset=asset,
            script=script,
        )
        first, second = (state.add(made) for state in self.both)
        assert first == second
        self.live.append(made.name)

    @precondition(lambda self: self.live)
    @rule(pick=PICKS, change=st.sampled_from([op.cancel, op.finish, op.hold, op.release]))
    def put(self, pick: int, change: Callable[[Operation, datetime], Operation]) -> None:
        for state in self.both:
            found = state.get(self.live[pick % len(self.live)])
            assert found is not None
            state.put(change(found, self.now))

    @precondition(lambda self: self.live)
    @rule(pick=PICKS)
    def forget(self, pick: int) -> None:
        name = self.live.pop(pick % len(self.live))
        for state in self.both:
            state.forget(name)
            assert state.get(name) is None

    @rule(seconds=SECONDS)
    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        for state in self.both:
            state.keep_time(self.now)

    @rule(body=st.recursive(st.none() | st.booleans() | st.integers() | TEXT, st.lists))
    def record(self, body: object) -> None:
        for state in self.both:
            state.record(recorded(body))

    @rule(
        project=PROJECTS | st.none(),
        sequence=st.none() | st.integers(0, 10**19 - 1),
        most=st.integers(0, 4),
        ended=st.booleans(),
    )
    def newest(self, project: str | None, sequence: int | None, most: int, ended: bool) -> None:
        def keep(found: Operation) -> bool:
            return (op.ended(found, self.now) is not None) == ended

        first, second = (state.newest(project, sequence, keep, most) for state in self.both)
        assert first == second

    @rule(project=PROJECTS, limit=st.integers(1, 4))
    def is_full(self, project: str, limit: int) -> None:
        found = [self.memory.get(name) for name in self.live]
        unfinished = [
            each for each in found if each and each.project == project and op.ended(each, self.now) is None
        ]
        for state in self.both:
            assert state.is_full(project, limit, self.now) == (len(unfinished) >= limit)

    @rule(asset=ASSETS)
    def makers(self, asset: str) -> None:
        first, second = (state.makers(asset) for state in self.both)
        assert first == second

    @rule()
    def open_again(self) -> None:
        self.file.close()
        self.file = self.opened()

    @rule()
    def clear(self) -> None:
        self.live.clear()
        for state in self.both:
            state.clear()

    @invariant()
    def everything_is_alike(self) -> None:
        assert tuple(self.memory.requests) == self.file.requests
        assert self.memory.answered == self.file.answered
        assert self.memory.time() == self.file.time()
        everything = [state.newest(None, None, lambda _: True, 100) for state in self.both]
        assert everything[0] == everything[1]

    def teardown(self) -> None:
        self.file.close()
        self.folder.cleanup()


TestMemoryAndFileAgree = MemoryAndFileAgree.TestCase
TestMemoryAndFileAgree.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(params=["memory", "file"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = Memory() if request.param == "memory" else Sqlite(tmp_path / "state")
    yield made
    made.close()


def answered(service: Service, verb: str, path: str, **query: str) -> dict[str, Any]:
    reply = service.handle(Exchange(verb=verb, path=path, query=tuple(query.items())))
    assert isinstance(reply, Reply)
    return json.loads(reply.body)


def test_pages_hold_no_more_than_a_page(state: Store) -> None:
    with state.lock:
        for number in range(1_200):
            state.add(Operation(name=f"projects/p/operations/{number}", kind="EXPORT_IMAGE", created=START))
    service, token, seen = Service(load(), state=state), "", list[str]()
    list_ = "/v1beta/projects/p/operations"
    answered(service, "GET", list_)  # What is prepared once is not counted.
    tracemalloc.start()
    while page := answered(service, "GET", list_, pageToken=token):
        seen.extend(each["name"].rpartition("/")[2] for each in page["operations"])
        if not (token := page.get("nextPageToken", "")):
            break
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen == [str(number) for number in range(1_199, -1, -1)]
    assert most < 6_000_000, "as much as one page of 500 takes, however many there are"


def test_an_exception_keeps_nothing_of_what_was_changed_with_it(tmp_path: Path) -> None:
    file = Sqlite(tmp_path / "state")
    with pytest.raises(ZeroDivisionError), file.lock:
        file.claim("caller", "projects/p", "1")
        file.add(Operation(name="projects/p/operations/1", kind="EXPORT_IMAGE", created=START))
        raise ZeroDivisionError
    assert file.newest(None, None, lambda _: True, 1) == ()
    assert file.claim("caller", "projects/p", "1")
    file.close()


def test_a_body_that_is_too_long_is_not_kept_in_a_file(tmp_path: Path) -> None:
    file = Sqlite(tmp_path / "state")
    file.record(recorded("x" * LONGEST_RECORDED))
    file.record(recorded("x"))
    assert [made.body for made in file.requests] == [None, "x"]
    file.close()
