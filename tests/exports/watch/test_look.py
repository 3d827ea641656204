"""One look at many operations, and waiting for all of them with one thread."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from groundwire import Client, OperationState, Status
from groundwire_contract.fixture import EarthEngineContract
from groundwire_exports import Export, start_export
from groundwire_exports.watch import WaitProgress, look, wait_all
from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import (
    ArgumentError,
    NotFound,
    OperationTimeout,
    PermissionDenied,
)

from tests.audits.soak.starts import request
from tests.runtime.doubles import Script, Time, answer, refusal


@pytest.fixture
def client(earthengine_contract: EarthEngineContract) -> Client:
    return earthengine_contract.client()


def started(client: Client, count: int) -> list[Export]:
    return [start_export(client, request(f"tile.{number}")) for number in range(count)]


def asked(contract: EarthEngineContract) -> Counter[str]:
    return Counter((each.method or "").rpartition(".")[2] for each in contract.requests)


def test_a_look_at_many_is_one_listing(client: Client, earthengine_contract: EarthEngineContract) -> None:
    names = [export.name for export in started(client, 12)]
    assert look(client, names[:8]).keys() == set(names[:8])
    assert asked(earthengine_contract) == {"export": 12, "list": 1}


def test_a_look_at_a_few_reads_no_listing(client: Client, earthengine_contract: EarthEngineContract) -> None:
    names = [export.name for export in started(client, 3)]
    assert list(look(client, names)) == names
    assert asked(earthengine_contract) == {"export": 3, "get": 3}
    assert look(client, []) == {}


def test_operations_that_the_listing_lacks_are_asked_for(
    client: Client, earthengine_contract: EarthEngineContract
) -> None:
    earthengine_contract.listing_lag = 3600.0
    names = [export.name for export in started(client, 6)]
    gone = names[0].rpartition("/")[0] + "/" + "A" * 24
    assert look(client, [*names, gone]).keys() == set(names)
    assert asked(earthengine_contract) == {"export": 6, "list": 1, "get": 7}


def test_a_listing_may_name_the_project_by_its_number() -> None:
    listed = [{"name": f"projects/7/operations/{letter * 24}", "done": False} for letter in "ABCD"]
    script = Script([answer({"operations": listed})])
    names = [f"projects/p/operations/{letter * 24}" for letter in "ABCD"]
    client = Client(project="p", transport=script, endpoint="http://localhost:1")
    assert list(look(client, names)) == names
    assert "pageSize=500" in script.urls[0]


@pytest.mark.parametrize("wrong", ["projects/p/operations/A", [None], ["A"], [5]])
def test_names_that_are_none_are_refused(client: Client, wrong: Any) -> None:
    with pytest.raises(ArgumentError, match="names: expected"):
        look(client, wrong)


def test_two_hundred_exports_are_waited_for_with_a_few_requests(
    client: Client, earthengine_contract: EarthEngineContract
) -> None:
    exports = started(client, 200)
    seen: list[WaitProgress] = []
    before = threading.active_count()
    ended = asyncio.run(wait_all(client, exports, on_progress=seen.append))
    assert [each.name for each in ended] == [export.name for export in exports]
    assert all(export.done and export.operation is each for export, each in zip(exports, ended, strict=True))
    looks = asked(earthengine_contract)["list"]
    assert asked(earthengine_contract) == {"export": 200, "list": looks}
    assert looks <= 8, "as many as one export takes"
    assert threading.active_count() == before
    assert (seen[0].total, seen[0].unfinished, seen[-1].unfinished) == (200, 200, 0)
    assert str(seen[-1]) == "exports: 200 succeeded"


def test_failures_are_results_and_are_told_once(
    client: Client, earthengine_contract: EarthEngineContract
) -> None:
    exports = started(client, 5)
    earthengine_contract.fail(exports[1], "User memory limit exceeded.")
    seen: list[WaitProgress] = []
    ended = asyncio.run(
        wait_all(
            client, [exports[0].operation, *(each.name for each in exports[1:])], on_progress=seen.append
        )
    )
    assert isinstance(ended[1].result, Status)
    assert ended[1].result.message == "User memory limit exceeded."
    failed = [each for news in seen for each in news.changed if isinstance(each.result, Status)]
    assert [each.name for each in failed] == [exports[1].name]


def test_a_timeout_leaves_them_running(client: Client, earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.hold()
    exports = started(client, 5)
    with pytest.raises(OperationTimeout, match="and 4 others still run after 30"):
        asyncio.run(wait_all(client, exports, timeout=30))
    earthengine_contract.release()
    assert all(each.done for each in asyncio.run(wait_all(client, exports)))


def test_an_operation_that_does_not_exist_ends_the_wait(client: Client) -> None:
    exports = started(client, 4)
    client.projects.operations.delete(exports[2].name)
    with pytest.raises(NotFound) as caught:
        asyncio.run(wait_all(client, exports))
    assert exports[2].name in caught.value.__notes__[0]


def test_looks_that_fail_for_a_while_are_repeated(
    client: Client, earthengine_contract: EarthEngineContract
) -> None:
    exports = started(client, 5)
    earthengine_contract.refuse(503, times=40, method="operations.list")
    assert all(each.done for each in asyncio.run(wait_all(client, exports)))
    again = started(client, 5)
    earthengine_contract.refuse(403, method="operations.list")
    with pytest.raises(PermissionDenied):
        asyncio.run(wait_all(client, again))


def state(name: str, *, done: bool) -> dict[str, object]:
    end: dict[str, object] = {"response": {}} if done else {}
    return {"name": name, "done": done, "metadata": {"state": "SUCCEEDED" if done else "RUNNING"}, **end}


def test_an_outage_ends_after_an_hour() -> None:
    time = Time()
    script = Script(forever=refusal(503, "UNAVAILABLE"))
    client = Client(project="p", transport=script, endpoint="http://localhost:1", clock=time.clock())
    began = time.now
    with pytest.raises(Exception, match="UNAVAILABLE"):
        asyncio.run(wait_all(client, ["projects/p/operations/A"]))
    assert 3600 <= time.now - began < 3800


def test_a_cancelled_wait_ends_between_two_looks() -> None:
    running: Sequence[dict[str, object]] = [
        state(f"projects/p/operations/{each}", done=False) for each in "ABCD"
    ]
    script = Script(forever=answer({"operations": running}))
    client = Client(project="p", transport=script, endpoint="http://localhost:1", clock=Clock())
    names = [str(each["name"]) for each in running]

    async def main() -> None:
        waiting = asyncio.create_task(wait_all(client, names))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(main())
    assert len(script.requests) == 0, "it was in the pause before the first look"


@pytest.mark.parametrize("wrong", ["projects/p/operations/A", None, 5, [5], [None]])
def test_what_is_no_list_of_exports_is_refused(client: Client, wrong: Any) -> None:
    with pytest.raises((ArgumentError, TypeError)):
        asyncio.run(wait_all(client, wrong))


def test_looks_and_polls_are_logged_at_debug(
    client: Client, caplog: pytest.LogCaptureFixture, earthengine_contract: EarthEngineContract
) -> None:
    caplog.set_level(logging.INFO, "groundwire")
    exports = started(client, 4)
    started(client, 1)[0].wait()
    asyncio.run(wait_all(client, exports))
    at_info = [
        each.getMessage().split(":")[0].rpartition(".")[2]
        for each in caplog.records
        if each.name == "groundwire"
    ]
    assert at_info == ["export"] * 5
    caplog.clear()
    earthengine_contract.refuse(403, method="operations.list")
    with pytest.raises(PermissionDenied):
        look(client, [each.name for each in exports])
    assert ["PermissionDenied" in each.getMessage() for each in caplog.records] == [True], (
        "one that fails is news"
    )


def test_an_export_has_a_short_repr(client: Client) -> None:
    [export] = started(client, 1)
    assert repr(export) == f"<Export PENDING 0% 'tile.0' {export.name}>"
    export.wait()
    assert repr(export) == f"<Export SUCCEEDED 100% 'tile.0' {export.name}>"
    assert repr(Export(client, export.name)) == f"<Export UNKNOWN 0% '' {export.name}>"
    assert OperationState.SUCCEEDED in repr(export)


@pytest.mark.parametrize("one", [None, 7, "projects/p/operations/o"])
def test_what_is_not_several_is_refused(client: Client, one: Any) -> None:
    with pytest.raises(ArgumentError, match="names: expected several") as caught:
        look(client, one)
    assert caught.value.hint == "Pass a list."
    with pytest.raises(ArgumentError, match="exports: expected several"):
        asyncio.run(wait_all(client, one))
