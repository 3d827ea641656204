from __future__ import annotations

import signal
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from groundwire_contract import cli
from groundwire_contract.server.listener import endpoint, listen

from .process import SERVE, serving
from .wire import EXPORT, OPERATIONS, ask, export

SPEC = Path(__file__).parents[2] / "spec" / "earthengine.v1beta.json"
GRID = {"dimensions": {"width": 2, "height": 2}}
ASSET = {"earthEngineDestination": {"name": "projects/p/assets/a"}}


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_endpoint_answers_and_stops(sent: signal.Signals) -> None:
    with serving("--port", "0", "--speed", "1000") as (process, address):
        assert address.startswith("http://127.0.0.1:")
        name = ask(address, "POST", EXPORT, export()).json["name"]
        waited = ask(address, "POST", f"/v1beta/{name}:wait", {"timeout": "20s"})
        assert waited.json["metadata"]["state"] == "SUCCEEDED"
        process.send_signal(sent)
        assert process.wait(timeout=10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_a_document_without_an_overlay_is_served() -> None:
    with serving("--spec", str(SPEC)) as (_, address):
        assert ask(address, "GET", OPERATIONS).json == {}


def test_a_host_is_allowed_by_name() -> None:
    with serving("--allow-host", "Contract", "--allow-host", "ci.example") as (_, address):
        for host, status in (("contract:8085", 200), ("ci.example.", 200), ("example", 403)):
            assert ask(address, "GET", OPERATIONS, None, {"host": host}).status == status


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "--allow-remote"),  # noqa: S104 - what is refused
        (["--host", "::"], "--allow-remote"),
        (["--spec", "no-such-file.json"], "no-such-file.json"),
        (["--spec", __file__], "JSON"),
        (["--overlay", __file__], "--spec"),
        (["--port", "65536"], "--port"),
        (["--allow-host", "contract:80"], "--allow-host"),
        (["--allow-host", "http://contract"], "without a port"),
        (["--speed", "0"], "--speed"),
        (["--speed", "nan"], "--speed"),
        (["--speed", "inf"], "--speed"),
        (["--clock", "frozen", "--speed", "2"], "--speed"),
        (["--clock", "slow"], "--clock"),
        (["--script", "sleep"], "stall"),
        (["--relax", "no-such-rule"], "no-such-rule"),
        (["--enforce", "no-such-rule"], "no-such-rule"),
        (["--rate", "-1"], "--rate"),
        (["--queue-limit", "-1"], "--queue-limit"),
        (["--queue-limit", "many"], "--queue-limit"),
        (["--listing-lag", "-1"], "--listing-lag"),
        (["--listing-lag", "nan"], "--listing-lag"),
        (["--listing-lag", "inf"], "--listing-lag"),
        (["--auth", "scoped"], "--tokens"),
        (["--state", "no-such-folder/state"], "no folder"),
        (["--state", "."], "is a folder"),
        (["--state", __file__], "not a state file of this server"),
    ],
)
def test_what_is_refused_exits_with_2(options: list[str], said: str) -> None:
    done = subprocess.run([*SERVE, *options], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_exits_with_2() -> None:
    with listen() as taken:
        port = endpoint(taken).rpartition(":")[2]
        done = subprocess.run(  # noqa: S603
            [*SERVE, "--port", port], capture_output=True, text=True, timeout=30, check=False
        )
    assert done.returncode == 2
    assert port in done.stderr


def test_what_is_there_and_what_operations_do_is_said_at_the_start() -> None:
    options = (
        *("--clock", "frozen", "--script", "internal", "--rate", "5", "--asset", "projects/p/assets/a"),
        *("--unwritable-bucket", "bucket", "--relax", "description-invalid", "--enforce", "unbounded-image"),
    )
    with serving(*options) as (_, address):
        bodies = [
            export(description="a b", grid=GRID),
            export(grid=GRID, fileExportOptions=None, assetExportOptions=ASSET),
            export(),
            export(grid=GRID, fileExportOptions={"cloudStorageDestination": {"bucket": "other"}}),
        ]
        assert [ask(address, "POST", EXPORT, body).status for body in bodies] == [200] * 4
        assert [ask(address, "GET", OPERATIONS).rule for _ in range(2)] == [None, "rate-quota"]
        ask(address, "POST", "/$contract/advance", {"seconds": 60})
        listed = ask(address, "GET", OPERATIONS).json["operations"]
        assert [each["error"]["message"] for each in reversed(listed)] == [
            "Unable to write to bucket bucket (permission denied).",
            "Cannot overwrite asset 'projects/p/assets/a'.",
            "Unable to export unbounded image.",
            "Internal error.",
        ]


def test_the_queue_the_lag_and_the_callers_are_said_at_the_start(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.toml"
    tokens.write_text("".join(f'[[token]]\nvalue = "{token}"\ncaller = "ann"\n' for token in ("a1", "a2")))
    options = ("--queue-limit", "2", "--listing-lag", "30", "--clock", "frozen", "--tokens", str(tokens))
    with serving(*options) as (_, address):

        def start(token: str, request_id: str) -> int:
            headers = {"authorization": f"Bearer {token}"}
            return ask(address, "POST", EXPORT, export(requestId=request_id), headers).status

        assert [start("a1", "1"), start("a2", "1"), start("bob's", "1")] == [200, 409, 200]
        assert ask(address, "POST", EXPORT, export()).message.startswith(
            "Too many tasks already in the queue (2)"
        )
        assert "operations" not in ask(address, "GET", OPERATIONS).json
        ask(address, "POST", "/$contract/advance", {"seconds": 30})
        assert len(ask(address, "GET", OPERATIONS).json["operations"]) == 2


def test_what_others_may_do_is_said() -> None:
    with serving("--allow-remote") as (process, address):
        assert address.startswith("http://127.0.0.1:")
        assert process.stderr is not None
        assert b"may start, read and delete" in process.stderr.readline()


def test_the_rules_are_listed_with_their_evidence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "groundwire_contract", "rules"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    marks = {line.split()[1]: line.split()[0] for line in done.stdout.splitlines()}
    assert marks["request-id-reused"] == "V"
    assert [line.split()[1] for line in done.stdout.splitlines() if "(off)" in line] == [
        "unbounded-image",
        "asset-parent-missing",
        "band-type-unsupported",
        "openapi-query-unknown",
    ]
    assert set(marks.values()) <= {"V", "V*", "D", "C", "I"}
    assert all(line.rstrip().endswith("]") for line in done.stdout.splitlines()), "each with its source"


def test_the_console_script_is_the_module() -> None:
    (found,) = entry_points(group="console_scripts", name="groundwire-contract")
    assert found.load() is cli.main
