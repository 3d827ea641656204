"""The snippets of docs/media.md run, in order, against a stand-in of Cloud Storage and Drive."""

from __future__ import annotations

import re
import sys
from collections import deque
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from groundwire_runtime import credentials

from tests.runtime.doubles import Time

from .state import Service

PAGE = Path(__file__).parent.parent.parent / "docs" / "media.md"
SURVEY = bytes(range(256)) * 4_000


def test_the_page_on_media_runs(
    storage: ModuleType,
    drive: ModuleType,
    service: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "storage_v1", storage)
    monkeypatch.setitem(sys.modules, "drive_v3", drive)
    (tmp_path / "sheep.csv").write_bytes(b"name,age\nDolly,6\n")
    (tmp_path / "survey.tif").write_bytes(SURVEY)
    # Of the upload and of the download.
    service.cuts = deque([500_000, None, None, None, None, 300_000])
    names: dict[str, Any] = {"given": {"credentials": credentials.Token("a-token"), "clock": Time().clock()}}
    for snippet in re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        here = snippet.replace(
            "storage.Client(", f"storage.Client(endpoint='{service.url}/storage/v1/', **given"
        )
        here = here.replace("drive.Client(", f"drive.Client(endpoint='{service.url}/drive/v3/', **given")
        exec(compile(here, "media.md", "exec"), names)  # noqa: S102 - our own page
    assert (names["stored"].content_type, names["names"]) == ("text/csv", ["sheep.csv"])
    assert service.objects["herds/sheep.csv"].metadata["metadata"] == {"source": "census"}
    assert names["sizes"][-1] == names["large"].size == len(SURVEY)
    assert (tmp_path / "copy.csv").read_bytes() == names["data"] == b"name,age\nDolly,6\n"
    assert (names["kind"], names["first"]) == ("text/csv", SURVEY[:100])
    assert (tmp_path / "survey-copy.tif").read_bytes() == SURVEY
    assert names["got"][-1] == (len(SURVEY), len(SURVEY))
    assert names["text"] == b"Shear in May."
    assert service.data("plan") == b"Shear in June."
    assert names["every"] == ["plan"]
    assert service.cut == 2
