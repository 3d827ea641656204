"""The snippets of docs/exports.md run, in order, against the contract server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from groundwire import OperationMetadata
from groundwire_contract.fixture import EarthEngineContract

PAGE = Path(__file__).parent.parent / "docs" / "exports.md"
SNIPPETS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_page_on_exports_runs(earthengine_contract: EarthEngineContract) -> None:
    kept: list[str] = []
    names: dict[str, Any] = {
        "contract": earthengine_contract,
        "remember": kept.append,
        "day": "2026-01-01",
    }
    for snippet in SNIPPETS:
        names["name"] = names["export"].name if "export" in names else ""
        here = snippet.replace("gw.Client(", "contract.client(")
        exec(compile(here, PAGE.name, "exec"), names)  # noqa: S102 - our own page
    assert len(SNIPPETS) == 7
    client = names["client"]
    found = [each.metadata for each in client.projects.operations.list()]
    assert all(isinstance(each, OperationMetadata) for each in found)
    # Time moves while the last export is waited for, and the others end meanwhile.
    assert [str(each.state) for each in found] == ["SUCCEEDED"] * 5
    assert len({str(each.description) for each in found}) == 5, "each has a mark of its own"
