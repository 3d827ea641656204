"""Verdicts as symbols: each has a colour, a symbol that needs none, and words for screen readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from ..kit.element import Html, element, separated
from .view import Change, Verdict

SYMBOLS: Final = {
    "types": "\u00d7",
    "run": "!",
    "behaviour": "\u2248",
    "compatible": "\u2713",
    "same": "\u00b7",
}
UNCHANGED: Final = Verdict("same", "unchanged", -1)


def badge(verdict: Verdict | None) -> Html:
    """Return the symbol of a verdict, or of what did not change."""
    shown = verdict or UNCHANGED
    return element("span", SYMBOLS[shown.name], class_="badge", role="img", aria_label=shown.words)


def tally(changes: Iterable[Change]) -> Html:
    """Return how many changes have each verdict, the worst first."""
    counts = sorted(Counter(change.verdict for change in changes).items(), key=lambda pair: -pair[0].rank)
    symbols = (
        element(
            "span",
            f"{SYMBOLS[verdict.name]}",
            Html(f"\u2009{count}"),
            class_=verdict.name,
            role="img",
            aria_label=f"{count} {verdict.words}",
        )
        for verdict, count in counts
    )
    return element("span", separated(" ", symbols), class_="tally")
