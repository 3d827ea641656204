"""Errors of the outside list, each brought about where the server can, and compared as they arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from groundwire_contract.clock import SteppedClock
from groundwire_contract.contract import load
from groundwire_contract.environment import Environment
from groundwire_contract.exchange import Exchange
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.rules.refusals import PAYLOAD_LIMIT, QUEUE_LIMIT, catalogue
from groundwire_contract.server.http import ServerThread
from groundwire_contract.service import Service
from groundwire_contract.validate.access import Access, Grant, Mode

from .vectors import needed, rows
from .wire import EXPORT, Answer, ask, export

BODIES = {row["id"]: row for row in rows("wire/error_bodies.json")}
FILES = "fileExportOptions"

SENT: dict[str, object] = {
    "unknown-field-nested": export(grid={"origin": 1, "pixel_size": 1}),
    "unknown-field-top": export(outputConfig={}),
    "oneof-conflict-top": export(assetExportOptions={}),
    "oneof-conflict-nested": export(**{FILES: {"driveDestination": {}, "cloudStorageDestination": {}}}),
    "wrapper-value-wrong-type": export(maxPixels={"value": "many"}),
    "enum-unknown": export(**{FILES: {"fileFormat": "JPEG2000"}}),
    "object-on-scalar": export(expression={"values": {"0": {"functionDefinitionValue": {"body": {}}}}}),
    "list-on-singular": export(description=["a"]),
    "root-not-object": [],
    "description-invalid": export(description="a b"),
    "payload-too-large": b" " * (PAYLOAD_LIMIT + 1),
}
"""The body that brings an error about."""


def repeated(contract: EarthEngineContract) -> Answer:
    ask(contract.endpoint, "POST", EXPORT, export(requestId="job-1"))
    return ask(contract.endpoint, "POST", EXPORT, export(requestId="job-1"))


def missing(contract: EarthEngineContract) -> Answer:
    return ask(contract.endpoint, "GET", "/v1beta/projects/my-project/operations/NOPE")


def over_the_rate(contract: EarthEngineContract) -> Answer:
    contract.surroundings = Environment(rate=1)
    ask(contract.endpoint, "POST", EXPORT, export())
    return ask(contract.endpoint, "POST", EXPORT, export())


def over_the_queue(contract: EarthEngineContract) -> Answer:
    del contract
    service = Service(load(), clock=SteppedClock())
    with ServerThread(service) as server:
        for _ in range(QUEUE_LIMIT):
            service.handle(Exchange(verb="POST", path=EXPORT))
        return ask(server.endpoint, "POST", EXPORT, export())


def signed_in_as(token: str) -> Answer:
    narrow = Grant(caller="a", scopes=frozenset({"https://www.googleapis.com/auth/drive"}))
    access = Access(mode=Mode.SCOPED, grants={"narrow": narrow})
    with ServerThread(Service(load(), access=access)) as server:
        path = EXPORT.replace("v1beta", "v1alpha")
        return ask(server.endpoint, "POST", path, export(), {"authorization": f"Bearer {token}"})


DONE: dict[str, Callable[[EarthEngineContract], Answer]] = {
    "request-id-reused": repeated,
    "operation-not-found": missing,
    "queue-full": over_the_queue,
    "rate-quota": over_the_rate,
    "scope-insufficient": lambda _: signed_in_as("narrow"),
    "unauthenticated": lambda _: signed_in_as("unknown"),
}
ORDERED = {
    *("asset-permission", "consumer-suspended", "expression-error", "iam-permission-denied", "internal"),
    *("memory-limit", "not-signed-up", "project-not-registered", "service-disabled", "unavailable"),
    "user-project-denied",
}
"""Errors that depend on more than the request: given when a test orders them."""


def error(contract: EarthEngineContract, name: str) -> Answer:
    """Bring an error about."""
    if name in DONE:
        return DONE[name](contract)
    if name in ORDERED:
        contract.refuse(catalogue("my-project")[name])
        return ask(contract.endpoint, "POST", EXPORT, export())
    return ask(contract.endpoint, "POST", EXPORT, SENT[name])


@needed
@pytest.mark.parametrize("name", [name for name in BODIES if name != "malformed-json"])
def test_the_body_is_the_one_on_record(earthengine_contract: EarthEngineContract, name: str) -> None:
    answer = error(earthengine_contract, name)
    assert (answer.status, answer.json) == (BODIES[name]["http"], BODIES[name]["body"])
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"


@needed
def test_malformed_json_is_quoted_in_the_form_on_record(earthengine_contract: EarthEngineContract) -> None:
    wanted: dict[str, Any] = BODIES["malformed-json"]["body"]["error"]
    text = b'{"a": {\n        }\n        "features": [\n        1]}'
    answer = ask(earthengine_contract.endpoint, "POST", EXPORT, text)
    assert answer.status == BODIES["malformed-json"]["http"]
    assert answer.error.keys() == wanted.keys()
    found, form = (body["message"].split("\n") for body in (answer.error, wanted))
    assert (found[0], found[-1]) == (form[0], form[-1])


@pytest.mark.parametrize("name", sorted({*SENT, *DONE, *ORDERED}))
def test_an_error_names_its_rule_and_evidence(earthengine_contract: EarthEngineContract, name: str) -> None:
    answer = error(earthengine_contract, name)
    assert answer.status == answer.error["code"] >= 400
    assert answer.headers["x-groundwire-evidence"] in {"V", "V*", "D", "C", "I"}
    if name not in ("queue-full", "scope-insufficient", "unauthenticated"):
        assert earthengine_contract.requests[-1].verdict == answer.rule
    if name not in SENT:
        assert answer.rule == name
