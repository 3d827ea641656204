"""Overrides of a test: faults for the next requests, rules that are off, rules that answer otherwise."""

from __future__ import annotations

import http.client
import socket
import struct
from urllib.parse import urlsplit

import groundwire
import pytest
from groundwire_contract.fixture import PROJECT, EarthEngineContract
from groundwire_contract.overrides import STATUSES, Change, Overrides, Step, read_step, steps
from groundwire_contract.rules.refusals import catalogue
from groundwire_contract.rules.registry import OFF
from groundwire_runtime.errors import OutcomeUnknown

from .wire import EXPORT, OPERATIONS, ask, export


def test_a_script_is_followed_step_by_step(earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.script([429, 429, "ok", "expired token"])
    answers = [ask(earthengine_contract.endpoint, "POST", EXPORT, export()) for _ in range(5)]
    assert [answer.status for answer in answers] == [429, 429, 200, 401, 200]
    assert "invalid_token" in answers[3].headers["www-authenticate"]
    assert len(earthengine_contract.operations) == 2


def test_a_step_waits_for_its_method(earthengine_contract: EarthEngineContract) -> None:
    endpoint = earthengine_contract.endpoint
    earthengine_contract.script([503], method="operations.list")
    assert ask(endpoint, "POST", EXPORT, export()).status == 200
    assert ask(endpoint, "GET", OPERATIONS).status == 503
    assert ask(endpoint, "GET", OPERATIONS).status == 200


@pytest.mark.parametrize(
    ("step", "operations"),
    [("reset before", 0), ("reset after", 1), ("503 before", 0), ("503 after", 1), ("cut", 1), ("drip", 1)],
)
def test_a_request_takes_effect_or_not(
    earthengine_contract: EarthEngineContract, step: str, operations: int
) -> None:
    earthengine_contract.script([step])
    if "reset" in step:
        with pytest.raises(ConnectionResetError):
            ask(earthengine_contract.endpoint, "POST", EXPORT, export())
    elif step == "cut":
        with pytest.raises(http.client.IncompleteRead):
            ask(earthengine_contract.endpoint, "POST", EXPORT, export())
    else:
        answer = ask(earthengine_contract.endpoint, "POST", EXPORT, export())
        assert answer.status == (200 if step == "drip" else 503)
        assert answer.json
    assert len(earthengine_contract.operations) == operations
    assert len(earthengine_contract.requests) == 1
    assert ask(earthengine_contract.endpoint, "POST", EXPORT, export()).status == 200


@pytest.mark.parametrize("step", ["reset before", "reset after"])
def test_a_reset_is_one_on_the_wire_and_no_orderly_end(
    earthengine_contract: EarthEngineContract, step: str
) -> None:
    address = urlsplit(earthengine_contract.endpoint)
    earthengine_contract.script([step])
    head = f"POST {EXPORT} HTTP/1.1\r\nHost: {address.netloc}\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}"
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
        connection.sendall(head.encode())
        # An orderly end (FIN) would be read as the end of the stream, b"".
        with pytest.raises(ConnectionResetError):
            connection.recv(65536)


def test_an_answer_that_drips_comes_in_pieces(earthengine_contract: EarthEngineContract) -> None:
    host, _, port = urlsplit(earthengine_contract.endpoint).netloc.rpartition(":")
    earthengine_contract.script(["drip"])
    pieces: list[bytes] = []
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(
            f"GET {OPERATIONS}/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        while piece := connection.recv(65536):
            pieces.append(piece)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert len(pieces) > 3


def test_our_client_starts_an_export_once_through_a_script(earthengine_contract: EarthEngineContract) -> None:
    client = earthengine_contract.client()
    earthengine_contract.script([429, "503 before", "expired token", "reset before"])
    request = groundwire.ExportImageRequest(expression=groundwire.Expression(result="0"))
    with pytest.raises(groundwire.errors.GroundwireError):
        client.projects.image.export(request)
    earthengine_contract.script(["reset after"])
    with pytest.raises(OutcomeUnknown):
        client.projects.image.export(request)
    assert len(earthengine_contract.operations) == 1


def test_every_step_has_a_name_and_an_unknown_one_is_refused() -> None:
    known = steps(PROJECT)
    assert {*catalogue(PROJECT), *map(str, STATUSES), "ok", "cut", "expired token"} <= set(known)
    assert read_step(Step(), PROJECT) == Step()
    refusal = catalogue(PROJECT)["internal"]
    assert read_step(refusal, PROJECT) == read_step(500, PROJECT) == read_step("internal", PROJECT)
    with pytest.raises(LookupError, match="'418' is none of 401"):
        read_step("418", PROJECT)


def test_a_rule_answers_otherwise(earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.answer("request-id-reused", code=400, message="Used before.")
    twice = [ask(earthengine_contract.endpoint, "POST", EXPORT, export(requestId="a")) for _ in range(2)]
    assert (twice[1].status, twice[1].message) == (400, "Used before.")
    assert (twice[1].error["status"], twice[1].rule) == ("INVALID_ARGUMENT", "request-id-reused")


def test_an_order_for_what_is_not_there_is_refused() -> None:
    overrides = Overrides()
    with pytest.raises(LookupError, match="no such rule: nothing"):
        overrides.relax("bounds", "nothing")
    with pytest.raises(LookupError, match="no such rule: nothing"):
        overrides.change("nothing", Change(code=400))
    with pytest.raises(ValueError, match="418 is none of 400"):
        overrides.change("bounds", Change(code=418))
    assert overrides.relaxed == OFF


def test_requests_that_break_the_contract_are_listed(earthengine_contract: EarthEngineContract) -> None:
    endpoint = earthengine_contract.endpoint
    ask(endpoint, "POST", EXPORT, export(requestId="a"))
    ask(endpoint, "POST", EXPORT, export(requestId="a"))
    earthengine_contract.script([503])
    ask(endpoint, "POST", EXPORT, export(bogus=1))
    earthengine_contract.assert_valid()
    ask(endpoint, "POST", EXPORT, export(bogus=1))
    ask(endpoint, "GET", "/nowhere")
    with pytest.raises(AssertionError) as caught:
        earthengine_contract.assert_valid()
    first, *rest = str(caught.value).splitlines()
    assert first == "2 requests break the contract:"
    assert rest == [
        f'POST {EXPORT}: 400 unknown-field: Invalid JSON payload received. Unknown name "bogus": Cannot find field.',
        '    at /bogus in the body: "bogus": 1',
        "    request 4 of 5, earthengine.projects.image.export",
        "GET /nowhere: 404 unknown-path: The API has no method with this verb and path.",
        "    request 5 of 5, no method",
    ]
