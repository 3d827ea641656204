"""`groundwire exports` over a ledger: run, status, report, retry, cancel, pause, explain."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import groundwire as gw
import pytest
from click.testing import Result
from groundwire_contract.fixture import EarthEngineContract

from .conftest import BODY, Run, rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six requests: tile-0 to tile-5."""
    place = tmp_path / "requests"
    place.mkdir()
    for number in range(6):
        name = f"tile-{number}"
        destination = {"bucket": "b", "filenamePrefix": name}
        options = {"fileFormat": "GEO_TIFF", "cloudStorageDestination": destination}
        body = {**BODY, "description": name, "fileExportOptions": options}
        (place / f"{name}.json").write_text(json.dumps(body), encoding="utf-8")
    return place


@pytest.fixture
def ledger(tmp_path: Path) -> list[object]:
    return ["--ledger", tmp_path / "ndvi.sqlite", "--name", "ndvi"]


def counts(result: Result) -> dict[str, int]:
    [row] = rows(result)
    known: dict[str, int] = row["counts"]
    return known


def test_a_run_ends_with_all_succeeded_and_starts_nothing_twice(
    run: Run, folder: Path, ledger: list[object], client: gw.Client
) -> None:
    first = run("exports", "run", folder, *ledger)
    assert (first.exit_code, counts(first)) == (0, {"SUCCEEDED": 6}), first.stderr
    assert first.stderr.splitlines()[0].startswith("ndvi: ")
    again = run("exports", "run", folder, *ledger)
    assert again.exit_code == 0
    assert "Nothing to start" in again.stderr
    assert len(list(client.projects.operations.list())) == 6
    status = run("exports", "status", *ledger)
    assert (status.exit_code, counts(status)) == (0, {"SUCCEEDED": 6})


def test_a_run_without_a_file_continues_after_its_time(
    run: Run, folder: Path, ledger: list[object], earthengine_contract: EarthEngineContract
) -> None:
    earthengine_contract.hold()
    late = run("exports", "run", folder, *ledger, "--timeout", 100)
    assert (late.exit_code, counts(late)) == (3, {"ACTIVE": 6})
    assert run("exports", "status", *ledger).exit_code == 3
    earthengine_contract.release()
    done = run("exports", "run", *ledger)
    assert (done.exit_code, counts(done)) == (0, {"SUCCEEDED": 6})


def test_failures_are_told_reported_and_retried(
    run: Run, folder: Path, ledger: list[object], earthengine_contract: EarthEngineContract
) -> None:
    earthengine_contract.life = "internal"
    failed = run("exports", "run", folder, *ledger, "--retry", "internal=2")
    assert (failed.exit_code, counts(failed)) == (1, {"FAILED": 6})
    assert "warning: tile-0: failed: Internal error." in failed.stderr
    report = run("exports", "report", *ledger, "--key", "tile-0")
    [row] = rows(report)
    assert (report.exit_code, row["state"], row["attempt"], row["error"]) == (
        1,
        "FAILED",
        2,
        "Internal error.",
    )
    table = csv.DictReader(io.StringIO(run("exports", "report", *ledger, "--format", "csv").stdout))
    assert [line["key"] for line in table] == [f"tile-{number}" for number in range(6)]
    names = run("exports", "report", *ledger, "--state", "failed", "--label", "*-5", "--format", "names")
    assert names.stdout == "tile-5\n"
    earthengine_contract.life = "standard"
    retried = run("exports", "retry", *ledger, "--state", "failed", "--key", "tile-[0-4]")
    assert (retried.exit_code, rows(retried)) == (0, [{"retried": 5}])
    assert "is paused (10 equal failures in a row: Internal error.)" in retried.stderr
    assert run("exports", "run", *ledger).exit_code == 3
    run("exports", "resume", *ledger)
    second = run("exports", "run", *ledger)
    assert (second.exit_code, counts(second)) == (1, {"FAILED": 1, "SUCCEEDED": 5})


def test_exports_are_cancelled_by_key(
    run: Run, folder: Path, ledger: list[object], earthengine_contract: EarthEngineContract
) -> None:
    earthengine_contract.hold()
    run("exports", "run", folder, *ledger, "--timeout", 50, "--limit", 4)
    dry = run("exports", "cancel", *ledger, "--key", "tile-[0-1]", "--dry-run")
    assert [row["key"] for row in rows(dry)] == ["tile-0", "tile-1"]
    assert run("exports", "cancel", *ledger, "--key", "tile-[0-1]").exit_code == 2
    assert run("exports", "cancel", *ledger).exit_code == 2
    done = run("exports", "cancel", *ledger, "--key", "tile-[0-1]", "--yes")
    assert (done.exit_code, len(rows(done))) == (0, 2)
    earthengine_contract.release()
    ended = run("exports", "run", *ledger)
    assert (ended.exit_code, counts(ended)) == (1, {"CANCELLED": 2, "SUCCEEDED": 4})


def test_a_paused_batch_starts_nothing_until_it_is_resumed(
    run: Run, folder: Path, ledger: list[object], client: gw.Client
) -> None:
    run("exports", "run", folder, *ledger, "--timeout", 0.001)
    assert run("exports", "pause", *ledger, "--reason", "until Monday").exit_code == 0
    paused = run("exports", "run", *ledger)
    [row] = rows(paused)
    if row["unfinished"]:
        assert paused.exit_code == 3
        assert "paused: until Monday" in paused.stderr
    assert run("exports", "resume", *ledger).exit_code == 0
    assert run("exports", "run", *ledger).exit_code == 0
    assert len(list(client.projects.operations.list())) == 6


def test_a_log_explains_an_export(run: Run, folder: Path, ledger: list[object]) -> None:
    run("exports", "run", folder, *ledger)
    events = rows(run("exports", "explain", *ledger, "--key", "tile-3"))
    assert {event["key"] for event in events} == {"tile-3"}
    assert events[-1]["event"] == "succeeded"
    unknown = run("exports", "explain", *ledger, "--key", "tile-9")
    assert (unknown.exit_code, unknown.stdout) == (0, "")
    assert "no export 'tile-9'" in unknown.stderr


def test_the_rules_are_explained_without_a_ledger(run: Run) -> None:
    rules = rows(run("exports", "explain", project=""))
    assert next(rule for rule in rules if rule["name"] == "internal")["tries"] == 3
    assert "signed-out" in run("exports", "explain", "--format", "table").stdout
    assert run("exports", "explain", "--key", "a").exit_code == 2


def test_a_dry_run_checks_and_writes_nothing(
    run: Run, folder: Path, ledger: list[object], earthengine_contract: EarthEngineContract
) -> None:
    dry = run("exports", "run", folder, *ledger, "--dry-run", "--format", "names")
    assert (dry.exit_code, dry.stdout.split()) == (0, [f"tile-{number}" for number in range(6)])
    assert not Path(str(ledger[1])).exists()
    assert earthengine_contract.requests == ()


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_outputs_that_begin_alike_are_refused_before_anything_is_written(
    run: Run, folder: Path, ledger: list[object], options: tuple[str, ...]
) -> None:
    body = json.loads((folder / "tile-3.json").read_text(encoding="utf-8"))
    destination = body["fileExportOptions"]["cloudStorageDestination"]
    destination["filenamePrefix"] = destination["filenamePrefix"][:-1]
    (folder / "short.json").write_text(json.dumps(body), encoding="utf-8")
    done = run("exports", "run", folder, *ledger, *options)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "their files could not be told apart" in done.stderr
    assert not Path(str(ledger[1])).exists()


def test_a_batch_that_was_done_names_the_option_that_starts_it_anew(
    run: Run, folder: Path, ledger: list[object]
) -> None:
    run("exports", "run", folder, *ledger)
    again = run("exports", "run", folder, *ledger)
    assert "--rerun starts them anew" in again.stderr
    assert "rerun=" not in again.stderr


def test_a_service_that_does_not_answer_is_told(
    run: Run, folder: Path, ledger: list[object], earthengine_contract: EarthEngineContract
) -> None:
    run("exports", "run", folder, *ledger, "--timeout", 0.001)
    earthengine_contract.script(["reset before"] * 100, method="operations.list")
    done = run("exports", "run", *ledger, "--timeout", 50)
    assert done.exit_code == 3
    assert "ndvi: operations cannot be listed: " in done.stderr
    assert "no answer" in done.stderr
    assert "could not be read" not in run("exports", "run", *ledger, "--timeout", 50, "--quiet").stderr


def test_a_bad_file_among_good_ones_starts_nothing(
    run: Run, folder: Path, ledger: list[object], earthengine_contract: EarthEngineContract
) -> None:
    (folder / "tile-3.json").write_text('{"requestId": "mine"}', encoding="utf-8")
    own = run("exports", "run", folder, *ledger)
    assert own.exit_code == 2
    assert "'tile-3': the request has a request_id" in own.stderr
    (folder / "tile-3.json").write_text("{", encoding="utf-8")
    bad = run("exports", "run", folder, *ledger)
    assert bad.exit_code == 2
    assert "tile-3.json, line 1" in bad.stderr
    assert not Path(str(ledger[1])).exists()
    assert earthengine_contract.requests == ()


def test_another_request_under_a_key_is_a_usage_error(run: Run, folder: Path, ledger: list[object]) -> None:
    assert run("exports", "run", folder, *ledger).exit_code == 0
    changed = json.loads((folder / "tile-3.json").read_text("utf-8")) | {"description": "other"}
    (folder / "tile-3.json").write_text(json.dumps(changed), encoding="utf-8")
    other = run("exports", "run", folder, *ledger)
    assert other.exit_code == 2
    assert "'tile-3' has another request" in other.stderr


def test_a_ledger_that_is_none_or_lacks_the_batch(run: Run, folder: Path, ledger: list[object]) -> None:
    for command in ("status", "report", "run"):
        missing = run("exports", command, *ledger)
        assert missing.exit_code == 2, missing.output
        assert "There is no ledger" in missing.stderr
    run("exports", "run", folder, *ledger)
    other = run("exports", "status", *ledger[:3], "other")
    assert other.exit_code == 2
    assert "no exports of a batch 'other'" in other.stderr
    text = folder / "notes.sqlite"
    text.write_text("not a database, but long enough to be read as one" * 50, encoding="utf-8")
    broken = run("exports", "status", "--ledger", text, "--name", "ndvi")
    assert broken.exit_code == 4, "what runs cannot be known"


def test_another_account_may_not_run_it(run: Run, folder: Path, ledger: list[object]) -> None:
    assert run("exports", "run", folder, *ledger, "--identity", "a@example.com").exit_code == 0
    other = run("exports", "run", folder, *ledger, "--identity", "b@example.com")
    assert other.exit_code == 5
    assert "a@example.com" in other.stderr


def test_a_start_that_is_not_allowed_stops_the_run(
    run: Run, folder: Path, ledger: list[object], earthengine_contract: EarthEngineContract
) -> None:
    earthengine_contract.refuse(403, times=100, method="image.export")
    stopped = run("exports", "run", folder, *ledger)
    assert (stopped.exit_code, stopped.stdout) == (5, "")


@pytest.mark.parametrize("tries", ["internal", "internal=x", "other=3", "internal=0"])
def test_wrong_tries_are_a_usage_error(run: Run, folder: Path, ledger: list[object], tries: str) -> None:
    assert run("exports", "run", folder, *ledger, "--retry", tries).exit_code == 2


def test_options_of_a_batch_are_options_of_a_run(run: Run, body: Path, tmp_path: Path) -> None:
    place = ("--ledger", tmp_path / "options.sqlite", "--name", "n")
    options = ("--settle", "0", "--on-unknown", "hold", "--stop-after", "3")
    assert run("exports", "run", body, *place, *options).exit_code == 0
    wrong = run("exports", "run", body, *place, "--settle", "nan")
    assert wrong.exit_code == 2
    assert "'nan' is not a number of seconds" in wrong.stderr
    assert run("exports", "status", "--ledger", tmp_path / "options.sqlite", "--name", "typo").exit_code == 2
    import sqlite3

    connection = sqlite3.connect(tmp_path / "options.sqlite")
    assert connection.execute("SELECT name FROM gw_batch").fetchall() == [("n",)]
    connection.close()
