from __future__ import annotations

import base64
import hashlib
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from groundwire_contract.server.host import is_own_host
from groundwire_contract.server.http import ServerThread
from groundwire_contract.service import Service
from groundwire_contract.state.sqlite import Sqlite

from ..wire import ask
from .scene import service, start, working_day


@pytest.fixture
def day() -> Service:
    return working_day()


@pytest.fixture
def address(day: Service) -> Iterator[str]:
    with ServerThread(day) as server:
        yield server.endpoint


def test_it_is_html_that_only_this_page_may_use(address: str) -> None:
    answer = ask(address, "GET", "/?state=RUNNING")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=UTF-8")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    policy = dict(each.split(" ", 1) for each in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    for directive, tag in (("style-src", "style"), ("script-src", "script")):
        (inside,) = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", answer.body.decode(), re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert policy[directive] == f"'sha256-{digest}'"


def test_a_page_that_the_visitor_has_is_not_sent_again(day: Service, address: str) -> None:
    first = ask(address, "GET", "/")
    known = {"if-none-match": first.headers["etag"]}
    again = ask(address, "GET", "/", headers=known)
    assert (again.status, again.body) == (304, b"")
    assert again.headers["x-groundwire-clock"] == "2026-01-01 00:01:29"
    start(day)
    assert ask(address, "GET", "/", headers=known).status == 200


def test_visits_are_no_requests_and_take_no_time(day: Service, address: str) -> None:
    before = (day.state.answered, day.clock.now())
    assert ask(address, "HEAD", "/").body == b""
    assert ask(address, "GET", "/?anything=%ff").status == 200
    assert (day.state.answered, day.clock.now()) == before


@pytest.mark.parametrize(("verb", "path"), [("POST", "/"), ("GET", "//"), ("GET", "/index.html")])
def test_all_else_is_a_request_as_ever(day: Service, address: str, verb: str, path: str) -> None:
    before = day.state.answered
    assert ask(address, verb, path).rule == "unknown-path"
    assert day.state.answered == before + 1


def test_a_name_that_was_pointed_here_does_not_read_it(address: str) -> None:
    answer = ask(address, "GET", "/", headers={"host": f"rebound.example:{urlsplit(address).port}"})
    assert answer.status == 421
    assert b"sentinel2" not in answer.body
    assert ask(address, "GET", "/", headers={"host": f"localhost:{urlsplit(address).port}"}).status == 200


@pytest.mark.parametrize(
    ("host", "address", "ours"),
    [
        ("127.0.0.1:8085", "127.0.0.1", True),
        ("127.8.8.8", "127.0.0.1", True),
        ("[::1]:80", "::1", True),
        ("LOCALHOST:1", "127.0.0.1", True),
        ("contract.localhost", "127.0.0.1", True),
        ("192.168.1.5:8085", "192.168.1.5", True),
        ("192.168.1.6:8085", "192.168.1.5", False),
        ("localhost.example", "127.0.0.1", False),
        ("notlocalhost", "127.0.0.1", False),
        ("0.0.0.0", "127.0.0.1", False),  # noqa: S104 - what is refused
        ("[::1", "::1", False),
        ("", "127.0.0.1", False),
    ],
)
def test_only_this_machine_and_the_address_itself_are_ours(host: str, address: str, ours: bool) -> None:
    assert is_own_host(host, address) is ours


def test_a_state_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    file = tmp_path / "state"
    state = Sqlite(file)
    start(service(state=state))
    state.close()
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("UPDATE operations SET value = '{}'")
    state = Sqlite(file)
    try:
        with ServerThread(service(state=state)) as server:
            answer = ask(server.endpoint, "GET", "/")
        assert (answer.status, answer.rule) == (503, "state-unwritable")
        assert str(file) in answer.message
    finally:
        state.close()


def test_hostile_texts_arrive_even_without_a_form_in_utf_8() -> None:
    of = service()
    operation = start(of)
    of.state.put(
        type(operation)(name=operation.name, kind="", created=operation.created, description="\ud800")
    )
    with ServerThread(of) as server:
        assert ask(server.endpoint, "GET", "/").status == 200


def test_the_page_is_imported_at_the_first_visit() -> None:
    code = "import sys, groundwire_contract.server.http; print([n for n in sys.modules if 'groundwire_pages' in n])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "[]\n"
