"""`against_contract.py PYTHON FOLDER`: let another interpreter start an export with the copy in FOLDER."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from groundwire_contract.fixture import running

SCRIPT = Path(__file__).with_name("start_export.py")


def start_export(python: str, folder: Path) -> str:
    """What the script printed."""
    contract = running()
    try:
        done = subprocess.run(  # noqa: S603 - our own script
            [python, str(SCRIPT), contract.endpoint],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "PYTHONPATH": str(folder)},
        )
    finally:
        contract.stop()
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout.strip()


if __name__ == "__main__":
    assert start_export(sys.argv[1], Path(sys.argv[2])) == "True"
    print("the vendored copy started an export")
