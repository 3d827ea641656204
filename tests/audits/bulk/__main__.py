"""All runs of the session `bulk`; a row is printed when its run has ended. Exits with 1 when something is wrong."""

from __future__ import annotations

import argparse
import sys

from tests.exports.batch import postgres

from . import peer, quiet
from .kills import Scenario, run

SCENARIOS = (
    Scenario(ledger="sqlite", exports=500, kills=60, queue=20, processes=1),
    Scenario(ledger="sqlite", exports=500, kills=60, queue=20, processes=3, seed=2, burns=False),
    Scenario(ledger="postgres", exports=500, kills=60, queue=20, processes=4, server_kills=6),
    Scenario(ledger="sqlite", exports=3000, kills=60, queue=300, threads=8),
    Scenario(ledger="postgres", exports=3000, kills=60, queue=60, speed=2.0, processes=4, server_kills=6),
)
"""Queues are short, and operations slow, so that a batch lives through all of its kills."""


def main() -> int:
    """Run them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", help="numbers of runs, from 1, such as 1,3; all by default")
    chosen = parser.parse_args().runs
    numbers = [int(each) for each in chosen.split(",")] if chosen else range(1, len(SCENARIOS) + 1)
    wrong = 0
    if not chosen:
        print(quiet.run(), flush=True)
        compared = peer.run()
        print(compared, flush=True)
        wrong += "WRONG" in compared
    for number in numbers:
        scenario = SCENARIOS[number - 1]
        if scenario.ledger == "postgres" and postgres.reason():
            print(f"skipped: {postgres.reason()}")
            continue
        outcome = run(scenario)
        print(outcome, flush=True)
        wrong += bool(outcome.doubled or outcome.lost or outcome.wrong)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
