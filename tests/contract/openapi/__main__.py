"""`python -m tests.contract.openapi [OPTIONS OF SCHEMATHESIS]`: the document and the server against each other."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from groundwire_codegen.schema import json_text
from groundwire_contract.clock import SteppedClock
from groundwire_contract.contract import load
from groundwire_contract.openapi import document
from groundwire_contract.server.http import ServerThread
from groundwire_contract.service import Service

CHECKS = "as_documented,status_code_conformance,content_type_conformance,response_schema_conformance"

ROOT = Path(__file__).parents[3]


def main() -> int:
    contract = load()
    with (
        tempfile.TemporaryDirectory() as folder,
        ServerThread(Service(contract, clock=SteppedClock())) as server,
    ):
        path = Path(folder) / "openapi.json"
        path.write_text(json_text(document(contract.api)), encoding="utf-8")
        command = [
            "schemathesis", "run", str(path), "--url", server.endpoint, "--seed", "1", "--max-examples", "30",
            "--phases", "coverage,fuzzing", "--mode", "all", "--checks", CHECKS, "--no-color", "--continue-on-failure",
            "--suppress-health-check", "all", "--warnings", "off", *sys.argv[1:],
        ]  # fmt: skip
        environment = {
            **os.environ,
            "SCHEMATHESIS_HOOKS": "tests.contract.openapi.checks",
            "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", ""))).rstrip(os.pathsep),
        }
        # It leaves what it found in the folder that it runs in.
        return subprocess.run(command, env=environment, cwd=folder, check=False).returncode  # noqa: S603 - our own command


if __name__ == "__main__":
    sys.exit(main())
