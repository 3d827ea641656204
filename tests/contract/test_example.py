"""Examples of responses: never an answer of an API that the server simulates, unless a test wants them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from groundwire_contract.contract import Contract, load
from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.operations.example import example
from groundwire_contract.overrides import Overrides
from groundwire_contract.service import Service
from groundwire_contract.validate.values import validate

JSON = {"content-type": "application/json"}
CASES = sorted((Path(__file__).parents[1] / "codegen" / "cases").glob("*/spec.json"))


def responses(contract: Contract) -> list[str]:
    return sorted({method.response for method in contract.api.methods.values() if method.response})


def test_every_response_of_the_service_has_an_example_that_holds_to_its_own_shape() -> None:
    contract = load()
    for name in responses(contract):
        found = validate(contract.shapes["v1"].records[name], example(contract.api, name))
        assert (found.faults, found.breaches) == ((), ())
        assert found.value or not contract.api.messages[name].members


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_examples_hold_to_their_shapes_in_every_kind_of_document(path: Path) -> None:
    overlay = path.with_name("overlay.toml")
    contract = load(path.read_bytes(), overlay.read_bytes() if overlay.exists() else None)
    shapes = next(iter(contract.shapes.values()))
    for name in responses(contract):
        assert validate(shapes.records[name], example(contract.api, name)).faults == ()


def test_an_example_is_marked() -> None:
    service = Service(load(), overrides=Overrides(relaxed=["not-simulated"]))
    path = "/v1/projects/p/maps"
    reply = service.handle(Exchange(verb="POST", path=path, headers=JSON, body=b"{}", length=2))
    assert isinstance(reply, Reply)
    assert (reply.status, reply.headers) == (200, (("x-groundwire-example", "true"),))
    assert json.loads(reply.body)


def test_a_method_without_a_response_gets_an_empty_object() -> None:
    assert example(load().api, None) == {}
