"""The official clients, unmodified, against the contract server: `nox -s official` brings them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.rules.refusals import DESCRIPTION_INVALID

from tests.contract.wire import PROJECT, ask

DRIVER = Path(__file__).with_name("client.py")
JAVASCRIPT = DRIVER.with_suffix(".js")


def drive(*command: str) -> dict[str, Any]:
    """What an official client saw."""
    environment = {**os.environ, "EE_CLOUD_API_VERSION": "v1beta"}
    done = subprocess.run(  # noqa: S603 - our own script
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_official_client_starts_lists_and_cancels(earthengine_contract: EarthEngineContract) -> None:
    pytest.importorskip("ee")
    seen = drive(sys.executable, str(DRIVER), earthengine_contract.endpoint)
    first = earthengine_contract.operations[0]
    assert seen["name"] == first.name
    assert (seen["started"]["state"], seen["started"]["priority"]) == ("READY", 7)
    assert seen["listed"] == ["official"]
    # It runs by then, for each look lets two seconds pass.
    assert seen["cancelled"] == ["CANCEL_REQUESTED", "CANCELLED"]
    assert seen["repeated"] == "A different Operation was already started with the given request_id."
    assert seen["refused"] == DESCRIPTION_INVALID
    exports = [
        made for made in earthengine_contract.requests if made.method == "earthengine.projects.image.export"
    ]
    assert {seen[f"other {number}"] for number in range(6)} == {"COMPLETED"}
    assert [made.verdict for made in exports] == [
        *["accepted"] * 8,
        "request-id-reused",
        "description-invalid",
    ]
    assert all(made.path == f"/v1beta/{PROJECT}/image:export" for made in exports)
    assert exports[0].headers["authorization"] == "REDACTED"


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")
@pytest.mark.skipif("GROUNDWIRE_NODE_MODULES" not in os.environ, reason="GROUNDWIRE_NODE_MODULES is not set")
def test_the_official_javascript_client_starts_lists_and_cancels(
    earthengine_contract: EarthEngineContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NODE_PATH", os.environ["GROUNDWIRE_NODE_MODULES"])
    seen = drive("node", str(JAVASCRIPT), earthengine_contract.endpoint)
    assert seen["name"] == earthengine_contract.operations[0].name
    assert (seen["started"], seen["listed"]) == ("PENDING", ["drive"])
    assert seen["cancelled"] == ["CANCELLING", "CANCELLED"]
    assert seen["asset"] == ["PENDING", "RUNNING", "RUNNING", "SUCCEEDED"]
    assert seen["refused"] == DESCRIPTION_INVALID
    exports = [
        made for made in earthengine_contract.requests if made.method == "earthengine.projects.image.export"
    ]
    assert [made.verdict for made in exports] == [*["accepted"] * 3, "description-invalid"]
    assert all(made.path == f"/v1/{PROJECT}/image:export" for made in exports)
    assert exports[0].headers["authorization"] == "REDACTED"


@pytest.mark.parametrize("version", ["v1beta", "v1", "v1alpha"])
def test_the_document_is_served_for_every_version(
    earthengine_contract: EarthEngineContract, version: str
) -> None:
    answer = ask(
        earthengine_contract.endpoint, "GET", f"/$discovery/rest?version={version}&prettyPrint=false"
    )
    assert (answer.status, answer.json["name"]) == (200, "earthengine")
    assert earthengine_contract.requests[-1].verdict == "accepted"


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/$discovery/rest?version=v2"),
        ("POST", "/$discovery/rest?version=v1beta"),
        ("GET", "/$discovery/rpc?version=v1beta"),
    ],
)
def test_no_other_document_is_served(earthengine_contract: EarthEngineContract, verb: str, path: str) -> None:
    assert ask(earthengine_contract.endpoint, verb, path).rule == "unknown-path"
