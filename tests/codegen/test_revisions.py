"""The revisions of Earth Engine v1 in their order: names stay, and what joins a message with a union is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from groundwire_codegen.reader import read_lowered

FOLDER = os.environ.get("GROUNDWIRE_VECTORS")
pytestmark = pytest.mark.skipif(
    FOLDER is None, reason="GROUNDWIRE_VECTORS names no folder of outside documents"
)
UNION = """
[messages.ExportImageRequest.unions.export_options]
members = ["fileExportOptions", "assetExportOptions"]
[messages.ExportImageRequest.fields.expression]
doc = "What to export."
"""


def test_names_stay_and_drift_is_said_until_a_rule_names_it() -> None:
    revisions = sorted((Path(FOLDER or "") / "spec" / "revisions").glob("earthengine.v1.*.json"))
    assert len(revisions) > 10
    names: dict[str, str] = {}
    reviewed: dict[str, str] = {}
    drifted: list[str] = []
    for path in revisions:
        found = read_lowered(path.read_bytes(), UNION.encode(), published=names, reviewed=reviewed)
        kept = names.keys() & found.published.keys()
        assert {key: names[key] for key in kept} == {key: found.published[key] for key in kept}
        names, reviewed = dict(found.published), dict(found.review.marks)
        drifted.append("".join(problem.message for problem in found.review.drift))
    assert set(drifted) == {"", "the message gained 'priority', which may belong to a union"}
    assert drifted == sorted(drifted), "once said, it is said again"
    named = f'{UNION}[messages.ExportImageRequest.fields.priority]\ndoc = "Rank."\n'
    last = read_lowered(revisions[-1].read_bytes(), named.encode(), published=names, reviewed=reviewed)
    assert last.review.drift == ()
