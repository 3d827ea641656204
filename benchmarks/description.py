"""Generation of a client from a large OpenAPI document, beside openapi-python-client."""

from __future__ import annotations

import gzip
import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

LIMIT: Final = 1_800
"""Seconds that one run may take."""
ROUNDS: Final = 3
PEER: Final = "openapi-python-client"
FORMATTED: Final = "openapi-python-client with ruff"
"""As it comes: ruff formats what it wrote, which makes it look as our own output does."""


@frozen
class Seconds:
    """The time of a run, of the CPU and by the clock."""

    cpu: float
    wall: float


def run() -> list[tuple[str, str, float]]:
    """Return rows of (figure, peer, ratio), by CPU: a busy machine slows the clock more than the work."""
    packed = Path(os.environ.get("GROUNDWIRE_VECTORS") or "") / "openapi" / "github.json.gz"
    if not packed.is_file():
        print("not measured: GROUNDWIRE_VECTORS names no folder with openapi/github.json.gz")
        return []
    if importlib.util.find_spec("openapi_python_client") is None:
        print("not measured: openapi-python-client is not installed")
        return []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "github.json").write_bytes(gzip.decompress(packed.read_bytes()))
        found = _medians(_commands(folder), folder / "out")
    for what, taken in found.items():
        print(f"github.json: {what} {taken.cpu:.1f} s of CPU, {taken.wall:.1f} s by the clock")
    return [
        ("generate 1,223 operations", peer, found["ours"].cpu / found[peer].cpu) for peer in (PEER, FORMATTED)
    ]


def _commands(folder: Path) -> dict[str, list[str]]:
    document, bare = folder / "github.json", folder / "bare.yaml"
    bare.write_text("post_hooks: []\n", "utf-8")
    theirs = ["openapi_python_client", "generate", "--path", str(document), "--meta", "none"]
    return {
        "ours": ["groundwire_codegen", "generate", str(document), "--out"],
        PEER: [*theirs, "--config", str(bare), "--output-path"],
        FORMATTED: [*theirs, "--output-path"],
    }


def _medians(commands: Mapping[str, list[str]], out: Path) -> dict[str, Seconds]:
    """Return the medians of runs that take turns. One of ours comes before: bytecode is cached, as where it is installed."""
    taken: dict[str, list[Seconds]] = {what: [] for what in commands}
    _seconds(commands["ours"], out)
    for _ in range(ROUNDS):
        for what, command in commands.items():
            taken[what].append(_seconds(command, out))
    return {
        what: Seconds(
            statistics.median(each.cpu for each in runs), statistics.median(each.wall for each in runs)
        )
        for what, runs in taken.items()
    }


def _seconds(arguments: list[str], out: Path) -> Seconds:
    """Return what a run takes that writes into a new folder."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # The peer finds ruff beside the interpreter.
    environment["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), environment.get("PATH", "")))
    shutil.rmtree(out, ignore_errors=True)
    before = os.times()
    subprocess.run(
        [sys.executable, "-m", *arguments, str(out)],
        check=True,
        capture_output=True,
        timeout=LIMIT,
        env=environment,
    )
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Seconds(cpu, after.elapsed - before.elapsed)
