"""The page as a whole."""

from __future__ import annotations

import hashlib
from datetime import datetime
from importlib.metadata import version
from typing import Final

from attrs import frozen

from ..clock import Clock, RealClock, SteppedClock
from ..contract import Contract
from .asset import SCRIPT, STYLE
from .choice import Choice
from .element import Child, Html, element, join
from .operations import operations
from .requests import requests
from .rules import all_rules, fired
from .snapshot import SIZE, Snapshot, Source, take

_ICON: Final = (
    "data:image/svg+xml,"
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='4' fill='%230b6b63'/%3E"
    "%3Cpath d='M8 3v5M4 8h8M5.5 10.5h5M7 13h2' stroke='%23fff' stroke-width='1.4' stroke-linecap='round'/%3E"
    "%3C/svg%3E"
)


@frozen
class Document:
    """The page, and its version: two pages of one version show the same but for the time on the clock."""

    html: str
    version: str
    clock: str


def document(source: Source, choice: Choice, endpoint: str) -> Document:
    """Write the page that shows a service."""
    snapshot = take(source, choice)
    facts = _facts(source, snapshot, endpoint)
    content = join(
        operations(snapshot, choice),
        requests(snapshot, choice),
        fired(snapshot, choice),
        all_rules(snapshot.relaxed),
    )
    digest = hashlib.blake2b((facts.text + content.text).encode("utf-8", "replace"), digest_size=12)
    found, clock = digest.hexdigest(), _instant(snapshot.now)
    whole = element(
        "html",
        _head(source.contract),
        element("body", *_body(source.contract, clock, facts, content), data_version=found),
        lang="en",
    )
    return Document(html=f"<!DOCTYPE html>\n{whole.text}\n", version=found, clock=clock)


def _head(contract: Contract) -> Html:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{contract.api.id} \u00b7 Groundwire contract"),
        element("link", rel="icon", href=_ICON),
        element("style", Html(STYLE.text)),
    )


def _body(contract: Contract, clock: str, facts: Html, content: Html) -> tuple[Html, ...]:
    return (
        element("a", "Skip to the operations", href="#operations", class_="skip"),
        element(
            "header",
            element(
                "div",
                element("p", "Groundwire contract", class_="brand"),
                element("h1", contract.api.title or contract.api.name),
                class_="title",
            ),
            element(
                "div",
                element(
                    "p", element("time", clock, id="clock"), class_="clock", title="The contract's clock, UTC"
                ),
                _controls(),
                class_="now",
            ),
            facts,
        ),
        element("main", content, id="content", tabindex="-1"),
        element(
            "footer",
            element(
                "p",
                f"Operations and requests are shown {SIZE} a page, newest first. Looking at this page changes nothing: "
                "it is not among the requests, and no clock moves for it.",
            ),
        ),
        element("script", Html(SCRIPT.text), type="module"),
    )


def _controls() -> Html:
    """What the script uses; it is not replaced when the page is refreshed."""
    return element(
        "div",
        element("span", "Reload to see what is new.", id="said", role="status", class_="said"),
        element("button", "Pause", id="pause", type="button", hidden=True, aria_pressed="false"),
        id="live",
        class_="live",
        data_live="off",
    )


def _facts(source: Source, snapshot: Snapshot, endpoint: str) -> Html:
    api = source.contract.api
    forgotten = snapshot.answered - snapshot.remembered
    return element(
        "dl",
        _fact("API", join(element("code", api.id), f" of {api.revision}" if api.revision else None)),
        _fact("Served as", ", ".join(source.contract.shapes)),
        _fact("Endpoint", element("code", endpoint)),
        _fact("Clock", _pace(source.clock)),
        _fact(
            "Requests",
            f"{snapshot.answered:,} answered" + (f", {forgotten:,} forgotten" if forgotten else ""),
        ),
        _fact("New operations", "stand still") if snapshot.held else None,
        _fact("Groundwire", version("groundwire")),
        class_="facts",
        id="facts",
    )


def _fact(name: str, value: Child) -> Html:
    return element("div", element("dt", name), element("dd", value))


def _pace(clock: Clock) -> str:
    if isinstance(clock, RealClock):
        return "real time"
    if isinstance(clock, SteppedClock):
        return f"stands still; {clock.look:g} s a look" if clock.look else "stands still"
    return "its own"


def _instant(now: datetime) -> str:
    return now.strftime("%Y-%m-%d %H:%M:%S")
