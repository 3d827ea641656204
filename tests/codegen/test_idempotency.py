"""When a call may be made again: what the overlay states, what it may not state, and what a generated client makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from groundwire_codegen.pipeline import generate
from groundwire_codegen.problem import SpecError
from groundwire_runtime import credentials
from groundwire_runtime.clock import Clock
from groundwire_runtime.errors import TransportError
from groundwire_runtime.http import FunctionTransport, Request, Response
from groundwire_runtime.retry import RetryPolicy

from tests.codegen.conftest import Load
from tests.codegen.packages import case_inputs, output

CASE = Path(__file__).parent / "cases" / "idempotency"
DELETE, UPDATE, GET = "vault.boxes.delete", "vault.boxes.update", "vault.boxes.get"


@pytest.fixture
def vault(load: Load) -> ModuleType:
    return load(generate(case_inputs(CASE)).files)


def sent(package: ModuleType, call: Callable[[Any], object]) -> Request:
    """The request of a call."""
    requests: list[Request] = []

    def answer(request: Request) -> Response:
        requests.append(request)
        return Response(status=200, body=b"{}")

    call(package.Client(transport=FunctionTransport(answer), credentials=credentials.anonymous()))
    return requests[0]


def updated(package: ModuleType, box: object) -> Request:
    """The request that updates a box."""
    return sent(package, lambda client: client.boxes.update("b", box))


@pytest.mark.parametrize(
    ("call", "safe"),
    [
        ("boxes.get('b')", True),
        ("boxes.open('b')", False),
        ("boxes.search(Box(name='b'))", True),
        ("boxes.delete('b')", False),
        ("boxes.delete('b', force=True, tags=['a'])", False),
        ("boxes.delete('b', if_generation_match=7)", True),
        ("boxes.delete('b', if_generation_match=0)", True),
        ("boxes.delete('b', generation=7)", True),
        ("boxes.delete('b', body_etag='1')", True),
        ("boxes.delete('b', body_etag='')", False),
        ("boxes.update('b', Box(name='b'))", False),
        ("boxes.update('b', Box(etag='1'))", True),
        ("boxes.update('b', Box(etag=''))", False),
        ("boxes.update('b', Box(class_='x'))", True),
        ("boxes.update('b', Box(lock=Lock()))", False),
        ("boxes.update('b', Box(lock=Lock(etag='1')))", True),
        ("boxes.update('b', Box(), if_generation_match=0)", True),
        ("boxes.set_lock('b', SetLockRequest())", True),  # by the request id that the client fills in
        ("boxes.create(Box())", False),  # with a request id as well
    ],
)
def test_a_call_is_safe_to_make_again_as_the_overlay_states(vault: ModuleType, call: str, safe: bool) -> None:
    scope = vars(vault.messages)
    request = sent(vault, lambda client: eval(f"client.{call}", {**scope, "client": client}))  # noqa: S307 - our own text
    assert request.safe_to_retry is safe


LOST, NOT_SENT = TransportError("reset", sent=True), TransportError("refused", sent=False)


@pytest.mark.parametrize(
    ("call", "failure", "policy", "sends"),
    [
        ("open", LOST, RetryPolicy(attempts=5), 1),
        ("open", NOT_SENT, RetryPolicy(attempts=5), 2),
        ("open", NOT_SENT, None, 1),
        ("delete", LOST, RetryPolicy(attempts=5), 1),
        ("get", LOST, RetryPolicy(attempts=5), 2),
        ("get", LOST, None, 1),
    ],
)
def test_a_policy_decides_how_often_and_never_whether(
    vault: ModuleType, call: str, failure: TransportError, policy: RetryPolicy | None, sends: int
) -> None:
    attempts: list[str] = []

    def fail_once(request: Request) -> Response:
        attempts.append(request.verb)
        if len(attempts) == 1:
            raise failure
        return Response(status=200, body=b"{}")

    client = vault.Client(
        transport=FunctionTransport(fail_once),
        credentials=credentials.anonymous(),
        clock=Clock(sleep=lambda _: None),
    )
    with nullcontext() if sends == 2 else pytest.raises(TransportError):
        getattr(client.boxes, call)("b", retry=policy)
    assert len(attempts) == sends


def stated(text: str, method: str = DELETE, more: str = "") -> str:
    return f'document = "vault:v1"\n[methods."{method}"]\nidempotent = {text}\n{more}'


SHAPE = f'overlay#/methods/{DELETE}/idempotent: expected "always", "never" or '
WHEN = f"overlay#/methods/{DELETE}/idempotent/when: "
IN_UPDATE = f"overlay#/methods/{UPDATE}/idempotent/when: "
UNION = '[messages.Box.unions.kind]\nmembers = ["class", "etag"]\n'
EXTENSION = '[messages.Box.extensions.version]\nschema = { type = "string" }\nevidence = "C: a client"\n'


@pytest.mark.parametrize(
    ("overlay", "words"),
    [
        (stated('"sometimes"'), SHAPE),
        (stated("true"), SHAPE),
        (stated('["ifGenerationMatch"]'), SHAPE),
        (stated("{}"), "idempotent: `when` names nothing"),
        (stated("{ when = [] }"), "idempotent: `when` names nothing"),
        (stated('{ when = "ifGenerationMatch" }'), "idempotent/when: expected a list of strings"),
        (stated("{ when = [1] }"), "idempotent/when: expected a list of strings"),
        (stated('{ when = ["generation"], unless = ["force"] }'), "idempotent/unless: unknown construct"),
        (stated('{ when = ["if_generation_match"] }'), f"{WHEN}'if_generation_match' cannot be a precondition: the method has no such"),
        (stated('{ when = ["generation", "etag"] }'), f"{WHEN}'etag' cannot be a precondition: the method has no such parameter"),
        (stated('{ when = ["body"] }'), f"{WHEN}'body' cannot be a precondition: the method has no such parameter"),
        (stated('{ when = ["tags"] }'), f"{WHEN}'tags' cannot be a precondition: the parameter is a list"),
        (stated('{ when = ["body.name"] }'), f"{WHEN}'body.name' cannot be a precondition: the method takes no body"),
        (stated('{ when = ["body.ETag"] }', UPDATE), f"{IN_UPDATE}'body.ETag' cannot be a precondition: Box has no field 'ETag'"),
        (stated('{ when = ["body."] }', UPDATE), "Box has no field ''"),
        (stated('{ when = ["body.etag.x"] }', UPDATE), "the body has no field 'x'"),
        (stated('{ when = ["body.lock.tag"] }', UPDATE), "Lock has no field 'tag'"),
        (stated('{ when = ["body.lock.keys"] }', UPDATE), "the field is a list or a map"),
        (stated('{ when = ["body.lock.keys.etag"] }', UPDATE), "has no field 'etag'"),
        (stated('{ when = ["body.etag"] }', UPDATE, UNION), "the field 'etag' is a member of a union"),
        (stated('"never"', "vault.boxes.burn"), "the rule matches nothing: no method 'vault.boxes.burn'"),
    ],
)  # fmt: skip
def test_a_fact_that_does_not_fit_is_refused_with_its_place(overlay: str, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        output((CASE / "spec.json").read_bytes(), overlay)
    assert words in str(caught.value)


def test_every_precondition_that_does_not_fit_is_named() -> None:
    with pytest.raises(SpecError) as caught:
        output((CASE / "spec.json").read_bytes(), stated('{ when = ["a", "generation", "b"] }'))
    assert [problem.message[:3] for problem in caught.value.problems] == ["'a'", "'b'"]


def test_a_field_that_the_overlay_adds_may_be_a_precondition(load: Load) -> None:
    overlay = stated('{ when = ["body.version", "body.version"] }', UPDATE, EXTENSION)
    package = load(output((CASE / "spec.json").read_bytes(), overlay).files)
    boxes = {version: package.messages.Box(version=version) for version in ("1", None)}
    for version, box in boxes.items():
        assert updated(package, box).safe_to_retry is (version is not None)


def test_a_field_of_an_inline_body_behind_references_may_be_a_precondition(load: Load) -> None:
    document = json.loads((CASE / "spec.json").read_text("utf-8"))
    document["schemas"]["Lock"]["properties"]["state"] = {
        "type": "object",
        "properties": {"version": {"type": "string", "format": "int64"}},
    }
    package = load(output(document, stated('{ when = ["body.lock.state.version"] }', UPDATE)).files)
    messages = package.messages
    for version, safe in ((0, True), (None, False)):
        box = messages.Box(lock=messages.Lock(state=messages.LockState(version=version)))
        assert updated(package, box).safe_to_retry is safe
