"""value:compute over the wire."""

from __future__ import annotations

import pytest
from groundwire_contract.fixture import EarthEngineContract

from tests.contract.wire import PROJECT, ask

from .declared import ASSETS, SCENES, body, call, constant

COMPUTE = f"/v1/{PROJECT}/value:compute"
SIZE = body(call("Collection.size", collection=call("ImageCollection.load", id=constant(SCENES))))


def test_a_value_is_the_result(earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.declare(*ASSETS)
    answer = ask(earthengine_contract.endpoint, "POST", COMPUTE, {"expression": SIZE})
    assert (answer.status, answer.json) == (200, {"result": 4})
    null = body(constant(None))
    assert ask(earthengine_contract.endpoint, "POST", COMPUTE, {"expression": null}).json == {"result": None}


def test_what_is_not_declared_is_refused(earthengine_contract: EarthEngineContract) -> None:
    answer = ask(earthengine_contract.endpoint, "POST", COMPUTE, {"expression": SIZE})
    assert (answer.status, answer.rule) == (400, "asset-not-loaded")
    assert answer.error["status"] == "INVALID_ARGUMENT"
    nothing = ask(earthengine_contract.endpoint, "POST", COMPUTE, {})
    assert (nothing.status, nothing.rule) == (400, "expression-error")


def test_a_function_that_is_not_computed_is_refused_by_name(
    earthengine_contract: EarthEngineContract,
) -> None:
    unknown = {"expression": body(call("Nope.nothing", left=constant(1)))}
    answer = ask(earthengine_contract.endpoint, "POST", COMPUTE, unknown)
    assert (answer.status, answer.rule) == (400, "value-unsupported")
    assert "Nope.nothing" in answer.message
    with pytest.raises(AssertionError, match="value-unsupported"):
        earthengine_contract.assert_valid()
    earthengine_contract.answers("earthengine.projects.value.compute", {"result": 7})
    assert ask(earthengine_contract.endpoint, "POST", COMPUTE, unknown).json == {"result": 7}


def test_a_value_that_is_too_large_is_refused(earthengine_contract: EarthEngineContract) -> None:
    large = body(call("List.repeat", value=constant(1), count=constant(10**9)))
    answer = ask(earthengine_contract.endpoint, "POST", COMPUTE, {"expression": large})
    assert (answer.status, answer.rule) == (400, "value-too-large")
