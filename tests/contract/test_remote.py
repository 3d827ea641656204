"""The fixture with its server in another process does what it does in a thread."""

from __future__ import annotations

from collections.abc import Iterator

import groundwire
import pytest
from groundwire_contract.environment import Environment
from groundwire_contract.exchange import Delivery
from groundwire_contract.fixture import EarthEngineContract, running_apart
from groundwire_contract.operations.script import Script
from groundwire_contract.overrides import Step
from groundwire_contract.rules.refusals import catalogue
from groundwire_contract.server.controls import Controls
from groundwire_contract.server.remote import CALLS, PATH
from groundwire_exports import start_export

from .wire import EXPORT, ask, export


@pytest.fixture(scope="module")
def apart() -> Iterator[EarthEngineContract]:
    contract = running_apart()
    yield contract
    contract.stop()


@pytest.fixture
def contract(apart: EarthEngineContract) -> Iterator[EarthEngineContract]:
    apart.reset()
    yield apart
    apart.close_clients()


def test_an_export_is_started_and_waited_for(contract: EarthEngineContract) -> None:
    request = groundwire.ExportImageRequest(expression=groundwire.Expression(result="0"), description="apart")
    contract.script(["reset after", 429])
    done = start_export(contract.client(), request).wait(timeout=60)
    (operation,) = contract.operations
    assert done.name == operation.name
    assert contract.state(operation) == "SUCCEEDED"
    contract.assert_valid()


def test_values_arrive_as_they_were_sent(contract: EarthEngineContract) -> None:
    contract.life = Script(pending=3, attempts=(0.5,), failure="No.")
    contract.surroundings = Environment(assets=frozenset({"projects/p/assets/a"}), rate=7)
    assert contract.life == Script(pending=3, attempts=(0.5,), failure="No.")
    assert contract.surroundings == Environment(assets=frozenset({"projects/p/assets/a"}), rate=7)
    refusal = catalogue("p")["scope-insufficient"]
    contract.script([Step(refusal=refusal), Step(effect=False, delivery=Delivery.CUT)])
    answer = ask(contract.endpoint, "POST", EXPORT, export())
    assert answer.error == refusal.body["error"]
    assert contract.requests[0].body == export()
    assert contract.requests[0].at is not None
    assert contract.operations[0].script == contract.life


def test_what_is_done_to_one_operation(contract: EarthEngineContract) -> None:
    name = ask(contract.endpoint, "POST", EXPORT, export()).json["name"]
    contract.hold(name)
    contract.advance(100)
    assert contract.state(name) == "PENDING"
    contract.release(name)
    assert contract.finish(name).end is not None
    with pytest.raises(ValueError, match="is SUCCEEDED already"):
        contract.fail(name)
    with pytest.raises(LookupError, match="has no operation"):
        contract.finish("projects/p/operations/NONE")
    with pytest.raises(LookupError, match="no such rule"):
        contract.relax("nothing")
    with pytest.raises(ValueError, match="418"):
        contract.answer("bounds", code=418)


@pytest.mark.parametrize(
    ("name", "arguments", "status"),
    [
        ("destroy", {}, 404),
        ("_found", {"name": "x"}, 404),
        ("__init__", {"service": 1}, 404),
        ("finish", {}, 400),
        ("finish", {"name": "x", "more": 1}, 400),
        ("set_script", {"script": {"running": "long"}}, 400),
        ("set_script", {"script": {"nothing": 1}}, 400),
        ("add_steps", {"steps": [{"refusal": 1}], "method": None}, 400),
        ("advance", {"seconds": None}, 400),
    ],
)
def test_a_call_that_cannot_be_made_is_refused(
    contract: EarthEngineContract, name: str, arguments: object, status: int
) -> None:
    answer = ask(contract.endpoint, "POST", PATH + name, arguments)
    assert (answer.status, answer.rule) == (status, "control")
    assert contract.requests == ()


def test_a_page_in_a_browser_has_no_control(contract: EarthEngineContract) -> None:
    answer = ask(contract.endpoint, "POST", "/$contract/reset", None, {"origin": "http://example.org"})
    assert answer.status == 403


def test_every_control_travels() -> None:
    assert set(CALLS) == {name for name in dir(Controls) if not name.startswith("_")}
