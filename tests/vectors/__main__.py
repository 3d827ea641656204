"""Print how the proto3 JSON vectors come out: `python -m tests.vectors`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from .classes import classes
from .files import cases, document
from .proto3 import tally

with tempfile.TemporaryDirectory() as folder:
    generated = classes(document("proto3_conformance_discovery.json"), Path(folder))
    for level in ("required", "recommended"):
        found = tally(generated, [case for case in cases("proto3_json.json") if case["level"] == level])
        print(found.line(level), *(f"\n    failed: {each}" for each in found.failed))
