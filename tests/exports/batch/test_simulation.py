"""Processes that die anywhere, run in any order, over a service that loses answers: one operation for each try."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from groundwire_exports.batch import State
from groundwire_exports.batch.ids import batch_uid
from groundwire_exports.batch.ledger import Ledger
from groundwire_exports.batch.postgres import PostgresLedger
from groundwire_exports.batch.sqlite import SqliteLedger
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from .postgres import Server, database
from .world import SETTLE, Runner, World, request_of, until_done

KEYS = [f"k{number}" for number in range(10)]
MESSAGES = (
    "Internal error.",
    "Computation timed out.",
    "Band types differ.",
    "Not enough space in Google Drive",
)
_NUMBERS = itertools.count()
shares = st.sampled_from((0.3, 0.6, 0.1, 0.0))


def storm(world: World, *, faults: float, events: float, count: int) -> None:
    """Let processes take steps in any order, while requests and processes meet their faults."""
    world.faults, world.events = faults, events
    for _ in range(count):
        world.chance.choice(world.runners).step()
        world.sleep(world.chance.choice((1.0, 7.0, 20.0)))
    world.faults, world.events = 0.0, 0.0


class Machine(RuleBasedStateMachine):
    """Three processes over one ledger, whose steps are drawn, with the faults and kills in them."""

    new_ledger: Callable[[World], Ledger]

    @initialize(
        seed=st.integers(0, 10**6),
        life=st.sampled_from((60.0, 400.0)),
        burns=st.booleans(),
        limit=st.integers(1, 6),
        failures=st.dictionaries(
            st.sampled_from(KEYS), st.lists(st.sampled_from(MESSAGES), max_size=3), max_size=3
        ),
    )
    def begin(self, seed: int, life: float, burns: bool, limit: int, failures: dict[str, list[str]]) -> None:
        self.name = f"simulation {next(_NUMBERS)}"
        self.world = World(seed=seed, life=life, burns=burns, limit=limit, failures=failures)
        new_ledger = type(self).new_ledger
        self.world.runners = [Runner(self.world, lambda: new_ledger(self.world), self.name) for _ in range(3)]
        self.by_hand: dict[str, int] = dict.fromkeys(KEYS, 0)
        for key in KEYS:
            self.world.runners[0].alive().add(key, request_of(key))
        storm(self.world, faults=0.4, events=0.02, count=8)

    @rule(faults=shares, events=shares, count=st.sampled_from((20, 40, 8, 2)))
    def steps(self, faults: float, events: float, count: int) -> None:
        """Let processes take steps in any order."""
        storm(self.world, faults=faults, events=events / 20, count=count)

    @rule(seconds=st.sampled_from((1.0, 20.0, 130.0, 2000.0)))
    def time_passes(self, seconds: float) -> None:
        self.world.sleep(seconds)

    @rule(number=st.integers(0, 2), key=st.sampled_from(KEYS))
    def cancel(self, number: int, key: str) -> None:
        self.world.runners[number].alive().cancel(key=key)

    @rule(number=st.integers(0, 2), key=st.sampled_from(KEYS))
    def retry(self, number: int, key: str) -> None:
        if sum(self.by_hand.values()) < 3:
            self.by_hand[key] += self.world.runners[number].alive().retry(key=key)

    @rule(number=st.integers(0, 2))
    def resume(self, number: int) -> None:
        self.world.runners[number].alive().resume()

    @rule()
    def adopt(self) -> None:
        self.world.runners[1].alive().adopt()

    @precondition(lambda self: len(self.world.operations) > 2)
    @rule()
    def another_ledger(self) -> None:
        """The same batch goes on with an empty ledger, once listings have what was started."""
        self.world.sleep(SETTLE)
        lost = Runner(self.world, lambda: SqliteLedger(Path(":memory:"), self.world.clock()), self.name)
        batch = lost.alive()
        batch.add_all((key, request_of(key)) for key in KEYS)
        before = {each.request_id for each in self.world.operations}
        for _ in range(12):
            lost.step()
            self.world.sleep(20.0)
        lost.close()
        assert before <= {each.request_id for each in self.world.operations}

    @invariant()
    def nothing_is_doubled(self) -> None:
        if hasattr(self, "world"):
            assert self.world.doubled(batch_uid(self.name, ""), KEYS) == []

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.judge()
        finally:
            for runner in self.world.runners:
                runner.close()

    def judge(self) -> None:
        assert list(until_done(self.world, self.world.runners[0])) == []
        batch = self.world.runners[0].alive()
        self.nothing_is_doubled()
        for row in batch.report().rows:
            count = sum(each.description.startswith(f"d.{row.key}.gw-") for each in self.world.operations)
            if row.state in (State.SUCCEEDED, State.FAILED):
                assert count >= 1, f"{row} has no operation"
            assert count <= row.attempt or any("second" in each.event for each in batch.events(row.key)), row
            assert batch.events(row.key) or row.state is State.CANCELLED, "the log explains the row"
            assert row.state is not State.REFUSED, row


def play(new_ledger: Callable[[World], Ledger], examples: int) -> None:
    machine: Any = type("Drawn", (Machine,), {"new_ledger": staticmethod(new_ledger)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_batch_in_sqlite_survives_everything(tmp_path: Path, full: bool) -> None:
    files: dict[int, tuple[World, Path]] = {}

    def new_ledger(world: World) -> Ledger:
        # One file for a world; the worlds are kept, so that no two have one id.
        _, path = files.setdefault(id(world), (world, tmp_path / f"{len(files)}.sqlite"))
        return SqliteLedger(path, world.clock())

    play(new_ledger, 400 if full else 6)


def test_a_batch_in_postgresql_survives_everything(postgres_server: Server, full: bool) -> None:
    url = database(postgres_server)
    play(lambda world: PostgresLedger(url, world.clock(), database_time=False), 200 if full else 3)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_processes_in_any_order_double_and_lose_nothing(
    kind: str, tmp_path: Path, full: bool, request: pytest.FixtureRequest
) -> None:
    """Many seeds of one long storm: what a batch meets over days."""
    url = database(request.getfixturevalue("postgres_server")) if kind == "postgres" else ""
    events: Counter[str] = Counter()
    for seed in range(300 if full else 6 if kind == "sqlite" else 2):

        def new_ledger(world: World, seed: int = seed) -> Ledger:
            if url:
                return PostgresLedger(url, world.clock(), database_time=False)
            return SqliteLedger(tmp_path / f"{seed}.sqlite", world.clock())

        name, planned = f"storm {seed}", {"k1": ["Internal error."] * 2, "k2": ["Band types differ."]}
        life = 60.0 if seed % 3 else 400.0
        world = World(seed=seed, burns=seed % 2 == 0, limit=3 + seed % 4, life=life, failures=planned)
        world.runners = [Runner(world, partial(new_ledger, world), name) for _ in range(3)]
        batch = world.runners[0].alive()
        batch.add_all((key, request_of(key)) for key in KEYS)
        storm(world, faults=0.4, events=0.02, count=60)
        assert list(until_done(world, world.runners[0])) == [], f"seed {seed}"
        assert world.doubled(batch_uid(name, ""), KEYS) == [], f"seed {seed}"
        batch = world.runners[0].alive()
        states = {row.key: (row.state, row.attempt) for row in batch.report().rows}
        wanted = dict.fromkeys(KEYS, (State.SUCCEEDED, 1))
        wanted |= {"k1": (State.SUCCEEDED, 3), "k2": (State.FAILED, 1)}
        assert states == wanted, f"seed {seed}"
        tries = Counter(
            each.description.rpartition(".gw-")[0].removeprefix("d.") for each in world.operations
        )
        assert tries == {key: attempt for key, (_, attempt) in wanted.items()}, f"seed {seed}"
        events.update(event.event for event in batch.events())
        for runner in world.runners:
            runner.close()
    needed = (
        "answer lost",
        "answer broken",
        "refused as a repeat",
        "queue full",
        "used up",
        "found",
        "retry",
    )
    assert min(events[each] for each in needed) > 0, f"there was something to see: {events}"
