"""The commands of docs/command-line.md run, in order, and end as the page says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from .conftest import BODY, Run

RING = [[20, 50], [21, 50], [21, 51], [20, 51], [20, 50]]
AREAS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "krakow"},
            "geometry": {"type": "Polygon", "coordinates": [RING]},
        }
    ],
}
PAGE = Path(__file__).parents[3] / "docs" / "command-line.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_page_runs(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dem.json").write_text(json.dumps(BODY), encoding="utf-8")
    [dem], [script], [tiles] = blocks("yaml"), blocks("python"), blocks("csv")
    Path("dem.yaml").write_text(dem, encoding="utf-8")
    Path("nightly.py").write_text(script, encoding="utf-8")
    Path("tiles.csv").write_text(tiles, encoding="utf-8")
    Path("areas.geojson").write_text(json.dumps(AREAS), encoding="utf-8")
    lines = "\n".join(blocks("sh")).splitlines()
    commands = [shlex.split(line)[1:] for line in lines if line.startswith("groundwire ")]
    assert len(commands) == 20
    for words in commands:
        result = run(*words)
        assert result.exit_code == 0, (words, result.output)


def test_the_page_has_every_exit_code() -> None:
    from groundwire_cli import exit_codes

    values = {value for name, value in vars(exit_codes).items() if name.isupper() and isinstance(value, int)}
    table = PAGE.read_text("utf-8").partition("## Exit codes")[2].partition("##")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == values
