"""One change on the page."""

from __future__ import annotations

from html import escape
from typing import Final

from ...change import Change, Place
from ..wording import reach
from .excerpt import Excerpt, excerpts
from .mark import mark, prose, text

_INSIDE: Final = 12
"""Places that are named of those that came or went with another."""


def entry(change: Change, around: str) -> str:
    """A change, named as it is called inside of what is around it."""
    found, place = mark(change.verdict), change.place
    met = reach(change)
    return (
        f'<article class="{found.name}" data-verdict="{found.name}">'
        f'<h3>{text(str(change.kind))} <span class="subject">{text(place.subject)}</span> '
        f"<code>{text(_inner(place.path, around))}</code>{_python(place)}</h3>"
        f'<p class="verdict"><b>{found.symbol}</b> {found.words}</p>'
        f"{_sides(change)}{_inside(change)}"
        f'<p class="why">{prose(change.rule.sentence)}{f" {text(met).capitalize()}." if met else ""}</p>'
        f'<p class="rule"><code>{text(change.rule.id)}</code></p></article>'
    )


def _inner(path: str, around: str) -> str:
    return path.removeprefix(f"{around}.") or path


def _python(place: Place) -> str:
    if not place.name or place.name == place.path:
        return ""
    return f' <code class="python">{text(place.name)}</code>'


def _sides(change: Change) -> str:
    """What stood and what stands there, unless it only repeats the name."""
    names = (change.place.path, change.place.path.rpartition(".")[2], change.place.name)
    if {change.old, change.new} <= {"", *names}:
        return ""
    first, second = excerpts(change.old, change.new)
    old = _side("del", first) if change.old else ""
    new = _side("ins", second) if change.new else ""
    return f'<div class="sides">{old}{new}</div>'


def _side(tag: str, side: Excerpt) -> str:
    own = escape(side.own, quote=True)
    shown = f"<mark>{own}</mark>" if own and (side.before or side.after) else own
    return f"<{tag}>{escape(side.before, quote=True)}{shown}{escape(side.after, quote=True)}</{tag}>"


def _inside(change: Change) -> str:
    """What came or went with it."""
    if not change.contains:
        return ""
    names = " ".join(f"<code>{text(name)}</code>" for name in change.contains[:_INSIDE])
    rest = len(change.contains) - _INSIDE
    return f'<p class="inside">with {names}{f" and {rest} more" if rest > 0 else ""}</p>'
