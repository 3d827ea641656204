"""Google's largest documents compare in seconds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from groundwire_codegen.diff import Given, Verdict, compare, read_sides


def test_compute_v1_and_beta_take_less_than_20_seconds() -> None:
    client = pytest.importorskip("googleapiclient", reason="google-api-python-client is not installed")
    folder = Path(client.__path__[0]) / "discovery_cache" / "documents"
    old, new = (
        Given(name=name, document=(folder / name).read_bytes())
        for name in ("compute.v1.json", "compute.beta.json")
    )
    start = time.process_time()
    sides = read_sides(old, new)
    diff = compare(sides.old, sides.new)
    assert time.process_time() - start < 20
    assert len(diff.methods) > 700
    assert diff.reaches(Verdict.TYPES)
