"""Fuzzing under atheris, which follows what of the runtime an input reaches.

`python -m tests.vectors.fuzzing [EXAMPLES [FOLDER]]` runs every target of `fuzz.py`, each in a process of its own;
an input that breaks one is kept in FOLDER.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

EXAMPLES: Final = 1_000_000
SHARES: Final = {
    "decoding": 0.4,
    "mutated": 0.2,
    "error_body": 0.1,
    "template": 0.1,
    "value": 0.1,
    "waiting": 0.1,
}
"""What part of all examples a target gets."""
LONGEST: Final = 4_096
"""Bytes of an input."""


def run(target: str, examples: int, folder: Path) -> int:
    """Run one target; how many examples it took."""
    started = time.monotonic()
    command = [sys.executable, "-m", "tests.vectors.fuzzing", "--target", target, str(folder), str(examples)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own process
    executed = [line.split()[-1] for line in ended.stderr.splitlines() if "number_of_executed_units" in line]
    if ended.returncode or not executed:
        sys.exit(f"{target}: {ended.stdout[-4_000:]}{ended.stderr[-4_000:]}\nthe input is in {folder}")
    print(f"{target:12s} {int(executed[0]):>9,d} examples in {time.monotonic() - started:6.0f} s", flush=True)
    return int(executed[0])


def _target(name: str, folder: Path, examples: str) -> None:
    import atheris  # type: ignore[import-not-found,unused-ignore] # installed by the session alone

    with atheris.instrument_imports(
        include=["groundwire_runtime", "groundwire", "groundwire_codegen.read.uri_template"]
    ):
        from . import fuzz
    corpus = folder / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(fuzz.seeds(name)):
        (corpus / f"seed{number}").write_bytes(seed)
    limits = [
        f"-runs={examples}",
        f"-max_len={LONGEST}",
        "-timeout=20",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    atheris.Setup(
        [sys.argv[0], str(corpus), *limits, f"-artifact_prefix={folder}/{name}-"], fuzz.TARGETS[name]
    )
    atheris.Fuzz()


def main(arguments: list[str]) -> None:
    """Run all targets, or, as a child, one of them."""
    if arguments[:1] == ["--target"]:
        _target(arguments[1], Path(arguments[2]), arguments[3])
        return
    examples = int(arguments[0]) if arguments else EXAMPLES
    folder = Path(arguments[1] if len(arguments) > 1 else ".fuzz").resolve()
    total = sum(run(target, int(examples * share), folder) for target, share in SHARES.items())
    print(f"{total:,d} examples, nothing but errors of our own")


if __name__ == "__main__":
    main(sys.argv[1:])
