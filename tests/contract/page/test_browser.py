from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from attrs import evolve
from groundwire_contract.operations import state as op
from groundwire_contract.operations.script import Script
from groundwire_contract.operations.state import State
from groundwire_contract.server.http import ServerThread
from groundwire_contract.service import Service

from tests import browser
from tests.browser import CONTRAST, Browser, tab, view

from ..wire import EXPORT, export
from .scene import newest, send, service, start, working_day

__all__ = ["tab", "view"]

pytestmark = browser.needed

TAB, ENTER, SPACE = "\ue004", "\ue007", " "
UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true)"
FOCUSED = "document.activeElement.id || document.activeElement.textContent"
TIMERS = """
window.timers = new Set();
const set = window.setTimeout, clear = window.clearTimeout;
window.setTimeout = (run, after) => {
  const id = set(() => { timers.delete(id); run(); }, after);
  timers.add(id);
  return id;
};
window.clearTimeout = (id) => { timers.delete(id); clear(id); };
"""
"""Lets a test see which timers a page has set."""


@pytest.fixture
def day() -> Service:
    return working_day()


@pytest.fixture
def address(day: Service) -> Iterator[str]:
    with ServerThread(day) as server:
        yield server.endpoint


def state_of(number: int) -> str:
    return f"document.querySelector('#operation-{number} .state').textContent.includes(arguments[0])"


@pytest.mark.parametrize("width", [1280, 1024, 768, 360, 320])
def test_nothing_is_wider_than_the_window(view: Browser, address: str, width: int) -> None:
    view.look(width)
    view.open(address)
    view.run(UNFOLD)
    assert view.run("return document.documentElement.scrollWidth") == width
    wide = "return [...document.querySelectorAll('main *')].filter(each => each.checkVisibility()"
    wide += " && !each.matches('.unseen, thead, thead *')"
    wide += " && each.getBoundingClientRect().right > innerWidth).map(each => each.outerHTML)"
    assert view.run(wide) == []


def test_long_words_are_broken(view: Browser, day: Service, address: str) -> None:
    long = "w" * 900
    day.state.put(op.fail(start(day), day.clock.now(), long))
    send(day, "GET", f"/{long}", query=((long, long),), headers={long: long})
    view.look(320)
    view.open(address)
    view.run(UNFOLD)
    assert view.run("return document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_all_text_can_be_told_from_its_ground(view: Browser, address: str, scheme: str, width: int) -> None:
    view.look(width, prefers_color_scheme=scheme)
    view.open(address)
    view.run(UNFOLD)
    assert view.run(CONTRAST) == []


@pytest.mark.parametrize("width", [1280, 360])
def test_everything_has_a_role_and_a_name(view: Browser, address: str, width: int) -> None:
    view.look(width)
    view.open(address)
    tree = view.tree("contentinfo")
    roles = [node["role"]["value"] for node in tree]
    for role in ("banner", "main", "contentinfo", "navigation", "table", "columnheader", "row", "cell"):
        assert role in roles, role
    needs = {
        "link",
        "button",
        "progressbar",
        "table",
        "article",
        "region",
        "navigation",
        "DisclosureTriangle",
    }
    assert [
        node for node in tree if node["role"]["value"] in needs and not node["name"]["value"].strip()
    ] == []


def test_an_operation_is_followed_to_its_end(view: Browser) -> None:
    of = service()
    start(of, "first")
    with ServerThread(of) as server:
        view.open(server.endpoint)
        view.until(state_of(1), "PENDING")
        view.run("document.getElementById('operation-1').kept = true")
        of.clock.elapse(25)
        view.until(state_of(1), "RUNNING")
        assert view.run("return document.querySelector('#operation-1 .how progress').value") == 50
        assert view.until("document.getElementById('said').textContent") == "first: RUNNING"
        assert view.run("return document.getElementById('clock').textContent") == "2026-01-01 00:00:25"
        of.clock.elapse(25)
        view.until(state_of(1), "SUCCEEDED")
        assert view.run("return document.querySelector('#operation-1 .how progress').value") == 100
        assert view.run("return document.getElementById('operation-1').kept")
        assert view.run("return document.getElementById('said').getAttribute('role')") == "status"


def test_the_clock_goes_on_while_nothing_else_does(view: Browser) -> None:
    of = service()
    with ServerThread(of) as server:
        view.open(server.endpoint)
        of.clock.elapse(3)
        view.until("document.getElementById('clock').textContent === '2026-01-01 00:00:03'")


def test_what_the_reader_holds_stays_when_news_come(view: Browser, day: Service, address: str) -> None:
    view.open(address)
    row = "document.getElementById('request-3')"
    view.run(f"{row}.querySelector('summary').click(); {row}.querySelector('summary').focus()")
    view.run(f"{row}.scrollIntoView({{block: 'center'}})")
    top = view.run(f"return {row}.getBoundingClientRect().top")
    assert view.run("return scrollY") > 0
    start(day, "newest")
    send(day, "POST", EXPORT, export(unknown=1))
    view.until("document.getElementById('request-19')")
    assert view.run("return document.querySelector('#operation-list h3').textContent") == "newest"
    assert view.run(f"return {row}.querySelector('details').open")
    assert view.run(f"return document.activeElement === {row}.querySelector('summary')")
    assert abs(view.run(f"return {row}.getBoundingClientRect().top") - top) <= 1
    said = view.run("return document.getElementById('said').textContent")
    assert said == "newest: PENDING, refused: unknown-field"
    assert view.run("return document.querySelector('#fired-unknown-field .count').textContent") == "2\u00d7"


def test_the_first_of_everything_appears(view: Browser) -> None:
    of = service()
    with ServerThread(of) as server:
        view.open(server.endpoint)
        assert view.run("return document.querySelectorAll('.empty').length") == 3
        start(of, "first")
        send(of, "GET", "/nowhere")
        view.until("document.getElementById('operation-1') && document.getElementById('fired-unknown-path')")
        assert view.run("return document.querySelectorAll('.empty').length") == 0
        of.state.forget(newest(of).name)
        view.until("!document.getElementById('operation-1')")
        assert view.run("return document.querySelectorAll('.empty').length") == 1


def test_the_keyboard_reaches_everything_in_order(view: Browser, address: str) -> None:
    view.open(address)
    wanted = view.run(
        "return [...document.querySelectorAll('a[href], button, input, summary, [tabindex=\"0\"]')]"
        ".filter(each => each.checkVisibility()).map(each => each.id || each.textContent)"
    )
    assert len(wanted) > 30
    reached = []
    for _ in wanted:
        view.press(TAB)
        reached.append(view.run(f"return {FOCUSED}"))
        assert view.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert reached == wanted
    assert reached[:2] == ["Skip to the operations", "pause"]


def test_the_skip_link_leads_past_the_head(view: Browser, address: str) -> None:
    view.open(address)
    view.press(TAB)
    assert view.run("return document.activeElement.getBoundingClientRect().top") >= 0
    view.press(ENTER, TAB)
    assert view.run(f"return {FOCUSED}") == "filter-ALL"


def test_details_are_unfolded_and_read_with_the_keyboard(view: Browser, address: str) -> None:
    view.open(address)
    view.run("document.querySelector('#request-1 summary').focus()")
    view.press(ENTER, TAB)
    assert view.run("return document.activeElement.getAttribute('aria-label')") == "Body"
    assert '"functionName": "Image.constant"' in view.run("return document.activeElement.textContent")
    view.run("document.querySelector('#request-1 summary').focus()")
    view.press(SPACE)
    assert not view.run("return document.querySelector('#request-1 details').open")


def test_pausing_stops_all_asking_until_it_is_live_again(view: Browser, day: Service, address: str) -> None:
    spy = view.tell("Page.addScriptToEvaluateOnNewDocument", source=TIMERS)["identifier"]
    view.open(address)
    view.tell("Page.removeScriptToEvaluateOnNewDocument", identifier=spy)
    assert view.run("return timers.size") == 1
    view.run("document.getElementById('pause').focus()")
    view.press(SPACE)
    assert view.run("return document.getElementById('pause').getAttribute('aria-pressed')") == "true"
    assert view.run("return document.getElementById('said').textContent") == "Paused."
    assert view.run("return timers.size") == 0
    start(day, "newest")
    view.press(SPACE)
    view.until("document.querySelector('#operation-list h3').textContent === 'newest'")
    assert view.run("return document.getElementById('pause').getAttribute('aria-pressed')") == "false"


def test_a_filter_is_followed_by_keyboard_and_kept_by_what_is_new(
    view: Browser, day: Service, address: str
) -> None:
    view.open(address)
    view.run("document.getElementById('filter-FAILED').focus()")
    view.press(ENTER)
    view.until("location.search === '?state=FAILED' && document.readyState === 'complete'")
    states = "return [...document.querySelectorAll('.operation')].map(each => each.dataset.state)"
    assert view.run(states) == ["FAILED", "FAILED"]
    assert view.run("return document.querySelector('[aria-current]').id") == "filter-FAILED"
    start(day, "pending")
    day.state.put(op.fail(start(day), day.clock.now(), "Internal error."))
    view.until("document.querySelectorAll('.operation').length === 3")
    assert set(view.run(states)) == {"FAILED"}


def test_hostile_texts_stay_texts(view: Browser, day: Service, address: str) -> None:
    evil = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"
    failed = op.fail(start(day), day.clock.now(), evil)
    day.state.put(evolve(failed, description=evil))
    view.open(address)
    send(day, "GET", f"/{evil}", query=((evil, evil),), headers={"x-evil": evil})
    send(day, "POST", EXPORT, export(**{evil: evil}))
    view.until("document.getElementById('request-20')")
    assert view.run("return document.querySelector('.operation h3').textContent") == evil
    assert evil in view.run("return document.querySelector('.operation .error').textContent")
    view.run(UNFOLD)
    for number in (19, 20):
        assert evil in view.run(f"return document.getElementById('request-{number}').textContent")
    assert view.run("return [window.hacked, document.images.length, document.scripts.length]") == [None, 0, 1]


def test_a_server_that_goes_is_missed_and_found_again(view: Browser) -> None:
    of = service()
    with ServerThread(of) as server:
        view.open(server.endpoint)
        port = urlsplit(server.endpoint).port or 0
    view.until("document.getElementById('said').textContent === 'The server does not answer.'")
    with ServerThread(of, port=port):
        view.until("document.getElementById('said').textContent === 'Live again.'")


def test_without_script_all_is_there(view: Browser, address: str) -> None:
    view.tell("Emulation.setScriptExecutionDisabled", value=True)
    try:
        view.open(address)
        text = view.until("document.querySelector('footer') && document.body.innerText")
    finally:
        view.tell("Emulation.setScriptExecutionDisabled", value=False)
    assert "Reload to see what is new." in text
    assert "Pause" not in text
    assert all(state.value in text for state in State)


def test_nothing_moves_for_who_wants_it_still(view: Browser, day: Service, address: str) -> None:
    view.look(1280, prefers_reduced_motion="reduce")
    view.open(address)
    start(day, "newest")
    view.until("document.querySelector('#operation-11[data-changed]')")
    assert view.run("return document.getAnimations().length") == 0


def many(count: int = 500) -> Service:
    """A service with so many operations in a row."""
    of = service(script=Script(pending=5, running=40))
    for number in range(count):
        start(of, f"export-{number}")
        of.clock.elapse(0.25)
    return of


@pytest.fixture(scope="module")
def crowded() -> Iterator[str]:
    with ServerThread(many()) as server:
        yield f"{server.endpoint}/?list=dense"


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_hundreds_of_operations_are_a_list_of_lines(
    view: Browser, crowded: str, width: int, scheme: str
) -> None:
    view.look(width, prefers_color_scheme=scheme)
    view.open(crowded)
    assert view.run("return document.querySelectorAll('.operation').length") == 500
    assert view.run("return document.documentElement.scrollWidth") == width
    tall = view.run("return document.querySelector('#operation-2').getBoundingClientRect().height")
    assert tall < (48 if width > 600 else 160)
    assert view.run(CONTRAST) == []


def test_a_search_is_made_with_the_keyboard(view: Browser, crowded: str) -> None:
    view.open(crowded)
    view.run("document.getElementById('search').focus()")
    view.press("export-499", ENTER)
    view.until("location.search.includes('search=export-499') && document.readyState === 'complete'")
    assert view.run(
        "return [...document.querySelectorAll('.operation h3')].map(each => each.textContent)"
    ) == ["export-499"]
    assert "list=dense" in view.run("return location.search"), "the form keeps the rest"


def test_an_operation_leads_to_its_request_and_back(view: Browser, day: Service, address: str) -> None:
    for number in range(30):
        start(day, f"more-{number}")
    view.open(f"{address}/?operations=2")
    link = "document.querySelector('#operation-1 .note a')"
    assert view.run(f"return {link}.textContent") == "Started by request 1"
    view.run(f"{link}.click()")
    view.until("location.hash === '#request-1' && document.getElementById('request-1')")
    view.run("document.querySelector('#request-1 a.note').click()")
    view.until("location.hash === '#operation-1' && document.getElementById('operation-1')")


def test_the_controls_act_and_show_what_came_of_it(view: Browser) -> None:
    of = service()
    start(of, "first")
    start(of, "second")
    with ServerThread(of) as server:
        view.open(server.endpoint)
        view.run(UNFOLD)
        view.run("document.querySelector('#operation-1 [data-call=finish]').click()")
        view.until(state_of(1), "SUCCEEDED")
        assert view.run("return document.querySelector('#operation-1 .actions')") is None
        view.run("document.querySelector('#operation-2 [data-call=hold]').click()")
        view.until("document.querySelector('#operation-2 [data-call=release]')")
        view.run("document.querySelector('#operation-2 [data-call=fail]').click()")
        view.until(state_of(2), "FAILED")
        view.run("[...document.querySelectorAll('[data-call=advance]')].at(-1).click()")
        view.until("document.getElementById('clock').textContent === '2026-01-01 00:01:00'")
    assert of.state.answered == 2, "the controls are no requests"


def test_without_script_there_are_no_controls(view: Browser, address: str) -> None:
    view.tell("Emulation.setScriptExecutionDisabled", value=True)
    try:
        view.open(address)
        text = view.until("document.querySelector('footer') && document.body.innerText")
    finally:
        view.tell("Emulation.setScriptExecutionDisabled", value=False)
    assert "Control" not in text.replace("Control characters", "")
