"""A server in a process of its own, and how programs of public clients run against it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.contract.official.families import FOLDER, Program
from tests.contract.official.server import Server
from tests.contract.process import serving

MODULES = "GROUNDWIRE_NODE_MODULES"
NODE = shutil.which("node")
WORKER = "tests.contract.official.worker"
Run = Callable[[Program], None]


@pytest.fixture(scope="session")
def shared() -> Iterator[Server]:
    """A server with declared assets, whose operations move on by two seconds with each look."""
    with serving("--clock", "stepped", "--assets", str(FOLDER / "assets.json")) as (_, endpoint):
        yield Server(endpoint)


@pytest.fixture
def server(shared: Server) -> Server:
    """The server, with the declared assets alone."""
    shared.control("POST", "reset")
    return shared


@pytest.fixture(scope="session")
def workers() -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Processes that have imported a client, by module; each forks for every program."""
    started: dict[str, subprocess.Popen[str]] = {}
    yield started
    for process in started.values():
        with process:
            assert process.stdin is not None
            process.stdin.close()


@pytest.fixture
def run(server: Server, workers: dict[str, subprocess.Popen[str]]) -> Run:
    """Run one program; fail with what it printed."""

    def call(program: Program) -> None:
        if program.language == "javascript":
            _script(program, server)
        else:
            _function(program, server, workers)

    return call


def _function(program: Program, server: Server, workers: dict[str, subprocess.Popen[str]]) -> None:
    if find_spec(program.client) is None:
        pytest.skip(f"{program.client} is not installed")
    module = f"{__package__}.{program.module.replace('/', '.')}"
    if module not in workers:
        workers[module] = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-W", "ignore", "-m", WORKER, module, server.endpoint],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
    process = workers[module]
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{program.name}\n")
    answer = process.stdout.readline()
    assert answer, f"the worker of {module} has ended"
    failure = json.loads(answer)
    if failure is not None:
        pytest.fail(failure, pytrace=False)


def _script(program: Program, server: Server) -> None:
    if NODE is None or MODULES not in os.environ:
        pytest.skip(f"there is no node, or {MODULES} is not set")
    module = Path(FOLDER, program.module)
    done = subprocess.run(  # noqa: S603 - our own script
        [NODE, FOLDER / "javascript" / "run.js", module, program.name, server.endpoint],
        env={**os.environ, "NODE_PATH": os.environ[MODULES]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)
