"""Every method of Earth Engine's documents: simulated, or refused by name. None is answered with an example."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from groundwire_codegen.ir import Method
from groundwire_contract.contract import Contract, load
from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.operations.example import example
from groundwire_contract.service import HANDLERS, Service
from groundwire_contract.validate.values import validate

NAMES = {"name": "x", "parent": "x", "project": "x"}
REFUSED = {"not-simulated", "algorithms-missing", "features-undeclared"}
V1 = Path(os.environ.get("GROUNDWIRE_VECTORS", "missing")) / "spec" / "earthengine.v1.json"


def contracts() -> dict[str, Contract]:
    found = {"v1beta": load()}
    if V1.is_file():
        found["v1"] = load(V1.read_bytes())
    return found


def path_of(method: Method, version: str) -> str:
    """A path of a method, with values that its patterns take."""
    path = re.sub(r"\{\+?(\w+)\}", lambda match: value_of(method, match[1]), method.path)
    return "/" + re.sub(r"^/?v1(beta)?/", f"{version}/", path)


def value_of(method: Method, name: str) -> str:
    parameter = next(each for each in method.parameters if each.wire == name)
    pattern = parameter.rules.pattern
    if pattern is None:
        return "1"
    return pattern.strip("^$").replace("[^/]+", "some-project").replace(".*", "a/b")


def send(service: Service, method: Method, version: str, body: object) -> Reply:
    data = b"" if method.request is None else json.dumps(body).encode()
    query = (("assetId", "a/b"),) if any(each.wire == "assetId" for each in method.parameters) else ()
    reply = service.handle(
        Exchange(
            verb=method.verb,
            path=path_of(method, version),
            query=query,
            headers={"content-type": "application/json"} if data else {},
            body=data,
            length=len(data),
        )
    )
    assert isinstance(reply, Reply)
    return reply


def words(value: object) -> set[str]:
    """Every text of a JSON value, names too."""
    if isinstance(value, dict):
        return {*value, *(word for item in value.values() for word in words(item))}
    if isinstance(value, list):
        return {word for item in value for word in words(item)}
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize("document", contracts())
@pytest.mark.parametrize("version", ["v1beta", "v1", "v1alpha"])
def test_no_method_invents_an_answer(document: str, version: str) -> None:
    contract = contracts()[document]
    assert len(contract.api.methods) == 51
    service = Service(contract)
    for method in contract.api.methods.values():
        for body in ({}, _example(contract, method)):
            reply = send(service, method, version, body)
            answer: Any = json.loads(reply.body)
            assert "x-groundwire-example" not in dict(reply.headers)
            assert not {"example", "ZXhhbXBsZQ=="} & words(answer), method.id
            if method.id not in HANDLERS:
                assert (reply.status, reply.rule) == (400, "not-simulated") or reply.rule in (
                    "bounds",
                    "unknown-field",
                )
                assert reply.rule != "not-simulated" or method.id in answer["error"]["message"]
            if reply.status == 200 and method.response is not None:
                record = contract.shapes[version].records[method.response]
                assert validate(record, answer).faults == (), method.id


def _example(contract: Contract, method: Method) -> object:
    """A full request, without the words of examples: those in an answer were invented."""
    text = json.dumps(example(contract.api, method.request))
    return json.loads(text.replace('"example"', '"asked"').replace("ZXhhbXBsZQ==", "YXNrZWQ="))


def test_the_refusal_counts_and_a_test_may_answer() -> None:
    service = Service(load())
    method = service.contract.api.methods["earthengine.projects.maps.create"]
    assert send(service, method, "v1", {}).rule == "not-simulated"
    recorded = tuple(service.state.requests)
    assert [each.verdict for each in recorded] == ["not-simulated"]
