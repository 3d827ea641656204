"""Large media over connections that are cut at random, in constant memory: 1 GB of it is measured by `benchmarks transfer`."""

from __future__ import annotations

import pytest

from tests.audits.corpus import documents
from tests.memory import NEEDS_LINUX

from .transfer import transferred

SIZE = 40_000_007
ALLOWED = 16 * 1024 * 1024


@NEEDS_LINUX
def test_a_file_arrives_both_ways_in_constant_memory_whatever_is_cut() -> None:
    if documents.folder() is None:
        pytest.skip("google-api-python-client, which ships the document, is not installed")
    figures = transferred(SIZE, cuts=20)
    assert figures.equal
    assert figures.cuts == 40
    assert figures.memory < ALLOWED
