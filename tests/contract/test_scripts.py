"""Scripts: what an operation does, and what of it is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from groundwire import OperationMetadata
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.operations import script_library as scripts
from groundwire_contract.operations.operation_json import operation_json
from groundwire_contract.operations.script import Script, Stage
from groundwire_contract.operations.state import Operation, cancel, remaining
from groundwire_runtime.errors import OperationError

from .test_fixture import request
from .vectors import needed, rows
from .wire import EXPORT, ask, export

MADE = datetime(2026, 5, 1, tzinfo=UTC)


def made(script: Script) -> Operation:
    return Operation(
        name="projects/p/operations/A", kind="EXPORT_IMAGE", created=MADE, description="d", script=script
    )


def shown(operation: Operation, seconds: float) -> dict[str, Any]:
    found: dict[str, Any] = operation_json(operation, MADE + timedelta(seconds=seconds), "type")
    return found


def test_a_retried_operation_starts_its_stages_over() -> None:
    operation = made(scripts.RETRIED)
    seen = [shown(operation, seconds)["metadata"] for seconds in (2, 2.9, 3, 4, 6.9)]
    assert [each["attempt"] for each in seen] == [1, 1, 2, 2, 2]
    assert [each.get("progress") for each in seen] == [0.25, 0.375, None, 0.25, 0.875]
    assert {each["startTime"] for each in seen} == {"2026-05-01T00:00:01Z"}
    assert [
        [stage.get("completeWorkUnits") for stage in each["stages"]] for each in seen
    ] == [[2, None], [3, None], [None, None], [2, None], [4, 3]]  # fmt: skip
    ended = shown(operation, 7)
    assert (ended["done"], ended["metadata"]["attempt"]) == (True, 2)


def test_a_stalled_operation_moves_only_its_update() -> None:
    operation = made(scripts.STALL)
    early, late = (shown(operation, seconds) for seconds in (10, 100_000))
    times = [found["metadata"].pop("updateTime") for found in (early, late)]
    assert early == late
    assert times[0] < times[1]
    assert (early["metadata"]["state"], early["metadata"]["progress"]) == ("RUNNING", 0.75)
    assert remaining(operation, MADE + timedelta(days=1)) is None
    stopped = cancel(operation, MADE + timedelta(seconds=20))
    assert shown(stopped, 30)["error"]["code"] == 1


def test_what_may_be_missing_is_missing() -> None:
    running, ended = (shown(made(scripts.SPARSE), seconds)["metadata"] for seconds in (4, 5))
    assert not {"description", "batchEecuUsageSeconds"} & (running.keys() | ended.keys())
    assert running["stages"] == [
        {"displayName": "Create Local Files"},
        {"displayName": "Write Files to Destination", "completeWorkUnits": 2, "totalWorkUnits": "4"},
    ]
    assert ended["state"] == "SUCCEEDED"


def test_usage_grows_with_the_work() -> None:
    used = [
        shown(made(Script(usage=8)), seconds)["metadata"].get("batchEecuUsageSeconds") for seconds in range(7)
    ]
    assert used == [None, None, 2, 4, 6, 8, 8]


def test_fractions_of_seconds_vary() -> None:
    operation = made(scripts.ODD_TIMES)
    written = [
        shown(operation, seconds)["metadata"]["updateTime"]
        for seconds in (0.123456, 0.2, 0.3004, 0.45, 0.501)
    ]
    lengths = {len(text.partition(".")[2].rstrip("Z")) for text in written}
    assert len(lengths) > 2
    assert max(lengths) == 9


def test_a_stage_may_have_parts_of_units() -> None:
    stages = tuple(Stage(name) for name in "abc")
    found = shown(made(Script(steps=4, stages=stages)), 3)["metadata"]["stages"]
    assert found[0] == {"displayName": "a", "completeWorkUnits": 4 / 3, "totalWorkUnits": str(4 / 3)}
    assert shown(made(Script(stages=())), 3)["metadata"]["stages"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"running": -1},
        {"pending": float("inf")},
        {"stall": 1.1},
        {"attempts": (-0.1,)},
        {"digits": (10,)},
        {"steps": 0},
    ],
)
def test_a_life_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no operation lives like this"):
        Script(**wrong)


@pytest.mark.parametrize("name", scripts.NAMED)
def test_a_client_reads_every_script(earthengine_contract: EarthEngineContract, name: str) -> None:
    earthengine_contract.life = name
    client = earthengine_contract.client()
    operation, seen = client.projects.image.export(request()), list[OperationMetadata]()
    if name == "stall":
        earthengine_contract.advance(100)
        found = client.projects.operations.get(operation.name or "").metadata
        assert isinstance(found, OperationMetadata)
        assert found.state == "RUNNING"
    elif failure := scripts.NAMED[name].failure:
        with pytest.raises(OperationError) as caught:
            client.wait(operation, timeout=60)
        assert failure in str(caught.value)
    else:
        assert client.wait(operation, timeout=60, on_progress=seen.append).done
        assert seen[-1].attempt == (2 if name == "retried" else 1)


def test_an_unknown_script_is_not_taken(earthengine_contract: EarthEngineContract) -> None:
    with pytest.raises(LookupError, match=r"'sleep' is none of standard, .*stall"):
        earthengine_contract.life = "sleep"


def test_an_operation_without_a_description_shows_none(earthengine_contract: EarthEngineContract) -> None:
    answer = ask(earthengine_contract.endpoint, "POST", EXPORT, export(description=None))
    assert "description" not in answer.json["metadata"]


ON_RECORD = {row["id"]: row["body"] for row in rows("wire/operation_bodies.json")}
SAME = {
    "pending-just-started": (Script(pending=9), 0.0),
    "running-no-work-units-yet": (Script(), 1.1),
    "running-progress": (Script(), 3.0),
    "succeeded-drive": (Script(), 9.0),
    "failed": (Script(failure="No."), 9.0),
}
"""The script and the age that bring about each operation on record."""


@needed
@pytest.mark.parametrize("name", SAME)
def test_an_operation_has_the_members_on_record(name: str) -> None:
    script, seconds = SAME[name]
    operation = Operation(
        name="projects/p/operations/A", kind="EXPORT_IMAGE", created=MADE, description="d", script=script, destinations=("u",)
    )  # fmt: skip
    found, wanted = shown(operation, seconds), ON_RECORD[name]
    assert found.keys() == wanted.keys()
    assert found["metadata"].keys() == wanted["metadata"].keys()
    assert [stage.keys() for stage in found["metadata"].get("stages", ())] == [
        stage.keys() for stage in wanted["metadata"].get("stages", ())
    ]
