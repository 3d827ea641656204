"""Published OpenAPI documents, all the way; `nox -s openapi` examines all of them, and the type checkers with it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.audits.openapi import documents
from tests.audits.openapi.examine import examine
from tests.modules import forget

pytestmark = pytest.mark.skipif(
    documents.folder() is None, reason="GROUNDWIRE_VECTORS names no folder with OpenAPI documents"
)


@pytest.mark.parametrize("name", documents.CHOSEN)
def test_every_operation_sends_what_the_document_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    try:
        found = examine(name, tmp_path)
    finally:
        forget([documents.package_name(name)])
    assert found.faults == found.unfitted == found.unjudged == ()
    assert found.dropped == found.untyped == 0
    assert found.calls == found.operations > 0
