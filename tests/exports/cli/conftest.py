"""The command in this process, with a client whose pauses take no time."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import groundwire as gw
import pytest
from click.testing import CliRunner, Result
from groundwire_cli.command import main
from groundwire_cli.session import Session
from groundwire_contract.fixture import EarthEngineContract

Run = Callable[..., Result]


@pytest.fixture
def client(earthengine_contract: EarthEngineContract) -> gw.Client:
    return earthengine_contract.client()


@pytest.fixture
def run(client: gw.Client) -> Run:
    """Run `groundwire`; its clients are the fixture's, unless `make` makes others."""

    def command(*arguments: object, make: Any = None, project: str = "contract-project") -> Result:
        session = Session(make=make or (lambda **_: client))
        before = logging.getLogger("groundwire").level
        words = [*(("-p", project) if project else ()), *map(str, arguments)]
        result = CliRunner().invoke(main, words, obj=session, env={"GOOGLE_CLOUD_PROJECT": ""})
        assert logging.getLogger("groundwire").level == before
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result

    return command


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


BODY = {
    "expression": {"result": "0", "values": {"0": {"constantValue": 1}}},
    "description": "dem",
    "fileExportOptions": {
        "fileFormat": "GEO_TIFF",
        "cloudStorageDestination": {"bucket": "b", "filenamePrefix": "dem"},
    },
}


@pytest.fixture
def body(tmp_path: Path) -> Path:
    file = tmp_path / "dem.json"
    file.write_text(json.dumps(BODY), encoding="utf-8")
    return file
