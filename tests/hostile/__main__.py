"""All hostile cases at their full size: `python -m tests.hostile [--seed N] [--share 0.1] [KIND ...]`."""

from __future__ import annotations

import argparse
import sys
import time

from tests.hostile.kinds import KINDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="The part of the full size that is run.")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(kind.name for kind in KINDS))
    asked = parser.parse_args()
    started, faults, cases = time.monotonic(), 0, 0
    for kind in KINDS:
        if asked.kinds and kind.name not in asked.kinds:
            continue
        tally = kind.run(max(round(kind.full * asked.share), 1), asked.seed)
        print(tally, flush=True)
        for fault in tally.faults[:20]:
            print(f"    {fault!a}", flush=True)
        faults, cases = faults + len(tally.faults), cases + tally.cases
    print(f"{cases:,d} cases, {faults} faults in {time.monotonic() - started:.0f} s (seed {asked.seed})")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
