"""Progress as bars and as a few lines of log."""

from __future__ import annotations

import gc
import io
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from attrs import field, frozen
from groundwire import Operation, OperationMetadata, OperationStage, OperationState, Status
from groundwire_contract.fixture import EarthEngineContract
from groundwire_exports import start_export
from groundwire_exports.watch import WaitProgress, progress
from groundwire_exports.watch.bars import Bars
from groundwire_exports.watch.progress import ProgressLog
from rich.console import Console

from tests.audits.soak.starts import request
from tests.runtime.doubles import Time


@frozen
class BatchCounts:
    counts: Mapping[str, int]
    paused: str = ""
    name: str = "ndvi"

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def unfinished(self) -> int:
        return self.counts.get("WAITING", 0) + self.counts.get("ACTIVE", 0)

    def __str__(self) -> str:
        return f"{self.name}: {dict(self.counts)}"


@frozen
class Failure:
    key: str
    state: str = "FAILED"
    error: str = "Internal error."


@frozen
class Report:
    failed: list[Failure] = field(factory=list[Failure])

    def report(self) -> Report:
        return self


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [
        (each.levelname, each.getMessage()) for each in caplog.records if each.name == "groundwire.exports"
    ]


@pytest.fixture(autouse=True)
def _level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "groundwire.exports")


def test_a_batch_of_thousands_is_a_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    time = Time()
    shown = ProgressLog(now=lambda: time.now)
    for look in range(541):  # three hours, a look every 20 s, and each changes the counts
        shown(BatchCounts({"SUCCEEDED": look, "WAITING": 540 - look}))
        time.pass_by(20)
    assert len(lines(caplog)) == 181
    assert lines(caplog)[0] == ("INFO", "ndvi: {'SUCCEEDED': 0, 'WAITING': 540}")
    assert lines(caplog)[-1] == ("INFO", "ndvi: {'SUCCEEDED': 540, 'WAITING': 0}")


def test_a_pause_is_told_at_once_and_each_failure_once(caplog: pytest.LogCaptureFixture) -> None:
    time, report = Time(), Report()
    shown = ProgressLog(now=lambda: time.now, failures=lambda: report.failed)
    shown(BatchCounts({"WAITING": 3}))
    report.failed.append(Failure("a"))
    shown(BatchCounts({"WAITING": 2, "FAILED": 1}))
    report.failed.append(Failure("b", "REFUSED", "no"))
    shown(BatchCounts({"WAITING": 1, "FAILED": 1, "REFUSED": 1}, paused="by hand"))
    assert [line for level, line in lines(caplog) if level == "WARNING"] == [
        "a: failed: Internal error.",
        "b: refused: no",
    ]
    assert lines(caplog)[-1][1].startswith("ndvi: {'WAITING': 1")


def test_one_export_is_a_line_for_each_state_and_each_minute(caplog: pytest.LogCaptureFixture) -> None:
    time = Time()
    shown = ProgressLog(now=lambda: time.now)

    def at(state: OperationState, share: float, attempt: int | None = None) -> None:
        when = datetime.fromtimestamp(time.epoch, UTC) + timedelta(seconds=1)
        shown(
            OperationMetadata(
                state=state, progress=share, attempt=attempt, description="dem", update_time=when
            )
        )
        time.pass_by(20)

    at(OperationState.PENDING, 0)
    for step in range(7):
        at(OperationState.RUNNING, step / 10)
    at(OperationState.RUNNING, 0.1, attempt=2)
    at(OperationState.SUCCEEDED, 1)
    assert [line for _, line in lines(caplog)] == [
        "dem: pending, 0 %",
        "dem: running, 0 %",
        "dem: running, 30 %",
        "dem: running, 60 %",
        "dem: running, 10 %, attempt 2",
        "dem: succeeded, 100 %",
    ]


def test_failures_of_a_wait_have_label_and_message(caplog: pytest.LogCaptureFixture) -> None:
    failed = Operation(
        name="projects/p/operations/A",
        metadata=OperationMetadata(description="dem.gw-aaaaaaaaaaaaaaaa", state=OperationState.FAILED),
        done=True,
        result=Status(code=3, message="Too large."),
    )
    progress()(WaitProgress(counts={"FAILED": 1}, changed=(failed,)))
    assert lines(caplog) == [("WARNING", "dem: failed: Too large."), ("INFO", "exports: 1 failed")]


def test_failures_of_a_batch_that_was_not_passed_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    progress()(BatchCounts({"FAILED": 2}))
    assert lines(caplog)[0] == ("WARNING", "ndvi: 2 more failed")


def terminal() -> tuple[Console, io.StringIO]:
    text = io.StringIO()
    return Console(file=text, force_terminal=True, width=120), text


def test_bars_show_counts_and_leave_the_terminal_in_order() -> None:
    console, text = terminal()
    with Bars(console) as bars:
        bars(BatchCounts({"WAITING": 3}))
        bars(BatchCounts({"SUCCEEDED": 2, "FAILED": 1}, paused="[red]by hand"))
    assert "2 succeeded, 1 failed; paused: [red]by hand" in text.getvalue()
    assert text.getvalue().rindex("\x1b[?25h") > text.getvalue().rindex("\x1b[?25l")


def test_a_bar_of_one_export_shows_stage_and_attempt() -> None:
    console, text = terminal()
    bars = Bars(console)
    stages = [OperationStage(display_name="Write Files", complete_work_units=1.0, total_work_units=4)]
    bars(
        OperationMetadata(
            state=OperationState.RUNNING, progress=0.25, attempt=2, description="[b]dem", stages=stages
        )
    )
    assert "[b]dem" in text.getvalue()
    assert "25 % running Write Files, attempt 2" in text.getvalue()
    bars(OperationMetadata(state=OperationState.SUCCEEDED, progress=1.0, description="[b]dem"))
    assert text.getvalue().rindex("\x1b[?25h") > text.getvalue().rindex("\x1b[?25l")


def test_a_bar_that_is_dropped_shows_the_cursor_again() -> None:
    console, text = terminal()
    bars = Bars(console)
    bars(BatchCounts({"WAITING": 3}))
    del bars
    gc.collect()
    assert text.getvalue().rindex("\x1b[?25h") > text.getvalue().rindex("\x1b[?25l")


def test_progress_draws_on_a_terminal_and_logs_elsewhere(
    monkeypatch: pytest.MonkeyPatch, earthengine_contract: EarthEngineContract
) -> None:
    assert isinstance(progress(), ProgressLog)
    client = earthengine_contract.client()
    start_export(client, request("dem")).wait(on_progress=progress())

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress() as shown:
        assert isinstance(shown, Bars)
