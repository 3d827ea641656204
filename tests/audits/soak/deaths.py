"""Death in the middle: `python -m tests.audits.soak.deaths [--starts N] [--deaths N] [--seed N]`.

A process that starts exports with ids of its own is killed at random moments, and run again with the same ids, until it
has been killed so often as asked for and comes to its end. Then each id is one operation. Exits with 1 when it is not.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys

from attrs import frozen
from groundwire import Client
from groundwire_exports import start_export
from groundwire_runtime.errors import AuthError, OutcomeUnknown

from .proxy import FaultProxy
from .starts import PROJECT, Refreshed, clock, contract_server, request, started

LONGEST = 60.0
"""Seconds that one life may take."""


@frozen(kw_only=True)
class Report:
    """What a run came to."""

    seed: int
    starts: int
    deaths: int
    wrong: dict[str, int]
    """How many operations each export is that is not one."""

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.starts:,} starts through {self.deaths:,} deaths; wrong: {self.wrong or 'none'}"


def run(*, seed: int, starts: int, deaths: int) -> Report:
    """Kill the process so often, let it come to its end, and count the operations."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    killed = 0
    with contract_server() as endpoint:
        host, port = endpoint.removeprefix("http://").split(":")
        with FaultProxy((host, int(port)), seed) as proxy:
            command = [sys.executable, "-m", "tests.audits.soak.deaths", "--child", proxy.endpoint]
            command += ["--seed", str(seed), "--starts", str(starts)]
            while True:
                with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603 - our own command
                    if killed == deaths:
                        assert child.wait(LONGEST) == 0
                        break
                    # It dies between two of its lines, or while nothing is to be seen.
                    assert child.stdout is not None
                    for _ in range(chance.randrange(1 + starts // (deaths + 1))):
                        child.stdout.readline()
                    try:
                        child.wait(chance.random() * 0.02)
                    except subprocess.TimeoutExpired:
                        child.kill()
                    killed += 1
        operations = started(endpoint)
    wanted = {f"death.{number}": 1 for number in range(starts)}
    counts = {name: len(operations.get(name, ())) for name in {*wanted, *operations}}
    wrong = {name: count for name, count in counts.items() if count != wanted.get(name, 0)}
    return Report(seed=seed, starts=starts, deaths=killed, wrong=wrong)


def child(endpoint: str, seed: int, starts: int) -> None:
    """Start every export, in an order of its own, and print the name of each."""
    client = Client(project=PROJECT, endpoint=endpoint, credentials=Refreshed(endpoint), clock=clock(seed))
    order = list(range(starts))
    random.shuffle(order)
    for number in order:
        while True:
            try:
                export = start_export(client, request(f"death.{number}", f"death-{seed}-{number}"))
            except (OutcomeUnknown, AuthError):
                continue
            print(export.name, flush=True)
            break


def main() -> None:
    """Run, print, and exit with 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=200)
    parser.add_argument("--deaths", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311 - a seed
    parser.add_argument("--child", metavar="ENDPOINT")
    options = parser.parse_args()
    if options.child:
        child(options.child, options.seed, options.starts)
        return
    report = run(seed=options.seed, starts=options.starts, deaths=options.deaths)
    print(report)
    sys.exit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
