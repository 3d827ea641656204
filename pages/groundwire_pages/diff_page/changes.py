"""One change on the page."""

from __future__ import annotations

from typing import Final

from ..kit.element import Html, element, join, prose, separated
from .excerpt import Excerpt, excerpts
from .verdicts import SYMBOLS
from .view import Change

_MAX_CONTAINED: Final = 12
"""Names that are listed of what was added or removed with a change."""


def entry(change: Change, around: str) -> Html:
    """Return a change; its path is relative to `around`."""
    verdict = change.verdict
    reach = f" {change.reach.capitalize()}." if change.reach else ""
    return element(
        "article",
        element(
            "h3",
            change.kind,
            " ",
            element("span", change.subject, class_="subject"),
            " ",
            element("code", change.path.removeprefix(f"{around}.") or change.path),
            _python(change),
        ),
        element("p", element("b", SYMBOLS[verdict.name]), f" {verdict.words}", class_="verdict"),
        _sides(change),
        _contained(change),
        element("p", prose(change.sentence), reach, class_="why"),
        element("p", element("code", change.rule), class_="rule"),
        class_=verdict.name,
        data_verdict=verdict.name,
    )


def _python(change: Change) -> Html | None:
    if not change.python_name or change.python_name == change.path:
        return None
    return join(" ", element("code", change.python_name, class_="python"))


def _sides(change: Change) -> Html | None:
    """Both sides, unless they only repeat the name."""
    names = (change.path, change.path.rpartition(".")[2], change.python_name)
    if {change.old, change.new} <= {"", *names}:
        return None
    old, new = excerpts(change.old, change.new)
    return element(
        "div",
        _side("del", old) if change.old else None,
        _side("ins", new) if change.new else None,
        class_="sides",
    )


def _side(tag: str, side: Excerpt) -> Html:
    marked = element("mark", side.own) if side.own and (side.before or side.after) else side.own
    return element(tag, side.before, marked, side.after)


def _contained(change: Change) -> Html | None:
    if not change.contains:
        return None
    names = (element("code", name) for name in change.contains[:_MAX_CONTAINED])
    rest = len(change.contains) - _MAX_CONTAINED
    more = f" and {rest} more" if rest > 0 else None
    return element("p", "with ", separated(" ", names), more, class_="inside")
