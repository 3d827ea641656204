"""`groundwire-contract record`, run as users run it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from groundwire_contract.cli import main

from tests.runtime.wire.authority import authority
from tests.runtime.wire.reply import SILENCE, plain
from tests.runtime.wire.server import Wire

from ..process import first_line
from ..wire import OPERATIONS, ask

RECORD = [sys.executable, "-m", "groundwire_contract", "record"]


@contextmanager
def recording(
    url: str, out: Path, *, options: tuple[str, ...] = (), **environment: str
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A proxy in a process of its own, and its endpoint; killed at the end when it still runs."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*RECORD, "--to", url, "--out", str(out), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env={**os.environ, **environment},
    )
    with process:
        try:
            yield process, first_line(process).split()[-1]
        finally:
            if process.poll() is None:
                process.kill()


def test_a_foreign_host_is_not_passed_on(tmp_path: Path) -> None:
    out = tmp_path / "traffic.jsonl"
    with Wire() as wire, recording(wire.url, out, options=("--allow-host", "contract")) as (_, address):
        for host, status in (("elsewhere.example", 403), ("localhost", 200), ("contract:80", 200)):
            assert ask(address, "GET", OPERATIONS, None, {"host": host}).status == status
    assert len(out.read_text().splitlines()) == 2


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_says_what_went_by_and_stops(tmp_path: Path, sent: signal.Signals) -> None:
    out = tmp_path / "traffic.jsonl"
    with Wire() as wire, recording(wire.url, out) as (process, address):
        assert ask(address, "GET", OPERATIONS).json == {}
        assert first_line(process) == f"GET {OPERATIONS} 200 accepted\n"
        process.send_signal(sent)
        assert process.wait(timeout=10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert [json.loads(line)["path"] for line in out.read_text().splitlines()] == [OPERATIONS]


def ask_in_vain(address: str) -> None:
    """Make a call that the end of the proxy cuts short, in one way or another."""
    with suppress(OSError, http.client.HTTPException):
        ask(address, "GET", OPERATIONS)


def test_a_call_that_is_held_does_not_hold_the_end(tmp_path: Path) -> None:
    out = tmp_path / "traffic.jsonl"
    with Wire(answers=[plain(), SILENCE]) as wire, recording(wire.url, out) as (process, address):
        ask(address, "GET", OPERATIONS)
        held = threading.Thread(target=ask_in_vain, args=(address,))
        held.start()
        while len(wire.requests) < 2:
            wire.release.wait(0.01)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
        held.join(10)
    assert len(out.read_text().splitlines()) == 1


def test_https_is_passed_on_to_who_can_be_trusted(tmp_path: Path) -> None:
    out, trusted = tmp_path / "traffic.jsonl", tmp_path / "authority.pem"
    trusted.write_text(authority().pem)
    with Wire(tls=authority().server()) as wire:
        with recording(wire.url, out, SSL_CERT_FILE=str(trusted)) as (_, address):
            assert ask(address, "GET", OPERATIONS).status == 200
        with recording(wire.url, out) as (_, address):
            refused = ask(address, "GET", OPERATIONS)
    assert refused.status == 502
    assert "certificate" in refused.message.lower()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "--allow-remote"),  # noqa: S104 - what is refused
        (["--out", "."], "."),
        (["--relax", "nothing"], "nothing"),
        (["--overlay", "x"], "--spec"),
        (["--spec", "no-such-file.json"], "no-such-file.json"),
    ],
)
def test_what_is_refused_exits_with_2(tmp_path: Path, options: list[str], said: str) -> None:
    out = ["--out", str(tmp_path / "traffic.jsonl")] if "--out" not in options else []
    done = CliRunner().invoke(main, ["record", "--to", "http://127.0.0.1:1", *out, *options])
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
