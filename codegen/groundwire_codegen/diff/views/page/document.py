"""The page as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....log import inert_html
from ...change import Diff
from ..tree import tree
from ..wording import summary
from .asset import SCRIPT, STYLE
from .branches import section
from .mark import mark, text

_ROOMY: Final = 60
"""Changes of a page that has room to show at once what breaks callers."""


def page(diff: Diff) -> str:
    """The page. Text of the documents stands in it escaped; it loads nothing and runs its own script only."""
    parts = {"client": (roots := tree(diff))[0], "methods": roots[1], "shapes": roots[2]}
    shown = {id_: root for id_, root in parts.items() if root.changes or root.below}
    roomy = len(diff.changes) <= _ROOMY
    lines = (
        "<!doctype html>",
        '<html lang="en">',
        *_head(diff),
        "<body>",
        '<a class="skip" href="#changes">Skip to the changes</a>',
        "<header>",
        '<p class="brand">Groundwire diff</p>',
        f'<h1>{_side(diff.old)} <span class="to">\u2192<span class="unseen"> to </span></span> {_side(diff.new)}</h1>',
        *_verdicts(diff),
        "</header>",
        *_tools([(id_, root.label) for id_, root in shown.items()]),
        '<main id="changes" tabindex="-1">',
        "" if diff.changes else '<p class="empty">No change.</p>',
        *(line for id_, root in shown.items() for line in section(root, id_, roomy=roomy)),
        "</main>",
        f"<script>{SCRIPT.text}</script>",
        "</body>",
        "</html>",
    )
    return inert_html("\n".join(lines)) + "\n"


def _head(diff: Diff) -> Iterator[str]:
    policy = (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src {STYLE.source}; script-src {SCRIPT.source}"
    )
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f"<title>{text(diff.old)} to {text(diff.new)}</title>"
    yield f"<style>{STYLE.text}</style>"
    yield "</head>"


def _side(title: str) -> str:
    """An API, and its revision in a lower voice."""
    api, _, revision = title.partition(" ")
    return f'<span class="side">{text(api)} <small>{text(revision)}</small></span>'


def _verdicts(diff: Diff) -> Iterator[str]:
    """How many changes have each verdict: as a bar, and as a choice of what to show."""
    counts = {verdict: count for verdict, count in diff.counts().items() if count}
    if not counts:
        return
    # A share that is too small to be seen is widened until it can be.
    least = sum(counts.values()) / 100
    widths = {verdict: max(count, least) for verdict, count in counts.items()}
    whole = sum(widths.values())
    yield f'<svg class="bar" viewBox="0 0 {whole:g} 1" preserveAspectRatio="none" role="img" aria-label="{text(summary(diff))}">'
    start = 0.0
    for verdict, width in widths.items():
        yield f'<rect class="{mark(verdict).name}" x="{start:g}" width="{width:g}" height="1"/>'
        start += width
    yield "</svg>"
    yield '<fieldset id="verdicts" disabled><legend class="unseen">Show only</legend>'
    yield '<span class="only" aria-hidden="true">Show only</span>'
    for verdict, count in counts.items():
        found = mark(verdict)
        yield (
            f'<label class="{found.name}"><input type="checkbox" data-verdict="{found.name}">'
            f'<span class="badge" aria-hidden="true">{found.symbol}</span>'
            f"<b>{count:,}</b> {found.words}</label>"
        )
    yield "</fieldset>"


def _tools(parts: list[tuple[str, str]]) -> Iterator[str]:
    """What needs the script, which shows it."""
    yield '<div id="tools" role="search" hidden>'
    yield (
        '<input id="search" type="search" placeholder="Search names, types, rules" aria-label="Search"'
        ' autocomplete="off" spellcheck="false" aria-keyshortcuts="/">'
    )
    yield '<p id="found" role="status"></p>'
    yield '<nav aria-label="Parts">'
    yield from (f'<a href="#{id_}">{text(label)}</a>' for id_, label in parts)
    yield "</nav>"
    yield '<p class="folding"><button type="button" id="unfold">Unfold all</button>'
    yield '<button type="button" id="fold">Fold all</button></p>'
    yield "</div>"
