"""The complete diff page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ..kit.asset import asset
from ..kit.element import Html, element
from ..kit.page import Page, policy, skip_link
from .branches import section
from .verdicts import SYMBOLS
from .view import Branch, Comparison

SCRIPT: Final = asset(Path(__file__).parent / "diff_page.js")
_MAX_UNFOLDED: Final = 60
"""Changes up to which the page unfolds what breaks callers."""


def render(comparison: Comparison) -> str:
    """Return the page. Text of the documents is escaped; the page loads nothing and runs its own script only."""
    parts = {"client": comparison.client, "methods": comparison.methods, "shapes": comparison.shapes}
    shown = {id_: root for id_, root in parts.items() if root.changes or root.below}
    count = sum(comparison.counts.values())
    csp = element("meta", http_equiv="Content-Security-Policy", content=Html(policy(SCRIPT)))
    return Page(
        name="diff-page",
        title=f"{comparison.old} to {comparison.new}",
        head=(csp,),
        skip=skip_link("changes", "Skip to the changes"),
        body=(
            _header(comparison),
            _tools(shown),
            element(
                "main",
                None if count else element("p", "No change.", class_="empty"),
                *(section(root, id_, unfold=count <= _MAX_UNFOLDED) for id_, root in shown.items()),
                id="changes",
                tabindex="-1",
            ),
        ),
        script=element("script", Html(SCRIPT.text)),
    ).html()


def _header(comparison: Comparison) -> Html:
    arrow = element("span", "\u2192", element("span", " to ", class_="unseen"), class_="to")
    return element(
        "header",
        element("p", "Groundwire diff", class_="brand"),
        element("h1", _side(comparison.old), " ", arrow, " ", _side(comparison.new)),
        *_verdicts(comparison),
    )


def _side(title: str) -> Html:
    """An API, and its revision in smaller type."""
    api, _, revision = title.partition(" ")
    return element("span", api, " ", element("small", revision), class_="side")


def _verdicts(comparison: Comparison) -> Iterable[Html]:
    """Render the number of changes by verdict: as a bar, and as checkboxes that filter."""
    counts = {verdict: count for verdict, count in comparison.counts.items() if count}
    if not counts:
        return ()
    # A share that is too small to be seen is widened to a hundredth.
    least = sum(counts.values()) / 100
    bars: list[Html] = []
    start = 0.0
    for verdict, count in counts.items():
        width = max(count, least)
        bars.append(element("rect", class_=verdict.name, x=f"{start:g}", width=f"{width:g}", height=1))
        start += width
    bar = element(
        "svg",
        *bars,
        class_="bar",
        viewBox=f"0 0 {start:g} 1",
        preserveAspectRatio="none",
        role="img",
        aria_label=comparison.summary,
    )
    choices = (
        element(
            "label",
            element("input", type="checkbox", data_verdict=verdict.name),
            element("span", SYMBOLS[verdict.name], class_="badge", aria_hidden="true"),
            element("b", f"{count:,}"),
            f" {verdict.words}",
            class_=verdict.name,
        )
        for verdict, count in counts.items()
    )
    legend = element("legend", "Show only", class_="unseen")
    label = element("span", "Show only", class_="only", aria_hidden="true")
    return bar, element("fieldset", legend, label, *choices, id="verdicts", disabled=True)


def _tools(parts: dict[str, Branch]) -> Html:
    """The search, the links to the parts, and the buttons; the script shows them, since they need it."""
    search = element(
        "input",
        id="search",
        type="search",
        placeholder="Search names, types, rules",
        aria_label="Search",
        autocomplete="off",
        spellcheck="false",
        aria_keyshortcuts="/",
    )
    return element(
        "div",
        search,
        element("p", id="found", role="status"),
        element(
            "nav",
            *(element("a", root.label, href=f"#{id_}") for id_, root in parts.items()),
            aria_label="Parts",
        ),
        element(
            "p",
            element("button", "Unfold all", type="button", id="unfold"),
            element("button", "Fold all", type="button", id="fold"),
            class_="folding",
        ),
        id="tools",
        role="search",
        hidden=True,
    )
