"""Starts under fire: `python -m tests.audits.soak.starts [--starts N] [--threads N] [--seed N]`.

Many threads start exports of several users through a proxy that hits three in ten requests, the listing too; one start
in four is in a hurry, so that it ends in OutcomeUnknown every so often. The queue is short, so that it is full every so
often, and listings lag. In the end every export is one operation, every operation has a caller that can name it, every
OutcomeUnknown was settled, and no error that says that nothing was started came when the operation was there. Exits with 1
when that does not hold, and prints the seed, with which the same faults come again.
"""

from __future__ import annotations

import argparse
import itertools
import random
import subprocess
import sys
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from tempfile import NamedTemporaryFile
from typing import Final, Literal

import google.auth.credentials
import groundwire
from attrs import frozen
from groundwire import Client, ExportImageRequest, Expression, Operation, OperationMetadata, ValueNode
from groundwire_exports import Export, QueueFull, start_export, unmarked
from groundwire_exports.arguments import Projects
from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import GroundwireError, OutcomeUnknown
from groundwire_runtime.retry import StartedOperations

from .proxy import TOKENS, FaultProxy

PROJECT: Final = "soak"
FASTER: Final = 50.0
"""How much faster than real time the clients' clock runs."""
SETTLING: Final = 20
"""Calls that an unknown outcome is given to settle."""
USERS: Final = 4
"""Users that share the project, each with a client and ids of its own."""
HURRIED: Final = 4.0
"""Seconds of the clients' clock that the first call of a start in a hurry has."""
QUEUE: Final = 6
"""Unfinished operations that the queue holds."""
LAG: Final = 0.1
"""Seconds of real time, 5 of the clients' clock, by which listings lag."""
PATIENCE: Final = 3600.0
"""Seconds of the clients' clock in which a start waits for room."""


class Refreshed(google.auth.credentials.Credentials):  # type: ignore[misc] # google-auth is untyped here
    """A token of a user; each refresh gives another one, and the caller stays the same.

    Every refresh asks the endpoint, which knows no tokens, and takes any answer: what fails is the way there.
    """

    def __init__(self, endpoint: str, user: str = "soak") -> None:
        super().__init__()  # type: ignore[no-untyped-call] # as above
        self._endpoint = endpoint
        self._tokens = itertools.cycle([user, f"{user}-refreshed"])

    def refresh(self, request: Callable[[str, str], object]) -> None:
        request(f"{self._endpoint}{TOKENS}", "POST")
        self.token = next(self._tokens)


@frozen(kw_only=True)
class Report:
    """What a run came to."""

    seed: int
    starts: int
    seconds: float
    faults: Counter[str]
    token_faults: int
    unknown: int
    """Starts that met OutcomeUnknown on the way."""
    refused: int
    """Starts that ended with an error that says that nothing was started."""
    full: int
    """Calls that ended with QueueFull."""
    denied: int
    """Errors that said that nothing was started."""
    untrue: int
    """Those of them that came when the operation was there."""
    wrong: tuple[str, ...]
    """What must not be."""

    def __str__(self) -> str:
        hit = self.faults.total() - self.faults["none"]
        lines = [
            (
                f"seed {self.seed}: {self.starts:,} starts in {self.seconds:.1f} s; "
                f"{hit:,} of {self.faults.total():,} requests hit"
            ),
            *(f"  {count:7,} {fault}" for fault, count in sorted(self.faults.items())),
            f"  {self.token_faults:,} of these at the token endpoint",
            f"  {self.unknown:,} starts met an unknown outcome; {self.refused:,} ended in an error: nothing was started",
            (
                f"  {self.full:,} calls met a full queue; of {self.denied:,} errors that said that nothing was started, "
                f"{self.untrue:,} were untrue"
            ),
        ]
        return "\n".join([*lines, *(f"WRONG: {each}" for each in self.wrong)])


def clock(seed: object) -> Clock:
    """A clock that runs fast, with chance and ids of its own."""
    chance = random.Random(str(seed))  # noqa: S311 - delays and ids, not secrets
    return Clock(
        monotonic=lambda: time.monotonic() * FASTER,
        sleep=lambda seconds: time.sleep(seconds / FASTER),
        random=chance.random,
        new_id=lambda: str(uuid.UUID(int=chance.getrandbits(128), version=4)),
    )


@frozen
class Caller:
    """A client as one caller has it: with a clock of its own, so that its ids are the same in every run."""

    projects: Projects
    started: StartedOperations
    clock: Clock


def request(name: str, request_id: str | None = None) -> ExportImageRequest:
    """An export that can be told from all others by its description."""
    return ExportImageRequest(
        expression=Expression(result="0", values={"0": ValueNode.ConstantValue(1)}),
        description=name,
        request_id=request_id,
        export_options=groundwire.ImageFileExportOptions(
            file_format=groundwire.ImageFileFormat.GEO_TIFF,
            destination=groundwire.CloudStorageDestination(bucket="b", filename_prefix=name),
        ),
    )


@contextmanager
def contract_server() -> Iterator[str]:
    """The endpoint of a contract server in a process of its own, whose operations live for a moment only."""
    command = [sys.executable, "-m", "groundwire_contract", "serve", "--port", "0", "--speed", "100"]
    command += ["--queue-limit", str(QUEUE), "--listing-lag", str(LAG)]
    users = [f"user-{user}" for user in range(USERS)]
    grants = "".join(
        f'[[token]]\nvalue = "{token}"\ncaller = "{user}"\n'
        for user in users
        for token in (user, f"{user}-refreshed")
    )
    with NamedTemporaryFile("w", suffix=".toml") as tokens:
        tokens.write(grants)
        tokens.flush()
        command += ["--tokens", tokens.name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
            try:
                assert server.stdout is not None
                yield server.stdout.readline().split()[-1]
            finally:
                server.terminate()


def started(endpoint: str) -> dict[str, list[str]]:
    """The names of the operations that the server has, by their descriptions without marks."""
    return {name: [each.name or "" for each in found] for name, found in _operations(endpoint).items()}


def _operations(endpoint: str) -> dict[str, list[Operation]]:
    time.sleep(LAG)
    client = Client(project=PROJECT, endpoint=endpoint, credentials=groundwire.credentials.Token("soak"))
    found: defaultdict[str, list[Operation]] = defaultdict(list)
    for each in client.projects.operations.list():
        if isinstance(each.metadata, OperationMetadata):
            found[unmarked(each.metadata.description or "")].append(each)
    return dict(found)


def run(*, seed: int, starts: int, threads: int) -> Report:
    """Start so many exports under fire, and look at what came of them."""
    begun = time.monotonic()
    with contract_server() as endpoint:
        host, port = endpoint.removeprefix("http://").split(":")
        with FaultProxy((host, int(port)), seed) as proxy:
            clients = [
                Client(
                    project=PROJECT,
                    endpoint=proxy.endpoint,
                    credentials=Refreshed(proxy.endpoint, f"user-{user}"),
                    clock=clock(f"{seed}:user-{user}"),
                )
                for user in range(USERS)
            ]
            denials: list[Denial] = []
            with ThreadPoolExecutor(threads) as pool:
                outcomes = list(
                    pool.map(
                        lambda number: _outcome(clients[number % USERS], seed, number, denials), range(starts)
                    )
                )
            for client in clients:
                client.close()
        operations = _operations(endpoint)
    names = {name: [each.name or "" for each in found] for name, found in operations.items()}
    untrue = [each for each in denials if _is_untrue(each, operations.get(f"soak.{each.number}", []))]
    return Report(
        seed=seed,
        starts=starts,
        seconds=time.monotonic() - begun,
        faults=proxy.faults,
        token_faults=proxy.token_faults,
        unknown=sum(unknown for _, unknown in outcomes),
        refused=sum(isinstance(outcome, GroundwireError) for outcome, _ in outcomes),
        full=sum(isinstance(each.error, QueueFull) for each in denials),
        denied=len(denials),
        untrue=len(untrue),
        wrong=(*_wrong(outcomes, names), *(f"untrue: {each}" for each in untrue)),
    )


@frozen
class Denial:
    """An error that says that its call started nothing, and when it came, by Unix time."""

    number: int
    error: GroundwireError
    at: float


def _is_untrue(denial: Denial, operations: list[Operation]) -> bool:
    """Whether the operation was there when an error said that nothing was started."""
    created = [
        each.metadata.create_time for each in operations if isinstance(each.metadata, OperationMetadata)
    ]
    return any(each is not None and each.timestamp() <= denial.at for each in created)


Outcome = tuple[Export | GroundwireError | None, int]
"""The export, or the error that says that there is none, or None where nobody knows; and whether it was unknown."""


def _outcome(client: Client, seed: int, number: int, denials: list[Denial]) -> Outcome:
    # Of every user's starts every other one brings an id of its own, one in four of these and those is in a hurry, and
    # all others wait for room when the queue is full.
    turn = number // USERS
    request_id = f"soak-{seed}-{number}" if turn % 2 else None
    timeout = HURRIED if turn % 8 < 2 else PATIENCE
    on_full: Literal["raise", "wait"] = "raise" if turn % 8 < 2 else "wait"
    caller = Caller(client.projects, client.started, clock(f"{seed}:{number}"))
    unknown = 0
    for _ in range(SETTLING):
        sent = request(f"soak.{number}", request_id)
        try:
            return start_export(caller, sent, timeout=timeout, on_full=on_full), unknown
        except OutcomeUnknown as error:
            request_id, unknown, timeout = error.request_id, 1, PATIENCE
        except GroundwireError as error:
            # It says of its own call that nothing was started, and nothing of an earlier one.
            if not unknown:
                denials.append(Denial(number, error, time.time()))
                if not isinstance(error, QueueFull):
                    return error, unknown
            timeout, on_full = PATIENCE, "wait"
    return None, unknown


def _wrong(outcomes: list[Outcome], operations: dict[str, list[str]]) -> Iterator[str]:
    left = dict(operations)
    for number, (outcome, unknown) in enumerate(outcomes):
        names = left.pop(f"soak.{number}", [])
        if outcome is None:
            yield f"start {number} was not settled"
        elif isinstance(outcome, Export):
            if names != [outcome.name]:
                yield f"start {number} was given {outcome.name}, and is {names}"
        elif names:
            yield f"start {number} ended with {outcome!r} (unknown before: {unknown}), and is {names}"
    if left:
        yield f"operations that nobody started: {sorted(left)[:5]}"


def main() -> None:
    """Run, print, and exit with 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311 - a seed
    options = parser.parse_args()
    report = run(seed=options.seed, starts=options.starts, threads=options.threads)
    print(report)
    sys.exit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
