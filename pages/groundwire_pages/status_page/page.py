"""The complete status page."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Final

from attrs import frozen

from ..kit.asset import asset
from ..kit.element import Html, element, join
from ..kit.page import Page, fact, skip_link
from .operations import operations
from .query import Query
from .requests import requests
from .rules import all_rules, fired
from .view import PAGE_SIZE, Snapshot

SCRIPT: Final = asset(Path(__file__).parent / "status_page.js")
_ICON: Final = (
    "data:image/svg+xml,"
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='4' fill='%230b6b63'/%3E"
    "%3Cpath d='M8 3v5M4 8h8M5.5 10.5h5M7 13h2' stroke='%23fff' stroke-width='1.4' stroke-linecap='round'/%3E"
    "%3C/svg%3E"
)


@frozen
class StatusPage:
    """The page and its version: pages of one version show the same, except for the clock."""

    html: str
    version: str
    clock: str


def render(snapshot: Snapshot, query: Query) -> StatusPage:
    """Return the page that shows a snapshot."""
    clock = _instant(snapshot.now)
    facts = _facts(snapshot)
    content = join(
        operations(snapshot, query),
        requests(snapshot, query),
        fired(snapshot, query),
        all_rules(snapshot.rules, snapshot.relaxed),
    )
    digest = hashlib.blake2b(
        (facts.text + content.text).encode("utf-8", "replace"), digest_size=12
    ).hexdigest()
    footer = (
        f"Operations and requests are shown {PAGE_SIZE} a page, newest first. Looking at this page changes nothing: "
        "it is not among the requests, and no clock moves for it."
    )
    page = Page(
        name="status-page",
        title=f"{snapshot.api} \u00b7 Groundwire contract",
        head=(element("link", rel="icon", href=_ICON),),
        skip=skip_link("operations", "Skip to the operations"),
        body=(
            _header(snapshot, clock, facts),
            element("main", content, id="content", tabindex="-1"),
            element("footer", element("p", footer)),
        ),
        script=element("script", Html(SCRIPT.text), type="module"),
        version=digest,
    )
    return StatusPage(html=page.html(), version=digest, clock=clock)


def _header(snapshot: Snapshot, clock: str, facts: Html) -> Html:
    now = element("p", element("time", clock, id="clock"), class_="clock", title="The contract's clock, UTC")
    return element(
        "header",
        element(
            "div",
            element("p", "Groundwire contract", class_="brand"),
            element("h1", snapshot.title),
            class_="title",
        ),
        element("div", now, _controls(), class_="now"),
        facts,
    )


def _controls() -> Html:
    """The elements that the script uses; a refresh does not replace them."""
    return element(
        "div",
        element("span", "Reload to see what is new.", id="said", role="status", class_="said"),
        element("button", "Pause", id="pause", type="button", hidden=True, aria_pressed="false"),
        id="live",
        class_="live",
        data_live="off",
    )


def _facts(snapshot: Snapshot) -> Html:
    forgotten = snapshot.answered - snapshot.remembered
    revision = f" of {snapshot.revision}" if snapshot.revision else None
    return element(
        "dl",
        fact("API", join(element("code", snapshot.api), revision)),
        fact("Served as", ", ".join(snapshot.versions)),
        fact("Endpoint", element("code", snapshot.endpoint)),
        fact("Clock", snapshot.pace),
        fact(
            "Requests",
            f"{snapshot.answered:,} answered" + (f", {forgotten:,} forgotten" if forgotten else ""),
        ),
        fact("New operations", "stand still") if snapshot.held else None,
        fact("Groundwire", snapshot.release),
        class_="facts",
        id="facts",
    )


def _instant(now: datetime) -> str:
    return now.strftime("%Y-%m-%d %H:%M:%S")
