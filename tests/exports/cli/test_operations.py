"""`groundwire operations`: what is selected, printed and done, and the exit codes."""

from __future__ import annotations

import csv
import io
import json

import groundwire as gw
import pytest
from attrs import evolve
from groundwire_contract.fixture import EarthEngineContract
from groundwire_exports import Export, start_export

from tests.audits.soak.starts import request

from .conftest import Run, rows


@pytest.fixture
def started(client: gw.Client, earthengine_contract: EarthEngineContract) -> list[Export]:
    """Three that run (tile.0, tile.1, other), one that failed, one that succeeded."""
    earthengine_contract.hold()
    names = ("tile.0", "tile.1", "other", "bad", "good")
    exports = [start_export(client, request(name)) for name in names]
    earthengine_contract.fail(exports[3], "User memory limit exceeded.")
    earthengine_contract.finish(exports[4])
    return exports


def labels(run: Run, *options: object) -> set[str]:
    result = run("operations", "list", *options)
    assert result.exit_code == 0, result.output
    return {row["label"] for row in rows(result)}


@pytest.mark.usefixtures("started")
def test_operations_are_selected_by_label_state_and_limit(run: Run) -> None:
    assert labels(run) == {"tile.0", "tile.1", "other", "bad", "good"}
    assert labels(run, "--label", "tile*") == {"tile.0", "tile.1"}
    assert labels(run, "--state", "FAILED") == {"bad"}
    assert labels(run, "--state", "completed", "--state", "failed") == {"good", "bad"}
    assert labels(run, "--state", "READY") == {"tile.0", "tile.1", "other"}
    assert len(labels(run, "--limit", 2)) == 2
    assert labels(run, "--label", "none*") == set()


def test_operations_are_selected_by_age(
    run: Run, started: list[Export], client: gw.Client, earthengine_contract: EarthEngineContract
) -> None:
    earthengine_contract.advance(7200)
    start_export(client, request("young"))
    assert labels(run, "--older-than", "1h") == {"tile.0", "tile.1", "other", "bad", "good"}
    assert len(started) == 5
    assert labels(run, "--older-than", "3h") == set()


def test_each_format_has_the_data_on_stdout(run: Run, started: list[Export]) -> None:
    [row] = rows(run("operations", "list", "--state", "FAILED"))
    assert (row["name"], row["state"], row["error"]) == (
        started[3].name,
        "FAILED",
        "User memory limit exceeded.",
    )
    names = run("operations", "list", "--format", "names")
    assert set(names.stdout.split()) == {export.name for export in started}
    table = csv.DictReader(io.StringIO(run("operations", "list", "--format", "csv").stdout))
    assert {line["label"]: line["state"] for line in table} == {
        "tile.0": "PENDING",
        "tile.1": "PENDING",
        "other": "PENDING",
        "bad": "FAILED",
        "good": "SUCCEEDED",
    }
    # A global option may stand before or behind the command.
    shown = run("--format", "table", "operations", "list", "--label", "bad")
    assert shown.stdout.split()[:5] == ["OPERATION", "LABEL", "STATE", "PERCENT", "ERROR"]
    assert "User memory limit exceeded." in " ".join(shown.stdout.split())
    assert shown.stderr == ""


def test_what_others_wrote_cannot_command_a_terminal_or_a_spreadsheet(run: Run) -> None:
    evil = '=HYPERLINK("x")\x1b[2J[red]'
    page = {"operations": [{"name": "projects/p/operations/A", "metadata": {"description": evil}}]}
    from tests.runtime.doubles import Script, answer

    client = gw.Client(project="p", transport=Script(forever=answer(page)), endpoint="http://localhost:1")
    for form in ("table", "names", "csv"):
        result = run("operations", "list", "--format", form, make=lambda **_: client)
        assert "\x1b" not in result.stdout.replace("\x1b[1m", "").replace("\x1b[0m", "") or form == "csv"
        if form == "csv":
            assert "'=HYPERLINK" in result.stdout


def test_describe_prints_what_the_service_sends(run: Run, started: list[Export]) -> None:
    identifier = started[3].name.rpartition("/")[2]
    for name in (identifier, started[3].name):
        [operation] = rows(run("operations", "describe", name))
        assert operation["name"] == started[3].name
        assert operation["error"]["message"] == "User memory limit exceeded."
    assert (
        "User memory limit exceeded." in run("operations", "describe", identifier, "--format", "table").stdout
    )
    gone = run("operations", "describe", "A" * 24)
    assert (gone.exit_code, gone.stdout) == (1, "")
    assert gone.stderr.startswith("error: ")


def test_waiting_ends_with_the_code_of_the_ends(
    run: Run, started: list[Export], earthengine_contract: EarthEngineContract
) -> None:
    late = run("operations", "wait", "--label", "tile*", "--timeout", 60)
    assert late.exit_code == 3
    assert {row["state"] for row in rows(late)} == {"PENDING"}
    assert "still run after 60" in late.stderr
    earthengine_contract.release()
    done = run("operations", "wait", "--label", "tile*")
    assert done.exit_code == 0
    assert {row["label"]: row["state"] for row in rows(done)} == {
        "tile.0": "SUCCEEDED",
        "tile.1": "SUCCEEDED",
    }
    assert "exports: 2 succeeded" in done.stderr
    mixed = run("operations", "wait", started[3].name, started[4].name.rpartition("/")[2], "--quiet")
    assert (mixed.exit_code, mixed.stderr) == (1, "")
    assert run("operations", "wait", "--label", "none*").exit_code == 0


def test_watching_prints_a_row_for_each_change(
    run: Run, client: gw.Client, earthengine_contract: EarthEngineContract
) -> None:
    ended = start_export(client, request("ended"))
    earthengine_contract.finish(ended)
    export = start_export(client, request("tile"))
    result = run("operations", "watch", "--every", 2)
    assert result.exit_code == 0
    seen = [row["state"] for row in rows(result)]
    assert (seen[0], set(seen[1:-1]), seen[-1]) == ("PENDING", {"RUNNING"}, "SUCCEEDED")
    assert {row["name"] for row in rows(result)} == {export.name}
    assert run("operations", "watch").stdout == ""


@pytest.mark.usefixtures("started")
def test_a_watch_may_end_before_the_operations(run: Run) -> None:
    result = run("operations", "watch", "--timeout", 50, "--format", "csv")
    assert result.exit_code == 3
    assert len(result.stdout.splitlines()) == 3, "nothing changed after the first look"


def test_cancelling_asks_and_may_be_tried_dry(
    run: Run,
    started: list[Export],
    earthengine_contract: EarthEngineContract,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def states() -> list[str]:
        return [str(earthengine_contract.state(each).value) for each in started]

    before = states()
    dry = run("operations", "cancel", "--label", "tile*", "--dry-run")
    assert (dry.exit_code, {row["label"] for row in rows(dry)}) == (0, {"tile.0", "tile.1"})
    unasked = run("operations", "cancel", "--label", "tile*")
    assert unasked.exit_code == 2
    assert "pass --yes" in unasked.stderr
    assert states() == before
    done = run("operations", "cancel", "--label", "tile*", "--yes")
    assert done.exit_code == 0
    assert "asked 2 of 2 to stop" in done.stderr
    earthengine_contract.advance(3600)
    ends = {export.name: str(export.refresh().metadata.state) for export in started}  # type: ignore[union-attr]
    assert ends[started[0].name] == ends[started[1].name] == "CANCELLED"
    assert ends[started[2].name] == "PENDING"


def test_cancelling_nothing_or_what_is_gone(run: Run, started: list[Export]) -> None:
    assert run("operations", "cancel").exit_code == 2
    gone = run("operations", "cancel", "A" * 24, "--yes")
    assert (gone.exit_code, gone.stdout) == (1, "")
    assert "no such operation" in gone.stderr
    by_id = run("operations", "cancel", started[2].name.rpartition("/")[2], "-y", "--format", "names")
    assert (by_id.exit_code, by_id.stdout.strip()) == (0, started[2].name)


@pytest.mark.parametrize(
    ("status", "code"), [(401, 5), (403, 5), (503, 4), (500, 4), ("reset before", 4), (429, 1)]
)
def test_an_error_has_its_exit_code(
    run: Run, earthengine_contract: EarthEngineContract, status: str | int, code: int
) -> None:
    earthengine_contract.script([status] * 40)
    result = run("operations", "list")
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith("error: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("operations", "list", "--state", "DONE"),
        ("operations", "list", "--older-than", "yesterday"),
        ("operations", "list", "--format", "xml"),
        ("operations", "list", "--limit", 0),
        ("operations", "describe", "projects/p/operations/"),
        ("operations", "wat"),
    ],
)
def test_wrong_words_are_a_usage_error(run: Run, arguments: tuple[object, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


def test_a_project_is_needed(run: Run) -> None:
    result = run("operations", "list", project="")
    assert result.exit_code == 2
    assert "GOOGLE_CLOUD_PROJECT" in result.stderr


def test_an_interrupt_is_130(run: Run, client: gw.Client, earthengine_contract: EarthEngineContract) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    start_export(client, request("tile"))
    hasty = earthengine_contract.client(clock=evolve(client.clock, sleep=interrupted))
    for command in ("watch", "wait"):
        result = run("operations", command, make=lambda **_: hasty)
        assert result.exit_code == 130
        assert result.stderr.splitlines()[-1].startswith("interrupted")


def test_verbose_logs_calls_on_stderr(run: Run) -> None:
    assert "operations.list: 200" in run("-v", "operations", "list").stderr
    assert json.loads(run("operations", "list", "-v").stdout or "null") is None
    assert run("operations", "list").stderr == ""


@pytest.mark.parametrize(
    "words",
    [
        ("operations", "watch", "--every"),
        ("operations", "watch", "--timeout"),
        ("operations", "wait", "--timeout"),
    ],
)
@pytest.mark.parametrize("seconds", ["nan", "inf", "-inf", "1e300", "-1"])
def test_seconds_are_finite(run: Run, words: tuple[str, ...], seconds: str) -> None:
    result = run(*words, seconds)
    assert (result.exit_code, words[-1] in result.stderr) == (2, True), result.output
