"""The installed command in a process of its own, with real pauses: pipes, a terminal, Ctrl-C."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path

import groundwire as gw
from groundwire_contract.fixture import EarthEngineContract
from groundwire_exports import start_export

from tests.audits.soak.starts import request

COMMAND = [sys.executable, "-c", "from groundwire_cli.command import main; main(prog_name='groundwire')"]


def environment(contract: EarthEngineContract) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GOOGLE_", "COV_"))}
    own = {
        "GOOGLE_CLOUD_PROJECT": "contract-project",
        "GROUNDWIRE_ENDPOINT": contract.endpoint,
        "TERM": "xterm",
    }
    return {**kept, **own}


def heed_interrupts() -> None:
    """Take SIGINT, which a shell lets its jobs in the background ignore, and their children with them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_pipe_gets_json_lines_and_the_environment_is_read(
    earthengine_contract: EarthEngineContract, body: Path
) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, "exports", "start", str(body)],
        env=environment(earthengine_contract), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["label"] == "dem"


def test_credentials_that_are_none_are_5(earthengine_contract: EarthEngineContract, tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, "operations", "list", "--credentials", str(tmp_path / "none.json")],
        env=environment(earthengine_contract), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (5, ""), done.stderr


def test_ctrl_c_is_130_and_leaves_the_export_running(earthengine_contract: EarthEngineContract) -> None:
    client = gw.Client(project="contract-project", endpoint=earthengine_contract.endpoint)
    with client:
        earthengine_contract.hold()
        export = start_export(client, request("held"))
        with subprocess.Popen(  # noqa: S603 - our own command
            [*COMMAND, "operations", "wait", "-v", export.name],
            env=environment(earthengine_contract), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=heed_interrupts,
        ) as process:  # fmt: skip
            try:
                assert process.stderr is not None
                assert process.stderr.readline() == "exports: 1 unknown\n"
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=30)
            finally:
                process.kill()
        assert (process.returncode, out) == (130, "")
        assert "interrupted" in err
        assert not export.refresh().done


def test_a_terminal_gets_a_table_and_bars(earthengine_contract: EarthEngineContract, body: Path) -> None:
    earthengine_contract.life = "instant"
    main, other = pty.openpty()
    with subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, "exports", "start", str(body), "--wait"],
        env=environment(earthengine_contract), stdin=other, stdout=other, stderr=other,
    ) as process:  # fmt: skip
        os.close(other)
        shown = b""
        while select.select([main], [], [], 60)[0]:
            try:
                data = os.read(main, 4096)
            except OSError:  # the other end was closed
                break
            shown += data
        assert process.wait(timeout=30) == 0
    os.close(main)
    text = shown.decode()
    assert "1 succeeded" in text
    assert "OPERATION" in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l"), "the cursor is shown again"
