"""Records as they stand in a JSONL file, and what verifying them finds."""

from __future__ import annotations

import io
import json
from typing import Any

from groundwire_contract.contract import load
from groundwire_contract.traffic.recording import read_jsonl
from groundwire_contract.traffic.verify import Verifier
from groundwire_contract.traffic.violation import Violation

from ..wire import EXPORT, export

CONTRACT = load()
STARTED: dict[str, Any] = {"status": 200, "body": {"name": "projects/p/operations/A"}}


def row(body: object = None, **more: object) -> dict[str, Any]:
    """One recorded start, answered with an operation."""
    return {
        "method": "POST",
        "path": EXPORT,
        "query": [],
        "headers": [["Content-Type", "application/json"], ["Authorization", "Bearer canary-token"]],
        "body": export() if body is None else body,
        "raw_body": None,
        "response": STARTED,
        **more,
    }


def jsonl(*rows: object) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in rows)


def verified(*rows: object, relaxed: frozenset[str] = frozenset()) -> list[Violation]:
    """The violations of recorded rows."""
    verifier = Verifier(CONTRACT, relaxed)
    return [found for record in read_jsonl(io.BytesIO(jsonl(*rows))) for found in verifier.violations(record)]


def places(*rows: object) -> list[tuple[str, str, str]]:
    """Place, pointer and rule of every violation."""
    return [(found.place.value, found.pointer, found.rule) for found in verified(*rows)]
