"""A contract server in a process of its own."""

from __future__ import annotations

import selectors
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SERVE = [sys.executable, "-m", "groundwire_contract", "serve"]


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server in a process of its own, and its endpoint; killed at the end when it still runs."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*SERVE, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    )
    with process:
        try:
            yield process, first_line(process).split()[-1]
        finally:
            if process.poll() is None:
                process.kill()


def first_line(process: subprocess.Popen[bytes], seconds: float = 30) -> str:
    """The first line that a process prints, within so many seconds."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        assert selector.select(seconds), "nothing was printed"
    return process.stdout.readline().decode()
