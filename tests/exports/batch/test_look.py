"""Looks at a service that answers oddly, and at a ledger whose clock was set."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from groundwire import Client
from groundwire_exports.batch import Batch, Progress, State
from groundwire_runtime.auth import Anonymous
from groundwire_runtime.http import Request, Response

from tests.runtime.doubles import answer, refusal

from .world import World, request_of

Changes = Callable[[Request, Any], Any]


def batch_of(folder: Path, world: World, changes: Changes, count: int = 3) -> Batch:
    """A batch whose answers from the world are changed: None stays, a Response takes the place, JSON is sent."""

    class Line:
        def send(self, request: Request) -> Response:
            world.now += 0.5
            reply = world.handle(request)
            changed = changes(request, json.loads(reply.body))
            return reply if changed is None else changed if isinstance(changed, Response) else answer(changed)

    client = Client(project="p", transport=Line(), credentials=Anonymous(), clock=world.clock(), retry=None)
    batch = Batch(client, folder / "l.sqlite", name="n", threads=1)
    batch.add_all((f"k{number}", request_of(f"k{number}")) for number in range(count))
    return batch


def in_listings(change: Callable[[Any], None]) -> Changes:
    def changed(request: Request, body: Any) -> Any:
        if request.verb == "GET" and "operations" in body:
            for operation in body["operations"]:
                change(operation)
            return body
        return None

    return changed


def without_result(state: str | None) -> Callable[[Any], None]:
    def change(operation: Any) -> None:
        if operation.pop("response", None) is not None:
            operation["metadata"].pop("state")
            operation["metadata"] |= {"state": state} if state else {}

    return change


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        ("FAILED", "FAILED"),
        ("CANCELLED", "CANCELLED"),
        ("SUCCEEDED", "SUCCEEDED"),
        ("RUNNING", "HELD"),
        (None, "HELD"),
    ],
)
def test_an_end_without_a_result_is_no_success(tmp_path: Path, state: str | None, becomes: str) -> None:
    batch = batch_of(tmp_path, World(), in_listings(without_result(state)))
    report = batch.run(timeout=9000)
    assert report.counts == {State(becomes): 3}
    assert all(row.error for row in report.rows) is (becomes != "SUCCEEDED")
    batch.close()


def test_a_listing_may_name_the_project_by_its_number(tmp_path: Path) -> None:
    world = World(limit=100, life=1.0)

    def number(operation: Any) -> None:
        operation["name"] = operation["name"].replace("projects/p/", "projects/123/")

    batch = batch_of(tmp_path, world, in_listings(number), 40)
    report = batch.run(timeout=9000)
    assert report.counts == {State.SUCCEEDED: 40}
    assert report.progress.others == 0
    assert not [each for each in world.requests if each.startswith("GET OP")], "asked for one by one"
    batch.close()


@pytest.mark.parametrize(
    "name", ["../../x", "", "operations/x", "projects/p/operations/a b", "projects/p/operations/"]
)
def test_an_answer_with_a_name_that_is_none_is_looked_for(tmp_path: Path, name: str) -> None:
    def changed(request: Request, body: Any) -> Any:
        return {**body, "name": name} if request.verb == "POST" and "name" in body else None

    world = World()
    batch = batch_of(tmp_path, world, changed)
    assert batch.run(timeout=90_000).counts == {State.SUCCEEDED: 3}
    assert len(world.operations) == 3
    assert all(row.operation.startswith("projects/p/operations/OP") for row in batch.report().rows)
    batch.close()


def test_a_wait_of_months_that_the_service_asks_for_is_an_hour(tmp_path: Path) -> None:
    world, left = World(), [3]

    def changed(request: Request, body: Any) -> Any:
        if request.verb == "POST" and left[0]:
            left[0] -= 1
            world.operations.clear()
            world.used.clear()
            return refusal(429, retry_after="9999999")
        return None

    batch = batch_of(tmp_path, world, changed)
    began = world.now
    assert batch.run().counts == {State.SUCCEEDED: 3}
    assert 3600 < world.now - began < 3 * 3600
    batch.close()


def test_a_listing_that_cannot_be_read_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    broken, seen = [True], list[Progress]()

    def changed(request: Request, body: Any) -> Any:
        if request.verb == "GET" and "operations" in body and broken[0]:
            return {"operations": [{"name": 3}]}
        return None

    def progress(news: Progress) -> None:
        seen.append(news)
        broken[0] = len(seen) < 4

    batch = batch_of(tmp_path, World(), changed)
    with caplog.at_level(logging.WARNING, "groundwire.exports"):
        report = batch.run(on_progress=progress)
    assert report.counts == {State.SUCCEEDED: 3}
    assert "operations cannot be listed: /operations/0/name: expected a string" in str(seen[0])
    assert seen[-1].trouble == report.progress.trouble == ""
    assert len([each for each in caplog.records if "cannot be listed" in each.message]) == 1
    assert [event.event for event in batch.events("")] == ["not listed"]
    batch.close()


def test_a_listing_without_an_end_is_given_up(tmp_path: Path) -> None:
    world = World()

    def changed(request: Request, body: Any) -> Any:
        if request.verb == "GET" and "operations" in body:
            world.now += 60.0
            description = {"name": f"projects/p/operations/X{world.now}"}
            return {"operations": [description], "nextPageToken": str(world.now)}
        return None

    batch = batch_of(tmp_path, world, changed)
    began = world.now
    assert "has no end after 1800 s" in batch.step().trouble
    assert world.now - began < 2000
    assert world.operations == []
    batch.close()


def test_a_clock_that_was_set_back_stops_no_batch(tmp_path: Path) -> None:
    """One run at a time in the future leaves times that would hold the next ones for years."""
    world = World(now=4e9, limit=1)
    batch = batch_of(tmp_path, world, lambda request, body: None)
    batch.step()
    batch.step()
    assert {"ACTIVE", "WAITING"} <= {str(row.state) for row in batch.report().rows}
    batch.close()
    world.now = 1e6
    for operation in world.operations:
        operation.ends, operation.listed_from = world.now + 50, 0.0
    batch = batch_of(tmp_path, world, lambda request, body: None)
    assert batch.run(timeout=7200).counts == {State.SUCCEEDED: 3}
    assert len(world.operations) == 3
    batch.close()


def test_a_start_that_was_answered_in_the_future_settles_again_in_full(tmp_path: Path) -> None:
    world = World(burns=True, limit=0)
    batch = batch_of(tmp_path, world, lambda request, body: None, 1)
    world.now += 1e6
    for _ in range(6):
        batch.step()
        world.sleep(21.0)
    [row] = batch.report().rows
    assert row.state in (State.SETTLING, State.WAITING)
    world.now, world.limit = 1e6, 5
    assert batch.run(timeout=20_000).counts == {State.SUCCEEDED: 1}
    assert len(world.operations) == 1
    batch.close()


def test_exports_that_a_callback_adds_are_run_too(tmp_path: Path) -> None:
    world = World()
    batch = batch_of(tmp_path, world, lambda request, body: None, 1)

    def follow(news: Progress) -> None:
        if not news.unfinished:
            batch.add("next", request_of("next"))

    assert batch.run(on_progress=follow).counts == {State.SUCCEEDED: 2}
    batch.close()


def test_looks_are_at_most_a_day_apart(tmp_path: Path) -> None:
    from groundwire_runtime.errors import ArgumentError

    for wrong in (1e300, 86_401, float("inf")):
        with pytest.raises(ArgumentError, match="look_every: expected"):
            Batch(World().client(), tmp_path / "l", name="n", look_every=wrong)
