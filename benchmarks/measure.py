"""Interleaved rounds, medians and ratios."""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

ROUNDS = 9


def interleaved(runs: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the median seconds of each run. Runs alternate, so that a busy machine slows all of them alike."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(rounds):
        for name, run in runs.items():
            gc.collect()
            started = time.perf_counter()
            run()
            taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(times) for name, times in taken.items()}


def processes(commands: Mapping[str, Sequence[str]], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the median seconds of alternating processes; each runs once before, so that bytecode is cached."""
    return interleaved({name: _process(command) for name, command in commands.items()}, rounds)


def _process(command: Sequence[str]) -> Callable[[], object]:
    # All use cached bytecode, as in normal work, whatever this process was told.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run() -> object:
        return subprocess.run(command, check=True, capture_output=True, env=environment)

    return run


def python(code: str) -> list[str]:
    """Return a command that runs code with this interpreter."""
    return [sys.executable, "-c", code]
