"""Calls of one client on many threads, in a process of their own: what they took, and by how much its memory grew."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from attrs import asdict, frozen
from groundwire import Client
from groundwire_runtime.errors import GroundwireError

from tests.memory import peak

from .shop import NAME, seconds_of


@frozen
class Report:
    """How the calls ended."""

    calls: int
    slowest: float
    """Seconds of the call that took longest."""
    grown: int
    """Bytes."""
    errors: dict[str, int]


def crowd(url: str, *, threads: int, calls: int, **options: float) -> Report:
    """Let each thread make so many calls of a client with these options, without retries."""
    command = [
        sys.executable,
        "-m",
        "tests.promises.crowd",
        url,
        str(threads),
        str(calls),
        json.dumps(options),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)  # noqa: S603 - our own module
    return Report(**json.loads(ran.stdout))


def main(url: str, threads: int, calls: int, options: str) -> None:
    """Make the calls, after one that warms up. Every error is kept, with its traceback, as a program may keep it."""
    errors: list[GroundwireError] = []
    with Client(endpoint=url, retry=None, **json.loads(options)) as client:

        def call() -> None:
            try:
                client.projects.operations.get(NAME)
            except GroundwireError as error:
                errors.append(error)

        def work(_: int) -> float:
            return max(seconds_of(call) for _ in range(calls))

        call()
        before = peak() if sys.platform == "linux" else 0
        with ThreadPoolExecutor(threads) as pool:
            slowest = max(pool.map(work, range(threads)))
        grown = peak() - before if sys.platform == "linux" else 0
    kinds = Counter(type(error).__name__ for error in errors)
    print(json.dumps(asdict(Report(threads * calls, slowest, grown, kinds))))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
