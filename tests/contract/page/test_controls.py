"""The buttons of the status page in a browser: with and without the token, on what has ended, and with odd names."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from attrs import evolve
from groundwire_contract.operations import state as op
from groundwire_contract.server.admission import Admission
from groundwire_contract.server.control_token import ControlToken
from groundwire_contract.server.http import ServerThread
from groundwire_contract.service import Service
from groundwire_contract.state.memory import Memory

from tests import browser
from tests.browser import Browser, chromium

from .scene import newest, send, service, start

pytestmark = browser.needed

TOKEN = "0123456789abcdef"
OTHER = "fedcba9876543210"
NAME = "contract.example"
SAID = "document.getElementById('said').textContent"
OPEN = "document.querySelectorAll('details').forEach(each => each.open = true)"
ENTER = "\ue007"


@pytest.fixture(scope="module")
def tab() -> Iterator[Browser]:
    """A browser that finds this machine under another name, as one outside a container does."""
    with chromium(f"--host-resolver-rules=MAP {NAME} 127.0.0.1") as found:
        yield found


@pytest.fixture
def view(tab: Browser) -> Iterator[Browser]:
    tab.look(1280)
    tab.complaints()
    yield tab
    tab.open("about:blank")
    tab.complaints()


@pytest.fixture
def day() -> Service:
    of = service()
    start(of, "first")
    start(of, "second")
    return of


def button(number: int, call: str) -> str:
    return f"document.querySelector('#operation-{number} [data-call={call}]')"


def press(view: Browser, number: int, call: str) -> None:
    view.run(f"{OPEN}; {button(number, call)}.click()")


def state_of(number: int) -> str:
    return f"document.querySelector('#operation-{number}').dataset.state"


def named(endpoint: str, login: str = "") -> str:
    """The address of a server under its other name."""
    return f"http://{login}{NAME}:{urlsplit(endpoint).port}/"


def guarded(of: Service, token: str = TOKEN, port: int = 0) -> ServerThread:
    return ServerThread(of, admission=Admission(token=ControlToken(token)), port=port)


@pytest.mark.parametrize(
    ("call", "state"), [("finish", "SUCCEEDED"), ("fail", "FAILED"), ("cancel", "CANCELLED")]
)
def test_a_button_acts_and_says_so(view: Browser, day: Service, call: str, state: str) -> None:
    with ServerThread(day) as server:
        view.open(server.endpoint)
        press(view, 1, call)
        view.until(f"{state_of(1)} === '{state}'")
        view.until(f"{SAID} === 'Done: {call.title()} first.'")
        assert view.run(f"return {state_of(2)}") == "PENDING"
        assert view.complaints() == []


def test_a_running_operation_is_cancelled_after_a_while(view: Browser, day: Service) -> None:
    day.clock.elapse(10)
    with ServerThread(day) as server:
        view.open(server.endpoint)
        press(view, 2, "cancel")
        view.until(f"{state_of(2)} === 'CANCELLING'")
        view.run(f"{OPEN}; document.querySelector('[data-call=advance]').click()")
        view.until(f"{state_of(2)} === 'CANCELLED'")


@pytest.mark.parametrize("call", ["finish", "fail", "cancel"])
def test_an_operation_that_ended_meanwhile_is_left_alone(view: Browser, day: Service, call: str) -> None:
    with ServerThread(day) as server:
        view.open(server.endpoint)
        view.run("document.getElementById('pause').click()")
        day.state.put(op.fail(newest(day), day.clock.now(), "Gone."))
        press(view, 2, call)
        name = newest(day).name
        wanted = f"Not done: {name} is FAILED already"
        if call == "fail":
            view.until(f"{state_of(2)} === 'FAILED'")
        else:
            view.until(f"{SAID} === '{wanted}'")
        assert view.until(f"{state_of(2)}") == "FAILED", "what is new is shown, also while the page is paused"
        assert view.run(f"return {button(2, call)}") is None
        assert view.run("return document.getElementById('live').dataset.live") == "off"


def test_an_operation_that_was_deleted_meanwhile_is_missed(view: Browser, day: Service) -> None:
    with ServerThread(day) as server:
        view.open(server.endpoint)
        view.run("document.getElementById('pause').click()")
        day.state.forget(newest(day).name)
        press(view, 2, "finish")
        view.until(f"{SAID}.startsWith('Not done: the contract server has no operation')")
        assert view.run("return document.getElementById('operation-2')") is None


def test_names_with_quotes_and_markup_are_names(view: Browser) -> None:
    evil = """'"><img src=x onerror=window.hacked=1>&quot;</button>"""
    of = service(state=Memory())
    of.overrides.relax("description-invalid")
    start(of, evil)
    odd = evolve(newest(of), name=f"projects/p/operations/{evil}", sequence=0)
    of.state.add(odd)
    with ServerThread(of) as server:
        view.open(server.endpoint)
        for number in (1, 2):
            press(view, number, "hold")
            view.until(f"{button(number, 'release')}")
            press(view, number, "finish")
            view.until(f"{state_of(number)} === 'SUCCEEDED'")
            view.until(f"{SAID} === arguments[0]", f"Done: Finish {evil}.")
        assert view.run("return [window.hacked, document.images.length]") == [None, 0]
        assert view.complaints() == []


def test_the_keyboard_keeps_its_place(view: Browser, day: Service) -> None:
    with ServerThread(day) as server:
        view.open(server.endpoint)
        view.run(f"{OPEN}; {button(1, 'hold')}.focus()")
        view.press(ENTER)
        view.until(f"{button(1, 'release')} && {SAID}.startsWith('Done')")
        assert view.run("return document.activeElement.dataset.call") == "release"
        view.run(f"{button(1, 'finish')}.focus()")
        view.press(ENTER)
        view.until(f"{state_of(1)} === 'SUCCEEDED' && document.activeElement.id === 'operation-1'")
        start(day, "third")
        view.until("document.getElementById('operation-3')")
        assert view.run("return document.activeElement.id") == "operation-1"


def test_without_the_token_another_machine_sees_nothing(view: Browser, day: Service) -> None:
    with guarded(day) as server:
        for login in ("", f"me:{OTHER}@"):
            view.open(named(server.endpoint, login))
            assert view.run("return document.querySelectorAll('.operation, [data-call]').length") == 0
            assert any("401" in each for each in view.complaints())
    assert [op.state(each, day.clock.now()).value for each in (newest(day),)] == ["PENDING"]


def test_under_an_allowed_name_there_are_no_buttons(view: Browser, day: Service) -> None:
    with ServerThread(day, admission=Admission(hosts=(NAME,))) as server:
        view.open(named(server.endpoint))
        assert view.until(state_of(1)) == "PENDING"
        assert view.run("return document.querySelectorAll('[data-call]').length") == 0


def test_with_the_token_the_page_lives_and_its_buttons_act(view: Browser, day: Service) -> None:
    with guarded(day) as server:
        view.open(named(server.endpoint, f"me:{TOKEN}@"))
        assert view.run("return document.querySelectorAll('[data-call]').length") > 0
        press(view, 1, "finish")
        view.until(f"{state_of(1)} === 'SUCCEEDED'")
        start(day, "third")
        view.until("document.getElementById('operation-3')")
        assert view.run("return document.getElementById('live').dataset.live") == "on"


def test_a_token_that_is_no_longer_valid_is_said(view: Browser, day: Service) -> None:
    with guarded(day) as server:
        port = urlsplit(server.endpoint).port or 0
        view.open(named(server.endpoint, f"me:{TOKEN}@"))
        view.run("document.getElementById('pause').click()")
    with guarded(day, OTHER, port):
        press(view, 1, "finish")
        view.until(f"{SAID}.startsWith('Not done: /$contract/ answers only callers of this machine')")
        assert view.run(f"return {state_of(1)}") == "PENDING"
        view.run("document.getElementById('pause').click()")
        view.until(f"{SAID} === 'The server refuses the page: 401.'")
        assert view.run("return document.getElementById('live').dataset.live") == "lost"
    assert op.state(newest(day), day.clock.now()).value == "PENDING"


def test_controls_are_no_requests(view: Browser, day: Service) -> None:
    with ServerThread(day) as server:
        view.open(server.endpoint)
        press(view, 1, "cancel")
        view.until(f"{state_of(1)} === 'CANCELLED'")
    assert day.state.answered == 2
    assert send(day, "GET", "/nowhere").status == 404
