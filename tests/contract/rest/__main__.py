"""`python -m tests.contract.rest [OPTIONS OF SCHEMATHESIS]`: a document and the server of it against each other.

Every method has an answer, so that a valid request is 2xx and an invalid one is refused.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from groundwire_contract import Answer, serving

from .huts import DOCUMENT

CHECKS = (
    "positive_data_acceptance,negative_data_rejection,unsupported_method,missing_required_header,"
    "content_type_conformance,response_schema_conformance,not_a_server_error"
)
HUT = {"id": 1, "name": "A"}
# Names that no parameter has may be members of an exploded object that is open. One part of a form may be an array of one item.
JUDGED = (
    DOCUMENT.replace(b"from: {type: string}}}", b"from: {type: string}}, additionalProperties: false}")
    .replace(b"tags: {type: array, items: {type: string}}\n        place", b"place")
    .replace(b"encoding: {tags: {style: form, explode: false}}", b"")
)
ANSWERS: dict[str, object] = {
    "listHuts": [HUT],
    "addHut": HUT,
    "getMine": None,
    "getHut": HUT,
    "sendHut": None,
    "getAt": Answer(status=200),
}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "huts.yaml"
        path.write_bytes(JUDGED)
        contract = serving(path)
        # Schemathesis takes a name that no parameter has for invalid.
        contract.enforce("openapi-query-unknown")
        for method, answer in ANSWERS.items():
            contract.answers(method, answer)
        command = [
            "schemathesis", "run", str(path), "--url", contract.endpoint, "--seed", "1", "--max-examples", "50",
            "--header", "authorization: Bearer t", "--phases", "coverage,fuzzing", "--mode", "all", "--checks", CHECKS,
            "--no-color", "--continue-on-failure", "--suppress-health-check", "all", "--warnings", "off", *sys.argv[1:],
        ]  # fmt: skip
        try:
            # It leaves what it found in the folder that it runs in.
            return subprocess.run(command, cwd=folder, check=False).returncode  # noqa: S603 - our own command
        finally:
            contract.stop()


if __name__ == "__main__":
    sys.exit(main())
