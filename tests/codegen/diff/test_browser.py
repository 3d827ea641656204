"""The page of a diff in a headless Chromium: how it looks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import browser
from tests.browser import CONTRAST, Browser
from tests.codegen.diff.scene import HOSTILE, diff_of
from tests.codegen.diff.shop import shop
from tests.codegen.diff.visitor import (
    ENTRIES,
    FOUND,
    NAMES,
    OPEN,
    RULES,
    SEEN,
    UNFOLD,
    VERDICTS,
    ask,
    choose,
    written,
)

pytestmark = browser.needed


@pytest.mark.parametrize("width", [1280, 768, 360, 320])
def test_nothing_is_wider_than_the_window(view: Browser, address: str, hostile: str, width: int) -> None:
    view.look(width)
    for each in (address, hostile):
        view.open(each)
        view.run(UNFOLD)
        assert view.run("return document.documentElement.scrollWidth") == width
        wide = f"return [...document.querySelectorAll('body *')].filter({SEEN}).filter(each => !each.matches('.unseen')"
        wide += " && each.getBoundingClientRect().right > innerWidth).map(each => each.outerHTML)"
        assert view.run(wide) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_all_text_can_be_told_from_its_ground(view: Browser, address: str, scheme: str, width: int) -> None:
    view.look(width, prefers_color_scheme=scheme)
    view.open(address)
    view.run(UNFOLD)
    assert view.run(CONTRAST) == []
    for verdict in ("types", "run", "behaviour", "compatible"):
        choose(view, verdict)
    ask(view, "a")
    assert view.run(CONTRAST) == []


def test_everything_has_a_role_and_a_name(view: Browser, address: str) -> None:
    view.open(address)
    tree = view.tree("main")
    roles = [node["role"]["value"] for node in tree]
    for role in (
        "banner",
        "main",
        "search",
        "searchbox",
        "status",
        "group",
        "region",
        "navigation",
        "article",
    ):
        assert role in roles, role
    needs = {"link", "button", "checkbox", "searchbox", "region", "navigation", "DisclosureTriangle", "image"}
    assert [
        each for each in tree if each["role"]["value"] in needs and not each["name"]["value"].strip()
    ] == []


def test_every_verdict_is_said_in_words_beside_its_colour(view: Browser, address: str) -> None:
    view.open(address)
    view.run(UNFOLD)
    said = view.run(f"{ENTRIES}.map(each => each.querySelector('.verdict').innerText)")
    assert set(said) == {
        "\u00d7 breaking at type-check time",
        "! breaking at run time",
        "\u2248 behaviour may change",
        "\u2713 compatible",
    }
    badges = "return [...document.querySelectorAll('summary .badge')].map(each => each.textContent)"
    assert set(view.run(badges)) == {"\u00d7", "\u2248", "\u00b7"}


def test_what_breaks_callers_is_unfolded_at_first(view: Browser, address: str) -> None:
    view.open(address)
    seen = set(view.run(VERDICTS))
    assert {"types", "run"} <= seen
    names = view.run(NAMES)
    assert names[:3] == ["projects", "image", "export"]
    assert "wait" not in names


def test_the_search_stays_in_sight_where_there_is_room(view: Browser, address: str) -> None:
    for width, position in ((1280, "sticky"), (360, "static")):
        view.look(width)
        view.open(address)
        assert view.run("return getComputedStyle(document.getElementById('tools')).position") == position


def test_hostile_texts_stay_texts(view: Browser, hostile: str) -> None:
    view.open(hostile)
    view.run(UNFOLD)
    assert view.run("return [document.images.length, document.scripts.length]") == [0, 1]
    text = view.run("return document.getElementById('changes').textContent")
    assert "</script><script>alert(1)</script>" in text
    ask(view, HOSTILE[:9])
    assert view.run(ENTRIES)


def test_a_large_page_opens_and_is_searched(view: Browser, large: str) -> None:
    view.open(large)
    view.until("document.getElementById('found').textContent.endsWith(' changes')")
    assert view.run("return document.querySelectorAll('article').length") > 1000
    assert not any(view.run(OPEN))
    ask(view, "accessconfig.ipcollection")
    view.until("document.getElementById('found').textContent.startsWith('1 of ')")
    assert view.run(RULES) == ["field.removed"]
    view.run("document.getElementById('search').value = ''")
    ask(view, "e")
    view.until("!document.getElementById('found').textContent.startsWith('1 of ')")
    assert not any(view.run(OPEN))


def test_without_script_all_is_there(view: Browser, address: str) -> None:
    view.tell("Emulation.setScriptExecutionDisabled", value=True)
    try:
        view.open(address)
        text = view.until("document.querySelector('#shapes') && document.body.innerText")
        assert view.run("return document.querySelector('input').checkVisibility()") is True
        assert view.run("return document.querySelector('input').matches(':disabled')") is True
    finally:
        view.tell("Emulation.setScriptExecutionDisabled", value=False)
    assert "Unfold all" not in text
    assert "ExportImageRequest" in text


def test_paper_is_light_and_shows_what_is_folded(view: Browser, address: str) -> None:
    view.open(address)
    view.run("document.getElementById('fold').click()")
    view.tell(
        "Emulation.setEmulatedMedia",
        media="print",
        features=[{"name": "prefers-color-scheme", "value": "dark"}],
    )
    try:
        assert view.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert len(view.run(ENTRIES)) == 9
        assert view.run("return document.getElementById('tools').checkVisibility()") is False
    finally:
        view.tell("Emulation.setEmulatedMedia", media="", features=[])


def test_nothing_moves_for_who_wants_it_still(view: Browser, address: str) -> None:
    view.look(1280, prefers_reduced_motion="reduce")
    view.open(address)
    view.run("document.getElementById('fold').click()")
    assert view.run("return document.getAnimations().length") == 0


def test_the_page_of_no_change_complains_of_nothing(view: Browser, tmp_path: Path) -> None:
    view.open(written(diff_of(shop(), shop()), tmp_path))
    assert view.run(FOUND) == "0 changes"
    ask(view, json.dumps(1))
    assert view.run(FOUND) == "Nothing matches."
