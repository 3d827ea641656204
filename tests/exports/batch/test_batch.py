"""A batch over the contract server, with a ledger of either kind."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable
from typing import Any

import groundwire as gw
import pytest
from attrs import evolve, frozen
from groundwire import ExportImageRequest, Expression, ValueNode
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.operations.script import Script
from groundwire_exports import grid, start_export
from groundwire_exports.batch import (
    RULES,
    Batch,
    FailureRule,
    IdentityError,
    LedgerError,
    Progress,
    Report,
    State,
    retry_failed,
    split_in_four,
)
from groundwire_runtime.errors import ArgumentError, EncodeError, PermissionDenied

NAME = "ndvi-2026"


def request(prefix: str = "a", **changes: Any) -> ExportImageRequest:
    return ExportImageRequest(
        expression=Expression(result="0", values={"0": ValueNode.ConstantValue(1)}),
        export_options=gw.ImageFileExportOptions(
            file_format=gw.ImageFileFormat.GEO_TIFF,
            destination=gw.CloudStorageDestination(bucket="b", filename_prefix=prefix),
        ),
        **changes,
    )


def drive(prefix: str, folder: str) -> ExportImageRequest:
    destination = gw.DriveDestination(folder=folder, filename_prefix=prefix)
    return ExportImageRequest(export_options=gw.ImageFileExportOptions(destination=destination))


def asset(name: str) -> ExportImageRequest:
    destination = gw.EarthEngineDestination(name=name)
    return ExportImageRequest(export_options=gw.ImageAssetExportOptions(destination=destination))


@pytest.fixture
def open_batch(earthengine_contract: EarthEngineContract, location: str) -> Any:
    """Opens batches on the one ledger, and closes them."""
    batches: list[Batch] = []

    def opened(**given: Any) -> Batch:
        options: dict[str, Any] = {"name": NAME, "ledger": location, "threads": 1} | given
        batch = Batch(options.pop("client", None) or earthengine_contract.client(), **options)
        batches.append(batch)
        return batch

    yield opened
    for batch in batches:
        batch.close()


Open = Callable[..., Batch]
of_one_kind = pytest.mark.parametrize("location", ["sqlite"], indirect=True)
"""For tests of what is refused before a ledger has a part in it."""


def sent(contract: EarthEngineContract, end: str = ":export") -> int:
    return sum(each.path.endswith(end) for each in contract.requests)


def bodies(contract: EarthEngineContract) -> list[Any]:
    return [each.body for each in contract.requests if each.path.endswith(":export")]


def states(batch: Batch) -> dict[str, str]:
    return {row.key: str(row.state) for row in batch.report().rows}


def fails(contract: EarthEngineContract, message: str) -> None:
    contract.life = Script(failure=message)


def test_forty_exports_are_three_lines_and_one_listing_a_look(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    seen: list[Progress] = []
    batch = open_batch(threads=8)
    batch.add_all((f"tile/{number}", request(f"t{number:02}")) for number in range(40))
    report = batch.run(on_progress=seen.append)
    assert (report.exit_code, report.counts, report.note) == (0, {State.SUCCEEDED: 40}, "")
    assert len(earthengine_contract.operations) == sent(earthengine_contract) == 40
    assert sent(earthengine_contract, "/operations") == len(seen)
    assert len(earthengine_contract.requests) == 40 + len(seen), "no export is asked for one by one"
    earthengine_contract.assert_valid()
    assert all(row.operation and row.ended >= row.started > 0 for row in report.rows)
    assert {event.event for event in batch.events("tile/7")} >= {"send", "started", "succeeded"}


def test_the_same_key_and_request_is_no_other_export(open_batch: Open) -> None:
    batch = open_batch()
    batch.add("a", request("a", priority=3, description="x"))
    batch.add("a", request("a", description="x", priority=3))
    with pytest.raises(ArgumentError, match="'a' has another request"):
        batch.add("a", request("b"))
    with pytest.raises(ArgumentError, match="'b' has another request"):
        batch.add_all([("b", request("b")), ("b", request("c"))])
    assert states(batch) == {"a": "WAITING"}


@frozen
class ExportTableRequest:
    """Stands for a request of another method."""


class ExportVideoMapRequest(ExportTableRequest):
    pass


@frozen
class Task:
    """A task of the official client, as far as it is looked at."""

    task_type: str


@of_one_kind
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (ExportTableRequest(), "this is a table export"),
        (ExportVideoMapRequest(), "this is a videomap export"),
        (Task("EXPORT_FEATURES"), "this is a table export"),
        (Task("EXPORT_VIDEO"), "this is a video export"),
        (Task("EXPORT_TILES"), "this is a map export"),
        (Task("EXPORT_IMAGE"), "expected an ExportImageRequest, got Task"),
        ({}, "expected an ExportImageRequest, got dict"),
        (request(request_id="mine"), "a batch makes its own"),
    ],
    ids=str,
)
def test_anything_but_an_image_export_is_refused_by_name(open_batch: Open, wrong: Any, words: str) -> None:
    batch = open_batch()
    with pytest.raises(ArgumentError, match=words):
        batch.add("a", wrong)
    assert states(batch) == {}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (request("tile-1"), request("tile-10")),
        (request("tile-10"), request("tile-1")),
        (request("tile-1"), request("tile-1")),
        (drive("tile-1", "f"), drive("tile-1y", "f")),
        (asset("projects/p/assets/a"), asset("projects/p/assets/a")),
    ],
    ids=["longer", "shorter", "the same", "in Drive", "asset"],
)
def test_outputs_that_could_not_be_told_apart_are_refused(
    open_batch: Open, first: ExportImageRequest, second: ExportImageRequest
) -> None:
    batch = open_batch()
    batch.add_all((f"k{letter}", request(f"tile-{letter}")) for letter in "bcz")
    batch.add("first", first)
    with pytest.raises(ArgumentError, match=r"'second' writes to .*, and 'first' to .*: their files"):
        batch.add("second", second)
    with pytest.raises(ArgumentError, match="'second' writes to"):
        batch.add_all([("new", request("new")), ("second", second)])
    assert set(states(batch)) == {"kb", "kc", "kz", "first"}


def test_outputs_that_can_be_told_apart_are_added(open_batch: Open) -> None:
    batch = open_batch()
    names = ["tile-01", "tile-02", "other/", "tile-1"]
    batch.add_all((f"c {name}", request(name)) for name in names)
    batch.add_all((f"d {name}", drive(name, "f")) for name in names)
    batch.add_all((f"e {name}", drive(name, "g")) for name in names)
    batch.add_all((f"a{number}", asset(f"projects/p/assets/a{number}")) for number in range(12))
    batch.add_all((f"c {name}", request(name)) for name in names)
    assert len(states(batch)) == 24
    other = open_batch(rerun="2")
    other.add("tile", request("tile-0"))


@of_one_kind
@pytest.mark.parametrize("key", ["", "a" * 201, "a\x00", "a\n", "\ud800", 3, None])
def test_a_key_is_printable(open_batch: Open, key: Any) -> None:
    with pytest.raises(ArgumentError, match="key: expected 1 to 200 printable characters"):
        open_batch().add(key, request())


def test_a_request_that_cannot_be_sent_is_not_added(open_batch: Open) -> None:
    with pytest.raises(EncodeError):
        open_batch().add("a", request(description="not / allowed"))
    with pytest.raises(ArgumentError, match="priority"):
        open_batch().add("a", request(), priority=True)


@of_one_kind
@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": 3},
        {"rerun": "\n"},
        {"limit": 0},
        {"threads": True},
        {"look_every": 0},
        {"settle": -1},
        {"on_unknown": "guess"},
        {"stop_after": 0},
        {"on_too_large": 3},
        {"rules": ["internal"]},
        {"pace": 3},
    ],
    ids=str,
)
def test_wrong_options_are_refused(open_batch: Open, wrong: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        open_batch(**wrong)


def test_text_of_callers_is_no_sql(open_batch: Open) -> None:
    key = "'; DROP TABLE gw_export; -- ? %s \" \\ ü"
    batch = open_batch(name=key)
    batch.add(key, request(description="x"))
    batch.pause(key)
    assert states(batch) == {key: "WAITING"}
    assert (batch.progress().paused, batch.cancel(key=key), batch.events()[0].detail) == (key, 1, key)


def test_a_lost_ledger_starts_nothing_again(
    earthengine_contract: EarthEngineContract, open_batch: Open, tmp_path: Any
) -> None:
    def added(**options: Any) -> Batch:
        batch = open_batch(**options)
        batch.add_all((f"k{number}", request(f"t{number:02}")) for number in range(12))
        return batch

    assert added().run().exit_code == 0
    again = added(ledger=str(tmp_path / "other.sqlite"))
    report = again.run()
    assert (report.exit_code, sent(earthengine_contract), len(earthengine_contract.operations)) == (0, 12, 12)
    assert report.note.startswith("Nothing to start: every export of 'ndvi-2026' was started before")
    assert open_batch().run().note == report.note
    assert added(rerun="2").run().note == ""
    assert len(earthengine_contract.operations) == 24


def test_a_follower_of_a_used_up_id_is_found_after_the_ledger_was_lost(
    earthengine_contract: EarthEngineContract, open_batch: Open, tmp_path: Any
) -> None:
    contract = earthengine_contract
    contract.queue_limit = 0
    first = open_batch()
    first.add("a", request())
    first.step()
    contract.queue_limit = 5
    assert first.run().exit_code == 0
    assert any(event.event == "used up" for event in first.events("a"))
    # The new ledger has made its first, thorough look before the export is added.
    second = open_batch(ledger=str(tmp_path / "other.sqlite"))
    second.step()
    second.add("a", request())
    assert second.run().exit_code == 0
    assert {"refused as a repeat", "found"} <= {event.event for event in second.events("a")}
    assert len(contract.operations) == 1
    third = open_batch(ledger=str(tmp_path / "third.sqlite"))
    third.step()
    third.add("a", request())
    assert third.adopt() == 1
    assert states(third) == {"a": "SUCCEEDED"}


def test_the_limit_is_learnt(earthengine_contract: EarthEngineContract, open_batch: Open) -> None:
    earthengine_contract.queue_limit = 4
    batch = open_batch()
    batch.add_all((f"k{number}", request(f"t{number:02}")) for number in range(15))
    batch.step()
    assert batch.progress().queue_limit == 4
    assert batch.run().exit_code == 0
    assert len(earthengine_contract.operations) == 15
    assert sent(earthengine_contract) < 25


def test_operations_of_others_take_room(earthengine_contract: EarthEngineContract, open_batch: Open) -> None:
    contract = earthengine_contract
    contract.hold()
    for number in range(3):
        start_export(contract.client(), request(f"o{number}"))
    batch = open_batch(limit=5)
    batch.add_all((f"k{number}", request(f"t{number:02}")) for number in range(9))
    progress = batch.step()
    assert (progress.others, progress.counts) == (3, {State.ACTIVE: 2, State.WAITING: 7})
    assert "(queue 5, 3 of others)" in str(progress)


@pytest.mark.parametrize("counted", [True, False], ids=["counted", "not counted"])
def test_a_queue_full_of_others_is_tried_now_and_then(
    earthengine_contract: EarthEngineContract, open_batch: Open, counted: bool
) -> None:
    """Whether the service counts others is not known: a start shows it."""
    contract = earthengine_contract
    contract.hold()
    for number in range(4):
        start_export(contract.client(), request(f"o{number}"))
    contract.queue_limit = 4 if counted else 3000
    batch = open_batch(limit=4)
    batch.add_all((f"k{number}", request(f"t{number:02}")) for number in range(3))
    for _ in range(35):
        batch.step()
        contract.advance(20)
    assert sent(contract) - 4 == (1 if counted else 3)
    assert batch.progress().counts.get(State.ACTIVE, 0) == (0 if counted else 3)


def test_exports_of_a_higher_priority_come_first(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    batch = open_batch()
    for key, priority in (("low", 1), ("default", None), ("high", 200)):
        batch.add(key, request(key), priority=priority)
    batch.step()
    destinations = [str(each["fileExportOptions"]) for each in bodies(earthengine_contract)]
    assert [next(key for key in ("high", "default", "low") if key in each) for each in destinations] == [
        "high",
        "default",
        "low",
    ]


def test_an_internal_error_is_tried_again_three_times(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    fails(earthengine_contract, "Internal error.")
    batch = open_batch()
    batch.add("a", request())
    report = batch.run()
    assert (report.exit_code, [row.key for row in report.failed]) == (1, ["a"])
    assert (report.rows[0].attempt, report.rows[0].error) == (3, "Internal error.")
    assert "a  FAILED  Internal error." in str(report)
    pauses = [event.detail for event in batch.events("a") if event.event == "retry"]
    assert pauses == ["try 2 of 3 in 60 s", "try 3 of 3 in 300 s"]
    earthengine_contract.life = "standard"
    assert batch.retry(state="FAILED") == 1
    assert batch.run().exit_code == 0
    assert len(earthengine_contract.operations) == 4


def test_the_number_of_tries_is_data() -> None:
    rules = {rule.name: rule for rule in retry_failed(internal=5, timed_out=2)}
    assert (rules["internal"].tries, rules["timed-out"].action, rules["timed-out"].finally_split) == (
        5,
        "retry",
        True,
    )
    assert [rule.name for rule in RULES] == list(rules)
    with pytest.raises(ArgumentError, match="no rule is named slow"):
        retry_failed(slow=2)
    with pytest.raises(ArgumentError, match="tries"):
        retry_failed(internal=21)
    with pytest.raises(ArgumentError, match="action"):
        FailureRule(name="x", action="again", pattern="x")  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("Internal error.", "internal"),
        ("Computation timed out.", "timed-out"),
        ("User memory limit exceeded.", "memory"),
        ("Reprojection output too large (14447x23745 pixels).", "reprojection"),
        ("Export too large: specified 5 pixels (max: 4).", "too-large"),
        ("Not enough space in Google Drive (need 3.8GB for this export).", "drive-space"),
        ("Cannot overwrite asset 'a'.", "asset-exists"),
        ("Permission 'storage.objects.create' denied on bucket", "destination-rights"),
        ("me does not have storage.objects.create access to the bucket.", "destination-rights"),
        ("Exported bands must have compatible data types; found inconsistent types.", "invalid-image"),
        ("Unable to export unbounded image.", "invalid-image"),
        ("Parameter 'object' is required.", "invalid-image"),
    ],
)
def test_each_failure_has_its_rule(
    earthengine_contract: EarthEngineContract, tmp_path: Any, message: str, name: str
) -> None:
    fails(earthengine_contract, message)
    with Batch(earthengine_contract.client(), tmp_path / "l", name="x", rules=RULES) as batch:
        batch.add("a", request())
        batch.run()
        failed = next(event.detail for event in batch.events("a") if event.event == "failed")
        assert failed == f"{name}: {message}"
        pauses = name in ("drive-space", "asset-exists", "destination-rights")
        assert bool(batch.progress().paused) is pauses


def test_a_failure_that_no_rule_names_is_final(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    fails(earthengine_contract, "Exported bands must have compatible data types.")
    batch = open_batch()
    batch.add("a", request())
    assert (batch.run().exit_code, len(earthengine_contract.operations)) == (1, 1)


def test_an_export_that_is_too_large_is_split_in_four(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    box = grid((13.0, 52.0, 13.1, 52.1), scale=0.01, crs="EPSG:4326")
    batch = open_batch(on_too_large=split_in_four)
    batch.add("a", request("a", grid=box))
    batch.step()
    fails_with = "Computation timed out."
    earthengine_contract.fail(earthengine_contract.operations[0], fails_with)
    report = batch.run()
    assert report.exit_code == 0
    parts = {row.key for row in report.rows if row.parent == "a"}
    assert parts == {"a-y0x0", "a-y0x1", "a-y1x0", "a-y1x1"}
    assert states(batch)["a"] == "SPLIT"
    assert len(earthengine_contract.operations) == 5
    earthengine_contract.assert_valid()


def test_parts_cover_the_grid() -> None:
    box = grid((13.0, 52.0, 13.05, 52.03), scale=0.01, crs="EPSG:4326")
    assert box.affine_transform is not None
    parts = dict(split_in_four("a", request("p", grid=box)))
    sizes = {key: (part.grid.dimensions.width, part.grid.dimensions.height) for key, part in parts.items()}  # type: ignore[union-attr] # all have a grid
    assert sizes == {"a-y0x0": (2, 1), "a-y0x1": (3, 1), "a-y1x0": (2, 2), "a-y1x1": (3, 2)}
    last = parts["a-y1x1"].grid
    assert last is not None and last.affine_transform is not None
    assert last.affine_transform.translate_x == pytest.approx(13.02)
    assert last.affine_transform.translate_y == pytest.approx((box.affine_transform.translate_y or 0) - 0.01)
    one = evolve(box, dimensions=gw.GridDimensions(width=1, height=1))
    for wrong in (request(), request(grid=one), evolve(request(grid=box), export_options=None)):
        with pytest.raises(ArgumentError, match="cannot be split"):
            split_in_four("a", wrong)


def test_what_cannot_be_split_has_failed_and_says_why(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    fails(earthengine_contract, "Computation timed out.")
    batch = open_batch(on_too_large=split_in_four)
    batch.add("a", request())
    assert batch.run().exit_code == 1
    assert "it has no grid" in next(event.detail for event in batch.events("a") if event.event == "not split")


def test_a_full_drive_pauses_the_batch(earthengine_contract: EarthEngineContract, open_batch: Open) -> None:
    earthengine_contract.life = "drive-quota"
    batch = open_batch(limit=2)
    batch.add_all((f"k{number}", request(f"t{number:02}")) for number in range(6))
    report = batch.run()
    assert (report.counts, report.exit_code) == ({State.FAILED: 2, State.WAITING: 4}, 3)
    assert report.progress.paused.startswith("drive-space: Not enough space in Google Drive")
    earthengine_contract.life = "standard"
    assert batch.run().counts == report.counts, "nothing is started until somebody has looked after it"
    batch.retry(state="FAILED")
    batch.resume()
    assert batch.run().exit_code == 0


def test_equal_failures_in_a_row_pause_the_batch(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    fails(earthengine_contract, "Image 7: band B8 is missing.")
    batch = open_batch(limit=1, stop_after=3)
    batch.add_all((f"k{number}", request(f"t{number:02}")) for number in range(9))
    report = batch.run()
    assert report.counts == {State.FAILED: 3, State.WAITING: 6}
    assert report.progress.paused == "3 equal failures in a row: Image 7: band B8 is missing."
    earthengine_contract.life = "standard"
    batch.resume()
    assert batch.run().counts == {State.FAILED: 3, State.SUCCEEDED: 6}


def test_a_refused_start_is_final_and_equal_refusals_pause(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    earthengine_contract.refuse("expression-error", times=9, method="image.export")
    batch = open_batch(stop_after=4)
    batch.add_all((f"k{number}", request(f"t{number:02}")) for number in range(6))
    report = batch.run()
    assert report.counts[State.REFUSED] >= 4
    assert "equal failures in a row" in report.progress.paused
    assert earthengine_contract.operations == ()
    earthengine_contract.reset()
    batch.retry(state=State.REFUSED)
    batch.resume()
    assert batch.run().exit_code == 0
    assert {row.attempt for row in batch.report().rows} == {1}, "an id that started nothing is used"


def test_an_account_that_may_not_start_exports_stops_the_run(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    earthengine_contract.refuse(403, method="image.export")
    batch = open_batch()
    batch.add_all((f"k{number}", request(f"t{number:02}")) for number in range(3))
    with pytest.raises(PermissionDenied):
        batch.run()
    assert states(batch) == {"k0": "WAITING", "k1": "WAITING", "k2": "WAITING"}
    assert batch.run().exit_code == 0


def test_cancelling_by_key_label_and_state(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    earthengine_contract.hold()
    batch = open_batch(limit=2)
    for key in ("a-1", "a-2", "b-1", "b-2"):
        batch.add(key, request(key, description=f"label-{key}"))
    batch.step()
    assert batch.cancel(label="label-?-2") == 2
    assert states(batch) == {"a-1": "ACTIVE", "a-2": "ACTIVE", "b-1": "WAITING", "b-2": "CANCELLED"}
    assert sent(earthengine_contract, ":cancel") == 1
    assert batch.cancel(key="a-*", state="ACTIVE") == 2
    assert batch.cancel(state=State.WAITING) == 1
    earthengine_contract.release()
    report = batch.run()
    assert (report.counts, report.exit_code) == ({State.CANCELLED: 4}, 1)
    assert len(earthengine_contract.operations) == 2
    assert batch.retry(key="*") == 4
    assert batch.run().exit_code == 0
    assert len(earthengine_contract.operations) == 6


def test_what_is_cancelled_and_retried_is_named(open_batch: Open) -> None:
    batch = open_batch()
    for change in (batch.cancel, batch.retry):
        with pytest.raises(ArgumentError, match="expected key=, label= or state="):
            change()
        with pytest.raises(ArgumentError, match="state: expected one of"):
            change(state="READY")


def test_an_export_whose_start_is_unknown_is_cancelled_when_it_is_found(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    contract = earthengine_contract
    contract.listing_lag, contract.life = 60, "stall"
    contract.script(["reset after"], method="image.export")
    batch = open_batch()
    batch.add("a", request())
    batch.step()
    assert batch.cancel(key="a") == 1
    assert states(batch) == {"a": "WAITING"}, "it may run: nobody can say that it does not"
    assert batch.run().counts == {State.CANCELLED: 1}
    assert [str(contract.state(each)) for each in contract.operations] == ["State.CANCELLED"] or sent(
        contract, ":cancel"
    )


def test_an_unknown_start_can_be_left_to_a_person(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    contract = earthengine_contract
    contract.queue_limit = 0
    batch = open_batch(on_unknown="hold")
    batch.add("a", request())
    batch.step()
    contract.queue_limit = 5
    report = batch.run()
    assert (report.counts, report.exit_code) == ({State.HELD: 1}, 1)
    before = {each["requestId"] for each in bodies(contract)}
    assert batch.retry(state="HELD") == 1
    batch.run()
    after = {each["requestId"] for each in bodies(contract)}
    assert before == after, "the same id, so that nothing is started twice"
    assert contract.operations == ()
    following = open_batch()
    following.retry(state="HELD")
    assert following.run().exit_code == 0
    assert len(contract.operations) == 1


def test_an_operation_that_is_gone_needs_a_person(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    earthengine_contract.hold()
    batch = open_batch()
    batch.add("a", request())
    batch.step()
    client = earthengine_contract.client()
    client.projects.operations.delete(batch.report().rows[0].operation)
    report = batch.run()
    assert report.counts == {State.HELD: 1}
    assert "in no listing any more" in report.failed[0].error
    earthengine_contract.release()
    assert batch.retry(state="HELD") == 1
    assert batch.run().exit_code == 0


def test_a_pause_holds_for_every_process(earthengine_contract: EarthEngineContract, open_batch: Open) -> None:
    one, two = open_batch(), open_batch()
    one.add("a", request())
    two.pause("lunch")
    assert one.run().progress.paused == "lunch"
    assert earthengine_contract.operations == ()
    two.resume()
    assert one.run().exit_code == 0
    assert [event.event for event in one.events("")] == ["paused", "resumed"]


def test_one_process_looks_for_all(earthengine_contract: EarthEngineContract, open_batch: Open) -> None:
    one, two = open_batch(), open_batch()
    one.add("a", request())
    one.step()
    two.step()
    assert sent(earthengine_contract, "/operations") == 1


def test_a_run_ends_in_time_and_goes_on_later(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    earthengine_contract.hold()
    batch = open_batch()
    batch.add("a", request())
    report = batch.run(timeout=90)
    assert (report.exit_code, report.finished, states(batch)) == (3, False, {"a": "ACTIVE"})
    earthengine_contract.release()
    assert batch.run(timeout=900).exit_code == 0


def test_a_batch_runs_beside_asyncio(earthengine_contract: EarthEngineContract, open_batch: Open) -> None:
    batch = open_batch(look_every=0.01)
    batch.add("a", request())
    earthengine_contract.hold()

    async def both() -> Report:
        async with batch.running() as run:
            while not earthengine_contract.operations:
                await asyncio.sleep(0.001)
            assert not run.done()
            earthengine_contract.release()
            earthengine_contract.advance(3600)
        return await run

    assert asyncio.run(both()).exit_code == 0

    async def interrupted() -> None:
        async with batch.running():
            raise ValueError("of the body")

    batch.add("b", request("b"))
    with pytest.raises(ValueError, match="of the body"):
        asyncio.run(interrupted())
    batch.close()


def test_an_error_of_a_batch_beside_asyncio_is_raised(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    earthengine_contract.refuse(403, method="image.export")
    batch = open_batch()
    batch.add("a", request())

    async def run() -> None:
        async with batch.running():
            pass

    with pytest.raises(PermissionDenied):
        asyncio.run(run())


def test_a_batch_is_of_one_account(earthengine_contract: EarthEngineContract, open_batch: Open) -> None:
    batch = open_batch(identity="robot@p.iam.gserviceaccount.com")
    batch.add("a", request())
    with pytest.raises(IdentityError, match=r"is run by robot@p\.iam.*, and this client is me@example\.com"):
        open_batch(identity="me@example.com")
    with pytest.raises(IdentityError, match="does not name an account"):
        open_batch().step()
    assert earthengine_contract.operations == ()
    assert open_batch(identity="robot@p.iam.gserviceaccount.com").run().exit_code == 0


def test_the_account_is_that_of_the_credentials(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    class Robot(gw.credentials.Token):
        account = "robot@p.iam.gserviceaccount.com"

    open_batch(client=earthengine_contract.client(credentials=Robot("t"))).add("a", request("a"))
    with pytest.raises(IdentityError, match="is run by robot@"):
        open_batch(identity="me@example.com")


def test_a_batch_is_of_one_project(earthengine_contract: EarthEngineContract, open_batch: Open) -> None:
    earthengine_contract.hold()
    batch = open_batch()
    batch.add("a", request())
    batch.step()
    batch.adopt()
    other = earthengine_contract.client(project="another")
    start_export(other, request())
    with pytest.raises(
        IdentityError, match="is of projects/contract-project, and the client is of projects/another"
    ):
        open_batch(client=other).adopt()
    assert states(batch) == {"a": "ACTIVE"}


def test_what_was_exported_offline_is_not_taken_for_done(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    batch = open_batch()
    batch.add("a", request())
    batch.run()
    real = gw.Client(project="contract-project", credentials=gw.credentials.Token("t"))
    with pytest.raises(IdentityError, match=r"is of a stand-in of it .* and this client is of the service"):
        open_batch(client=real)
    other = open_batch(client=real, name="other")
    other.add("a", request())
    with pytest.raises(IdentityError, match="is of the service, and this client is of a stand-in"):
        open_batch(name="other")


def test_a_table_of_the_report_runs_no_formula(
    earthengine_contract: EarthEngineContract, open_batch: Open
) -> None:
    batch = open_batch()
    batch.add("=1+1", request(description="x"))
    batch.add("b", request("b"))
    text = batch.run().to_csv()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["key"], row["state"]) for row in rows] == [("'=1+1", "SUCCEEDED"), ("b", "SUCCEEDED")]
    assert rows[1]["uris"].startswith("https://")


def test_a_batch_shows_no_password(earthengine_contract: EarthEngineContract) -> None:
    with pytest.raises(LedgerError) as caught:
        Batch(earthengine_contract.client(), "postgresql://u:canary@127.0.0.1:1/db", name="x")
    assert "canary" not in f"{caught.value!r} {caught.value} {caught.value.__cause__}"
