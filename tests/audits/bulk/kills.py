"""Batches under fire: `python -m tests.audits.bulk.kills --ledger sqlite|postgres [--exports N] [--kills N] ...`.

Processes run one batch, through a proxy that breaks requests, and are killed with SIGKILL at random moments, until as many
have been killed as asked for. PostgreSQL itself is killed and started again too. In the end every export is one operation,
and the ledger says how each ended. Exits with 1 when that does not hold.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import groundwire as gw
from attrs import define, field, frozen
from groundwire import Client, OperationMetadata
from groundwire_exports import unmarked
from groundwire_exports.batch import Report, State

from tests.audits.soak.proxy import Fate, FaultProxy
from tests.exports.batch.postgres import Server

from .runner import PROJECT, TOO_LARGE, clock, new_batch

LAG: Final = 0.1
"""Seconds of real time by which listings lag."""
PATIENCE: Final = 900.0
"""Real seconds of a run."""


@frozen(kw_only=True)
class Scenario:
    """What a run does. `server_kills`: of PostgreSQL."""

    ledger: str
    exports: int = 100
    kills: int = 10
    server_kills: int = 0
    processes: int = 1
    queue: int = 10
    faults: float = 0.15
    speed: float = 4.0
    threads: int = 4
    slow: bool = True
    seed: int = 1
    burns: bool = True
    """A full queue uses up the ids that it refuses."""


@frozen(kw_only=True)
class Outcome:
    """What a run came to."""

    scenario: Scenario
    seconds: float
    operations: int
    doubled: tuple[str, ...]
    lost: tuple[str, ...]
    requests: Counter[str]
    hit: int
    sends: Counter[int]
    """How many exports were sent so many times."""
    used_up: int
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        done = self.scenario
        again = sum(count for sends, count in self.sends.items() if sends > 1)
        line = (
            f"{done.ledger}, {done.processes} process(es), {done.exports:,} exports, {done.kills} kills"
            f"{f' and {done.server_kills} of the server' if done.server_kills else ''}, {done.faults:.0%} faults, queue {done.queue}"
            f"{'' if done.burns else ', full queue uses up no id'}, seed {done.seed}: "
            f"{self.operations:,} operations, {len(self.doubled)} doubled, {len(self.lost)} lost; "
            f"{self.requests['start']:,} starts + {self.requests['list']:,} listings + {self.requests['other']:,} others, "
            f"{self.hit:,} hit by faults; {again:,} sent more than once (up to {max(self.sends, default=0)} times), "
            f"{self.used_up} ids used up; {self.seconds:.0f} s"
        )
        return "\n".join([line, *(f"WRONG: {each}" for each in (*self.doubled, *self.lost, *self.wrong))])


@define(eq=False)
class CountingProxy(FaultProxy):
    """A proxy that counts what comes."""

    requests: Counter[str] = field(factory=Counter[str])

    def fate(self, request: bytes) -> Fate:
        """What becomes of a request that has come."""
        line = request.partition(b"\r\n")[0]
        kind = (
            "start"
            if b":export" in line
            else "list"
            if b"/operations?" in line or b"/operations " in line
            else "other"
        )
        with self._lock:
            self.requests[kind] += 1
        return super().fate(request)


@contextmanager
def contract_server(queue: int, speed: float, *, burns: bool = True) -> Iterator[str]:
    """The endpoint of a contract server in a process of its own."""
    command = [sys.executable, "-m", "groundwire_contract", "serve", "--port", "0", "--speed", str(speed)]
    command += ["--queue-limit", str(queue), "--listing-lag", str(LAG)]
    command += [] if burns else ["--relax", "queue-full-burns-id"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
        try:
            assert server.stdout is not None
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()


@define
class Processes:
    """The processes of a run, one killed and another one begun in its place."""

    command: list[str]
    count: int
    chance: random.Random
    running: list[subprocess.Popen[bytes]] = field(factory=list[subprocess.Popen[bytes]])

    def begin(self) -> None:
        """Begin all of them."""
        self.running = [self._new() for _ in range(self.count)]

    def kill_one(self) -> bool:
        """Kill one of them by SIGKILL; False if it had ended."""
        number = self.chance.randrange(len(self.running))
        process = self.running[number]
        alive = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.running[number] = self._new()
        return alive

    def wait(self, seconds: float) -> list[str]:
        """Wait for their ends, and say what is wrong with these."""
        wrong: list[str] = []
        for process in self.running:
            try:
                if process.wait(seconds):
                    wrong.append(f"a process ended with {process.returncode}")
            except subprocess.TimeoutExpired:
                wrong.append("a process did not come to its end")
        self.stop()
        return wrong

    def stop(self) -> None:
        """End all that are left."""
        for process in self.running:
            process.kill()
            process.wait()

    def _new(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self.command, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command


@contextmanager
def ledger_of(scenario: Scenario) -> Iterator[tuple[str, Server | None]]:
    """Where the ledger is, and the server that has it."""
    if scenario.ledger == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield str(Path(folder) / "bulk.sqlite"), None
        return
    server = Server()
    try:
        server.start()
        yield server.url, server
    finally:
        server.stop()


def run(scenario: Scenario) -> Outcome:
    """Kill processes as often as asked for, let the batch come to its end, and count operations."""
    begun = time.monotonic()
    chance = random.Random(scenario.seed)  # noqa: S311 - moments, not secrets
    with (
        contract_server(scenario.queue, scenario.speed, burns=scenario.burns) as endpoint,
        ledger_of(scenario) as (location, server),
    ):
        host, port = endpoint.removeprefix("http://").split(":")
        with CountingProxy((host, int(port)), scenario.seed, scenario.faults) as proxy:
            command = [sys.executable, "-m", "tests.audits.bulk.runner", proxy.endpoint, location]
            command += ["--exports", str(scenario.exports), "--threads", str(scenario.threads)]
            processes = Processes(command + ["--slow"] * scenario.slow, scenario.processes, chance)
            try:
                processes.begin()
                kills = _kill(processes, scenario, server, chance)
                wrong = processes.wait(PATIENCE)
            finally:
                processes.stop()
            client = Client(
                project=PROJECT, endpoint=endpoint, credentials=gw.credentials.Token("bulk"), clock=clock()
            )
            with new_batch(client, location, 1) as batch:
                report, log = batch.report(), Counter(event.event for event in batch.events())
            if kills < scenario.kills:
                wrong.append(f"only {kills} processes were alive when they were killed")
            return _judged(scenario, report, log, client, proxy, wrong, time.monotonic() - begun)


def _kill(processes: Processes, scenario: Scenario, server: Server | None, chance: random.Random) -> int:
    """Kill processes, and the database in between, and return how many were alive."""
    kills = 0
    for number in range(scenario.kills):
        time.sleep(0.4 + 1.2 * chance.random())
        kills += processes.kill_one()
        if server is not None and number * scenario.server_kills // scenario.kills != (
            (number + 1) * scenario.server_kills // scenario.kills
        ):
            server.kill()
            time.sleep(chance.random())
            server.start()
    return kills


def _judged(
    scenario: Scenario,
    report: Report,
    log: Counter[str],
    client: Client,
    proxy: CountingProxy,
    wrong: list[str],
    seconds: float,
) -> Outcome:
    operations = Counter(
        unmarked(each.metadata.description or "")
        for each in client.projects.operations.list()
        if isinstance(each.metadata, OperationMetadata)
    )
    keys = {f"t{number}" for number in range(scenario.exports)}
    failing = {f"t{number}" for number in range(0, scenario.exports, TOO_LARGE)}
    wanted = {key: State.FAILED if key in failing else State.SUCCEEDED for key in keys}
    states = {row.key: row.state for row in report.rows}
    wrong += [
        f"{key} is {states.get(key)}, not {wanted[key]}"
        for key in sorted(keys)
        if states.get(key) != wanted[key]
    ]
    wrong += [f"nobody asked for {key}" for key in sorted(operations.keys() - keys)]
    return Outcome(
        scenario=scenario,
        seconds=seconds,
        operations=operations.total(),
        doubled=tuple(f"{key} is {count} operations" for key, count in operations.items() if count > 1),
        lost=tuple(f"{key} is no operation" for key in sorted(keys - operations.keys())),
        requests=proxy.requests,
        hit=proxy.faults.total() - proxy.faults["none"],
        sends=Counter(row.sent for row in report.rows),
        used_up=log["used up"],
        wrong=tuple(wrong),
    )


def main() -> None:
    """Run, print, and exit with 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ledger", choices=("sqlite", "postgres"), default="sqlite")
    for name, default in (
        ("exports", 100),
        ("kills", 10),
        ("server-kills", 0),
        ("processes", 1),
        ("queue", 10),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--faults", type=float, default=0.15)
    parser.add_argument("--speed", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slow", action="store_true")
    options = vars(parser.parse_args())
    with suppress(KeyboardInterrupt):
        outcome = run(Scenario(**options))
        print(outcome)
        sys.exit(1 if outcome.doubled or outcome.lost or outcome.wrong else 0)


if __name__ == "__main__":
    main()
