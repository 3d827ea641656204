"""The snippets of docs/batches.md run, in order, against the contract server; its tables are those of the code."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from groundwire_contract.fixture import EarthEngineContract
from groundwire_exports import grid
from groundwire_exports.batch import RULES, BatchOptions, State

from .postgres import database, reason
from .test_batch import request as image_request

PAGE = (Path(__file__).parents[3] / "docs" / "batches.md").read_text(encoding="utf-8")


async def serve() -> None:
    await asyncio.sleep(0)


def test_the_page_on_batches_runs(
    earthengine_contract: EarthEngineContract,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {
        "contract": earthengine_contract,
        "germany": grid((0, 0, 5, 1), scale=1, crs="EPSG:4326"),
        "request_for": lambda key, part: evolve(image_request(key), grid=part),
        "serve": serve,
    }
    snippets = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(snippets) == 7
    for snippet in snippets:
        if "postgresql://" in snippet and reason():
            continue
        url = database(request.getfixturevalue("postgres_server")) if "postgresql://" in snippet else ""
        here = snippet.replace("gw.Client(", "contract.client(").replace("side=8192", "side=1")
        here = here.replace("postgresql://exports@db.example.com/exports", url)
        exec(compile(here, "batches.md", "exec"), names)  # noqa: S102 - our own page
        if "report" in names:
            assert names["report"].exit_code == 0
    assert asyncio.run(names["export_and_serve"]()).exit_code == 0
    # The batch, and the same one anew; PostgreSQL's ledger found those of the first.
    assert len(earthengine_contract.operations) == 10


def test_the_page_has_the_table_of_failures_and_the_states() -> None:
    table = PAGE.partition("| rule |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z-]+)`", table)) >= {rule.name for rule in RULES}
    for rule in RULES:
        line = next(line for line in table.splitlines() if f"`{rule.name}`" in line)
        assert f"`{rule.action}`" in line
    states = PAGE.partition("| state |")[2].partition("\n\n")[0]
    assert set(re.findall(r"\b[A-Z]{4,}\b", states)) == {str(state) for state in State}


def test_what_is_not_known_is_answered_by_settings_that_exist() -> None:
    table = PAGE.partition("| not known |")[2].partition("\n\n")[0]
    settings = {row.split("|")[3].strip() for row in table.splitlines()[2:]}
    named = {setting.strip("`").partition("=")[0] for setting in settings} - {"none needed", "rerun"}
    assert named <= set(BatchOptions.__annotations__)
