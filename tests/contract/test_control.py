"""Control requests: a frozen clock is advanced, everything is forgotten, and what was done is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from groundwire_contract.clock import START, FrozenClock, RealClock, timestamp
from groundwire_contract.contract import load
from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.server.control_api import ControlRouter
from groundwire_contract.service import Service

from .process import serving
from .wire import EXPORT, JSON, OPERATIONS, PROJECT, ask, export

CONTROL = "/$contract/"


def test_a_frozen_clock_is_advanced_from_outside(tmp_path: Path) -> None:
    options = ("--clock", "frozen", "--state", str(tmp_path / "state"))
    with serving(*options) as (process, address):
        name = ask(address, "POST", EXPORT, export()).json["name"]
        waited = ask(address, "POST", f"/v1beta/{name}:wait", {"timeout": "60s"}).json
        assert waited["metadata"]["state"] == "PENDING", "a wait is answered early"
        assert ask(address, "POST", f"{CONTROL}advance", {"seconds": 2.5}).json == {
            "now": "2026-01-01T00:00:02.500000Z"
        }
        assert ask(address, "GET", f"/v1beta/{name}").json["metadata"]["state"] == "RUNNING"
        process.kill()
    with serving(*options) as (_, address):
        assert ask(address, "GET", f"/v1beta/{name}").json["metadata"]["state"] == "RUNNING"
        ask(address, "POST", f"{CONTROL}advance", {"seconds": 2.5})
        assert ask(address, "GET", f"/v1beta/{name}").json["metadata"]["state"] == "SUCCEEDED"
        assert ask(address, "POST", f"{CONTROL}reset").json == {"now": "2026-01-01T00:00:00Z"}
        assert ask(address, "GET", OPERATIONS).json == {}


@pytest.fixture
def service() -> Service:
    return Service(load(), clock=FrozenClock())


def send(service: Service, verb: str, path: str, body: object = None, peer: str = "127.0.0.1") -> Reply:
    raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = ControlRouter(service).handle(
        Exchange(verb=verb, path=path, headers=JSON, body=raw, length=len(raw), peer=peer)
    )
    assert isinstance(reply, Reply)
    return reply


def seen(service: Service, what: str) -> list[dict[str, Any]]:
    return json.loads(send(service, "GET", f"{CONTROL}{what}").body)[what]


def test_what_was_done_is_shown_and_control_is_not_part_of_it(service: Service) -> None:
    bodies = [export(description=name) for name in ("a", "b")]
    for body in bodies:
        send(service, "POST", EXPORT, body)
    send(service, "POST", f"/v1beta/{PROJECT}/image:nothing")
    send(service, "POST", f"{CONTROL}advance", {"seconds": 1})
    shown = seen(service, "operations")
    assert [each["metadata"]["description"] for each in shown] == ["a", "b"]
    assert {each["metadata"]["state"] for each in shown} == {"RUNNING"}
    made = seen(service, "requests")
    assert [each["body"] for each in made] == [*bodies, None]
    assert [(each["status"], each["verdict"]) for each in made] == [
        (200, "accepted"), (200, "accepted"), (404, "unknown-path")
    ]  # fmt: skip
    assert {each["at"] for each in made} == {timestamp(START)}
    send(service, "POST", f"{CONTROL}reset")
    assert (seen(service, "operations"), seen(service, "requests")) == ([], [])


@pytest.mark.parametrize(
    ("verb", "path", "body", "status"),
    [
        ("GET", "advance", None, 404),
        ("POST", "", None, 404),
        ("POST", "operations", None, 404),
        ("POST", "advance", b"{", 400),
        ("POST", "advance", {}, 400),
        ("POST", "advance", {"seconds": "3"}, 400),
        ("POST", "advance", {"seconds": True}, 400),
        ("POST", "advance", {"seconds": -1}, 400),
        ("POST", "advance", {"seconds": 1e300}, 400),
        ("POST", "advance", {"seconds": 1, "minutes": 1}, 400),
    ],
)
def test_what_control_refuses(service: Service, verb: str, path: str, body: object, status: int) -> None:
    before = service.clock.now()
    reply = send(service, verb, f"{CONTROL}{path}", body)
    assert (reply.status, reply.rule) == (status, "control")
    assert json.loads(reply.body)["error"]["message"]
    assert service.clock.now() == before


@pytest.mark.parametrize(
    ("peer", "status"),
    [
        ("127.8.8.8", 200), ("::1", 200), ("::ffff:127.0.0.1", 200),
        ("10.0.0.1", 403), ("::ffff:10.0.0.1", 403), ("fe80::1%eth0", 403), ("", 403), ("unix", 403),
    ],
)  # fmt: skip
def test_only_this_machine_has_control(service: Service, peer: str, status: int) -> None:
    assert send(service, "GET", f"{CONTROL}operations", peer=peer).status == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "127.0.0.1:8085"}, 200),
        ({"host": "localhost:8085"}, 200),
        ({"host": "localhost"}, 200),
        ({"host": "[::1]:8085"}, 200),
        ({"host": "[::1]"}, 200),
        ({"host": "[::1"}, 403),
        ({"host": "127.0.0.1:8085", "origin": "http://127.0.0.1:8085"}, 200),
        ({"host": "127.0.0.1:8085", "origin": "http://127.0.0.1:9999"}, 403),
        ({"host": "127.0.0.1:8085", "origin": "https://elsewhere.example"}, 403),
        ({"host": "127.0.0.1:8085", "origin": "null"}, 403),
        ({"host": "elsewhere.example:8085"}, 403),
        ({"host": "elsewhere.example"}, 403),
    ],
)
def test_no_page_from_elsewhere_has_control(service: Service, headers: dict[str, str], status: int) -> None:
    reply = ControlRouter(service).handle(Exchange(verb="POST", path=f"{CONTROL}reset", headers=headers))
    assert isinstance(reply, Reply)
    assert reply.status == status


def test_a_clock_that_moves_by_itself_is_not_advanced() -> None:
    service = Service(load(), clock=RealClock())
    reply = send(service, "POST", f"{CONTROL}advance", {"seconds": 1})
    assert reply.status == 400
    assert b"--clock frozen" in reply.body
