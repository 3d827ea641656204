"""Published documents: each is served, each operation takes a valid call and refuses broken ones."""

from __future__ import annotations

import json
import os

import pytest
from groundwire_codegen.problem import SpecError
from groundwire_codegen.references import References
from groundwire_contract.contract import load_openapi
from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.service import Service
from groundwire_contract.state.memory import Memory

from tests import outside
from tests.audits.openapi import documents

from .calls import Calls, NoValueError

WITHOUT = 12
"""Operations of one document for which no valid body is found by chance: unions of objects that only `required` tells apart."""


def answered(service: Service, exchange: Exchange) -> Reply:
    reply = service.handle(exchange)
    assert isinstance(reply, Reply)
    return reply


NAMES = documents.names() if os.environ.get("GROUNDWIRE_DOCUMENTS") == "all" else documents.CHOSEN
"""`nox -s openapi` serves all documents, which takes minutes."""


@outside.needed
@pytest.mark.parametrize("name", NAMES)
def test_each_operation_takes_a_valid_call_and_refuses_a_broken_one(name: str) -> None:
    data = documents.read(name)
    document = documents.parsed(data)
    outer = documents.outside(document) if documents.external(document) else {}
    document = documents.bundled(document, outer)
    try:
        contract = load_openapi(data, References(contents=outer))
    except SpecError as error:
        assert all("is not at hand" in each.message for each in error.problems)
        pytest.skip("each operation refers to documents that are not at hand")
    is_external = bool(documents.external(document))
    assert bool(contract.warnings) == is_external
    if is_external:
        pointers = {each.pointer for each in contract.api.methods.values()}
        document = documents.with_operations(document, pointers)
    service = Service(contract, state=Memory(remembered=1))
    calls = Calls(document, name)
    operations = list(documents.operations(document))
    assert len(operations) == len(contract.operations)
    found: list[str] = []
    without = 0
    for operation in operations:
        try:
            call = calls.call(operation)
        except NoValueError:
            without += 1
            continue
        reply = answered(service, call.exchange)
        if reply.status != 501:
            found.append(f"{operation.name}: {reply.status} {reply.body!r}")
        # Box states several operations of one path, which differ in a fragment: what one refuses another takes.
        for what, exchange in () if "#" in "".join(contract_paths(document, operation.path)) else call.broken:
            reply = answered(service, exchange)
            if not 400 <= reply.status < 500 or reply.rule == "openapi-path-unknown":
                found.append(f"{operation.name}: {what}: {reply.status} {reply.body!r}")
    assert not found, "\n".join(found)
    assert without <= WITHOUT


def contract_paths(document: dict[str, dict[str, object]], path: str) -> list[str]:
    """Return the paths that are the same but for a fragment."""
    return [each for each in document["paths"] if each.partition("#")[0] == path.partition("#")[0]]


@outside.needed
def test_the_examples_of_published_documents_are_answers() -> None:
    data = documents.read("openeo.yaml")
    contract = load_openapi(data, examples=True)
    service = Service(contract)
    headers = {"authorization": "Bearer t"}
    answers = {
        operation.name: answered(
            service, Exchange(verb="GET", path=contract.base + operation.path, headers=headers)
        )
        for operation in documents.operations(documents.parsed(data))
        if operation.verb == "GET" and "{" not in operation.path
    }
    given = {name: reply for name, reply in answers.items() if reply.status == 200}
    assert len(given) >= len(answers) / 2
    assert all(dict(reply.headers)["x-groundwire-example"] == "true" for reply in given.values())
    assert json.loads(given["GET /collections"].body)["collections"]
