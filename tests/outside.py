"""The outside vectors: the folder that GROUNDWIRE_VECTORS names, and how many cases go missing without it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

import pytest

FOLDER: Final = os.environ.get("GROUNDWIRE_VECTORS")
needed: Final = pytest.mark.skipif(
    FOLDER is None, reason="GROUNDWIRE_VECTORS names no folder of outside vectors"
)
CASES: Final = MappingProxyType(
    {
        "tests/client/test_recordings.py": 68,
        "tests/codegen/openapi/test_documents.py": 140,
        "tests/contract/test_error_bodies.py": 27,
        "tests/runtime/test_status.py": 28,
        "tests/vectors/test_json_syntax.py": 231,
        "tests/vectors/test_proto3_json.py": 448,
        "tests/vectors/test_transcoding.py": 218,
    }
)
"""Cases that are made of rows of the vectors: pytest does not count them as skipped, since it never hears of them."""


def missing(files: Iterable[str]) -> str:
    """Say how many cases of these test files cannot be made; nothing when all can."""
    count = sum(CASES.get(file, 0) for file in files)
    if FOLDER is not None or not count:
        return ""
    return f"about {count:,} cases need the outside vectors and were not made: GROUNDWIRE_VECTORS names no folder"
