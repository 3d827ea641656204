"""Failures and their rules: parts that are others' exports, functions that raise, rules that are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import groundwire as gw
import pytest
from attrs import evolve
from groundwire import ExportImageRequest
from groundwire_exports.batch import Batch, FailureRule, State, retry_failed
from groundwire_exports.batch.ledger import Ledger
from groundwire_exports.batch.postgres import PostgresLedger
from groundwire_exports.batch.records import Change
from groundwire_exports.batch.sqlite import SqliteLedger
from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import ArgumentError

from .world import Runner, World, request_of

Pair = tuple[str, ExportImageRequest]
TOO_LARGE = "Export too large: specified 4000000000 pixels"


def files(key: str, prefix: str) -> ExportImageRequest:
    destination = gw.CloudStorageDestination(bucket="b", filename_prefix=prefix)
    return evolve(request_of(key), export_options=gw.ImageFileExportOptions(destination=destination))


def run(open_ledger: Any, split: Callable[..., Any], *others: Pair) -> Batch:
    """Run a batch whose export `whole` fails as too large."""
    world = World(failures={"whole": [TOO_LARGE]}, limit=50)
    runner = Runner(world, lambda: open_ledger(world.clock()), "n", {"on_too_large": split})
    batch = runner.alive()
    batch.add("whole", request_of("whole"))
    batch.add_all(others)
    batch.run(timeout=9000)
    assert not batch.progress().unfinished
    return batch


@pytest.fixture
def ledger(location: str) -> Iterator[Callable[[Clock], Ledger]]:
    """Opens the ledger with the time of a world."""
    opened: list[Ledger] = []

    def open_it(clock: Clock) -> Ledger:
        is_url = location.startswith("postgresql")
        opened.append(
            PostgresLedger(location, clock, database_time=False)
            if is_url
            else SqliteLedger(Path(location), clock)
        )
        return opened[-1]

    yield open_it
    for each in opened:
        each.close()


def states(batch: Batch) -> dict[str, State]:
    return {row.key: row.state for row in batch.report().rows}


def why(batch: Batch) -> str:
    [event] = [event for event in batch.events("whole") if event.event == "not split"]
    return event.detail


def test_a_part_under_the_key_of_another_export_is_not_lost(ledger: Any) -> None:
    parts = [("p0", request_of("p0")), ("p1", request_of("p1"))]
    batch = run(ledger, lambda key, request: parts, ("p1", request_of("another")))
    assert states(batch) == {"whole": "FAILED", "p1": "SUCCEEDED"}
    assert "'p1' has another request" in why(batch)
    assert [row.key for row in batch.report().failed] == ["whole"]


def test_a_part_with_the_files_of_another_export_is_not_started(ledger: Any) -> None:
    parts = [("p0", files("p0", "x")), ("p1", files("p1", "y"))]
    batch = run(ledger, lambda key, request: parts, ("z", files("z", "x/1")))
    assert states(batch) == {"whole": "FAILED", "z": "SUCCEEDED"}
    assert "their files could not be told apart" in why(batch)


def test_a_part_that_is_there_already_is_the_same_export(ledger: Any) -> None:
    parts = [("p0", request_of("p0")), ("p1", request_of("p1"))]
    batch = run(ledger, lambda key, request: parts, parts[1])
    assert states(batch) == {"whole": "SPLIT", "p0": "SUCCEEDED", "p1": "SUCCEEDED"}


def endless(key: str, request: ExportImageRequest) -> Iterator[Pair]:
    number = 0
    while True:
        number += 1
        yield f"p{number}", request_of("x")


def raises(key: str, request: ExportImageRequest) -> Iterator[Pair]:
    raise KeyError("no such tile")


@pytest.mark.parametrize(
    ("split", "words"),
    [
        (raises, "KeyError: 'no such tile'"),
        (endless, "more than 10,000 parts"),
        (lambda key, request: None, "not iterable"),
        (lambda key, request: [], "keys of their own"),
        (lambda key, request: [("whole", request)], "keys of their own"),
        (lambda key, request: [("p0", request), ("p0", request)], "keys of their own"),
        (lambda key, request: [("p0", files("a", "x")), ("p1", files("a", "x1"))], "could not be told apart"),
    ],
)
def test_a_function_that_makes_no_parts_stops_no_other_export(tmp_path: Path, split: Any, words: str) -> None:
    batch = run(lambda clock: SqliteLedger(tmp_path / "l", clock), split, ("a", request_of("a")))
    assert states(batch) == {"whole": "FAILED", "a": "SUCCEEDED"}
    assert words in why(batch)
    batch.close()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pattern": "("}, "pattern: '\\(' is no regular expression"),
        ({"pattern": None}, "pattern: expected a regular expression of text"),
        ({"pattern": re.compile(b"x")}, "pattern: expected a regular expression of text"),
        ({"statuses": "INTERNAL"}, "statuses: expected a tuple of names"),
        ({"statuses": ("",)}, "statuses: expected a tuple of names"),
        ({"statuses": 3}, "statuses: expected a tuple of names"),
        ({"tries": "3"}, "tries: expected 1 to 20"),
        ({"tries": True}, "tries: expected 1 to 20"),
        ({"pauses": (float("nan"),)}, "pauses: expected finite seconds"),
        ({"pauses": (-1,)}, "pauses: expected finite seconds"),
        ({"pauses": "abc"}, "pauses: expected a tuple of seconds"),
        ({"name": 3}, "name: expected a name"),
    ],
)
def test_a_rule_that_is_none_is_refused(changes: dict[str, Any], words: str) -> None:
    given: dict[str, Any] = {"name": "r", "action": "retry", "pattern": "x", **changes}
    with pytest.raises(ArgumentError, match=words):
        FailureRule(**given)


def test_a_rule_matches_its_statuses_alone() -> None:
    rule = FailureRule(name="r", action="fail", pattern="only this", statuses=("INTERNAL",))
    assert rule.matches("INTERNAL", "anything") and rule.matches("", "only this")
    assert not rule.matches("", "anything") and not rule.matches("INTERN", "anything")
    assert FailureRule(name="r", action="retry", pattern="x", pauses=[]).pause_before(1) == 0.0  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [None, 3, "x", [None]], ids=repr)
def test_rules_that_are_none_are_refused(tmp_path: Path, wrong: Any) -> None:
    with pytest.raises(ArgumentError, match="rules: expected FailureRule"):
        Batch(World().client(), tmp_path / "l", name="n", rules=wrong)
    with pytest.raises(ArgumentError, match="rules: expected FailureRule"):
        retry_failed(wrong, internal=3)


def test_exports_that_change_meanwhile_are_cancelled_and_retried_too(tmp_path: Path) -> None:
    """Another process changes each export between the look at it and the change."""
    world = World(limit=50)

    class Busy(SqliteLedger):
        meanwhile = True

        def save(self, uid: str, changes: Any, revise: Any = None) -> Any:
            if self.meanwhile and revise is None:
                Busy.meanwhile = False
                for each in self.entries(uid):
                    super().save(uid, [Change(entry=each)])
                applied = super().save(uid, changes)
                assert applied == []
                return applied
            return super().save(uid, changes, revise)

    with Batch(world.client(), Busy(tmp_path / "l", world.clock()), name="n", threads=1) as batch:
        batch.add_all((f"k{number}", request_of(f"k{number}")) for number in range(3))
        assert batch.cancel(key="*") == 3
        assert set(states(batch).values()) == {State.CANCELLED}
        Busy.meanwhile = True
        assert batch.retry(key="k1*") == 1
        assert states(batch)["k1"] is State.WAITING
