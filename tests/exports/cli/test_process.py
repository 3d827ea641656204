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
import pytest
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


def shell(
    contract: EarthEngineContract, line: str, *, keep: tuple[int, ...] = (), **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell, where "$@" is the command. Its exit code is that of the command."""
    return subprocess.run(  # noqa: S603 - our own command
        ["/bin/bash", "-o", "pipefail", "-c", line, "bash", *COMMAND],
        env=environment(contract) | variables, capture_output=True, timeout=60, check=False, encoding="latin-1",
        pass_fds=keep,
    )  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [*(f"exports explain --format {form}" for form in ("table", "json", "names", "csv")), "--help",
     "exports --help", "exports start --help", "--version"],
)  # fmt: skip
def test_output_that_cannot_be_written_ends_the_command(
    earthengine_contract: EarthEngineContract, words: str
) -> None:
    full = shell(earthengine_contract, f'"$@" {words} > /dev/full')
    problem = "error: the output cannot be written: No space left on device\n"
    assert (full.returncode, full.stderr) == (74, problem)
    reader, writer = os.pipe()
    os.close(reader)
    gone = shell(earthengine_contract, f'"$@" {words} >&{writer}', keep=(writer,))
    os.close(writer)
    assert (gone.returncode, gone.stderr) == (141, "")


def test_a_closed_stdout_is_told(earthengine_contract: EarthEngineContract) -> None:
    closed = shell(earthengine_contract, '"$@" exports explain >&-')
    assert (closed.returncode, closed.stderr.count("\n")) == (74, 1), closed.stderr


@pytest.mark.parametrize("form", ["table", "csv", "names"])
def test_a_character_that_stdout_lacks_is_replaced(
    earthengine_contract: EarthEngineContract, body: Path, form: str
) -> None:
    named = body.rename(body.with_name("d\u00e9m-\u2603.json"))
    line = f'"$@" exports run --dry-run --format {form} --name n --ledger {body.parent}/n.sqlite {named}'
    done = shell(earthengine_contract, line, PYTHONIOENCODING="latin-1", COLUMNS="200")
    assert done.returncode == 0, done.stderr
    assert "d\u00e9m-?" in done.stdout
