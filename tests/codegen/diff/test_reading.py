"""The page of a diff in a headless Chromium: searched, narrowed, followed and folded, by keyboard too."""

from __future__ import annotations

import pytest

from tests import browser
from tests.browser import Browser
from tests.codegen.diff.visitor import (
    ENTER,
    ENTRIES,
    ESCAPE,
    FOCUSED,
    FOUND,
    FROM,
    LINK,
    NAMES,
    OPEN,
    REQUEST,
    RULES,
    SEEN,
    SPACE,
    TAB,
    UNFOLD,
    VERDICTS,
    ask,
    choose,
)

pytestmark = browser.needed


def test_all_is_folded_and_unfolded(view: Browser, address: str) -> None:
    view.open(address)
    view.run("document.getElementById('unfold').click()")
    assert set(view.run(OPEN)) == {True}
    assert len(view.run(ENTRIES)) == 9
    view.run("document.getElementById('fold').click()")
    assert set(view.run(OPEN)) == {False}
    assert view.run(NAMES) == ["projects", "ExportImageRequest", "ImageFileFormat"]


def test_a_search_narrows_and_opens_and_clearing_brings_everything_back(view: Browser, address: str) -> None:
    view.open(address)
    before = view.run(OPEN), view.run(NAMES)
    ask(view, "ZARR")
    assert view.run(RULES) == ["enum.value-sent"]
    assert view.run(NAMES) == ["ImageFileFormat"]
    assert view.run(FOUND) == "1 of 9 changes"
    assert view.run("return CSS.highlights.get('found').size") == 1
    ask(view, "x")
    assert view.run(ENTRIES) == []
    assert view.run(FOUND) == "Nothing matches."
    view.press(ESCAPE)
    assert view.run("return document.getElementById('search').value") == ""
    assert view.run(FOUND) == "9 changes"
    assert (view.run(OPEN), view.run(NAMES)) == before


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("exportimagerequest.labels", "field.added"),
        ("Labels  exportimage", "field.added"),
        ("earthengine.projects.image.export.project", "parameter.pattern"),
        ("client.projects.image.export", "parameter.pattern"),
        ("api.base-url", "api.base-url"),
        ("europe.rep", "api.base-url"),
    ],
)
def test_names_of_every_kind_are_found(view: Browser, address: str, words: str, rule: str) -> None:
    view.open(address)
    ask(view, words)
    assert view.run(RULES) == [rule]


def test_a_method_that_did_not_change_is_found(view: Browser, address: str) -> None:
    view.open(address)
    ask(view, "earthengine.projects.algorithms.list")
    leaves = f"return [...document.querySelectorAll('.leaf')].filter({SEEN}).map(each => each.textContent)"
    assert view.run(leaves) == ["algorithms.list"]
    assert view.run(FOUND) == "0 of 9 changes"


def test_verdicts_are_chosen_alone_and_together(view: Browser, address: str) -> None:
    view.open(address)
    before = view.run(OPEN)
    choose(view, "run")
    assert view.run(VERDICTS) == ["run"]
    choose(view, "compatible")
    assert sorted(view.run(VERDICTS)) == ["compatible", "run"]
    assert view.run(FOUND) == "2 of 9 changes"
    ask(view, "labels")
    assert view.run(VERDICTS) == ["compatible"]
    view.press(ESCAPE)
    assert view.run(FOUND) == "9 changes"
    assert view.run(OPEN) == before


def test_a_method_leads_to_what_it_meets_and_back(view: Browser, address: str) -> None:
    view.look(1280, 500)
    view.open(address)
    view.run("document.querySelectorAll('#shapes details').forEach(each => each.open = false)")
    view.run("arguments[0].click()", view.run(LINK, "ExportImageRequest"))
    view.until(f"{REQUEST}.open && document.activeElement === {REQUEST}.querySelector('summary')")
    top, bar = view.run(
        f"return [{REQUEST}.getBoundingClientRect().top, document.getElementById('tools').getBoundingClientRect().bottom]"
    )
    assert bar <= top < bar + 20
    view.run("arguments[0].click()", view.run(FROM, "projects.image.export"))
    view.until("document.activeElement.querySelector('.name')?.textContent === 'export'")
    assert set(view.run(NAMES)) >= {"projects", "image", "export"}


def test_a_link_reveals_what_a_search_hides(view: Browser, address: str) -> None:
    view.open(address)
    ask(view, "parameter.pattern")
    assert view.run(NAMES) == ["projects", "image", "export"]
    link = view.run(LINK, "ExportImageRequest")
    view.run("arguments[0].focus()", link)
    view.press(ENTER)
    view.until(f"document.activeElement === {REQUEST}.querySelector('summary')")
    assert view.run(f"return {REQUEST}.open && {REQUEST}.checkVisibility()")
    assert view.run("return document.getElementById('search').value") == ""
    assert "field.removed" in view.run(RULES)
    view.run("document.getElementById('fold').click()")
    view.run("arguments[0].click()", link)
    view.until(f"{REQUEST}.open")


def test_an_address_with_a_fragment_opens_there(view: Browser, address: str) -> None:
    view.open(address)
    fragment = view.run("return document.querySelector('#shapes details:last-of-type').id")
    view.open("about:blank")
    view.open(f"{address}#{fragment}")
    view.until("document.activeElement.textContent.includes('ImageFileFormat')")
    view.open("about:blank")
    view.open(f"{address}#nothing")
    assert view.run(FOUND) == "9 changes"


def test_the_keyboard_reaches_everything_in_order(view: Browser, address: str) -> None:
    view.open(address)
    view.run(UNFOLD)
    wanted = view.run(
        "return [...document.querySelectorAll('a[href], button, summary, input')]"
        f".filter({SEEN}).map(each => each.id || each.textContent.trim())"
    )
    assert len(wanted) > 30
    reached = []
    for _ in wanted:
        view.press(TAB)
        reached.append(view.run(FOCUSED))
        assert view.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert reached == wanted
    assert reached[0] == "Skip to the changes"


def test_the_keyboard_alone_searches_chooses_and_folds(view: Browser, address: str) -> None:
    view.open(address)
    view.press(TAB, ENTER, TAB)
    assert view.run("return document.activeElement.matches('summary')")
    assert view.run("return document.activeElement.querySelector('.name').textContent") == "projects"
    view.press(SPACE)
    assert "export" not in view.run(NAMES)
    view.press("/", *"labels")
    assert view.run("return document.getElementById('search').value") == "labels"
    assert view.run(RULES) == ["field.added"]
    view.press(ESCAPE)
    view.run("document.querySelector('input[data-verdict=run]').focus()")
    view.press(SPACE)
    assert view.run(VERDICTS) == ["run"]
    view.press(SPACE)
    view.run("document.getElementById('fold').focus()")
    view.press(ENTER)
    assert set(view.run(OPEN)) == {False}
