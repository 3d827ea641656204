"""A diff as one HTML page that stands alone: a tree coloured by verdict, to fold and to search."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from typing import Final

from ...problem import visible
from ..change import Change, Diff
from ..rules import Verdict
from .page_parts import SCRIPT, STYLE
from .tree import Branch, tree
from .wording import reach, shortened, summary

_CLASSES: Final = {
    Verdict.TYPES: "types",
    Verdict.RUN: "run",
    Verdict.BEHAVIOUR: "behaviour",
    Verdict.COMPATIBLE: "compatible",
    None: "same",
}
MAX_LINKS: Final = 30
"""Links from one method to what it reaches."""


def page(diff: Diff) -> str:
    """The page. Text of the documents stands in it escaped; it loads nothing and runs its own script only."""
    client, methods, shapes = tree(diff)
    policy = (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}"
    )
    title = f"{diff.old} to {diff.new}"
    parts = (
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{_text(title)}</title>",
        f"<style>{STYLE}</style>",
        "</head>",
        "<body>",
        "<header>",
        f"<h1>{_text(diff.old)} <span>to</span> {_text(diff.new)}</h1>",
        f"<p>{_text(summary(diff))}</p>",
        *_bar(diff),
        *_controls(diff),
        "</header>",
        "<main>",
        *(_section(client) if client.changes else ()),
        *(_section(shapes) if shapes.below else ()),
        *_section(methods),
        "</main>",
        f"<script>{SCRIPT}</script>",
        "</body>",
        "</html>",
    )
    return "\n".join(parts) + "\n"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _text(text: str) -> str:
    return escape(visible(text), quote=True)


def _bar(diff: Diff) -> Iterator[str]:
    """The verdicts as one bar, each as wide as its share."""
    counts = {verdict: count for verdict, count in diff.counts().items() if count}
    if counts:
        total = sum(counts.values())
        yield f'<svg class="bar" viewBox="0 0 {total} 1" preserveAspectRatio="none" role="img" aria-label="{_text(summary(diff))}">'
        start = 0
        for verdict, count in counts.items():
            yield f'<rect class="{_CLASSES[verdict]}" x="{start}" y="0" width="{count}" height="1"/>'
            start += count
        yield "</svg>"


def _controls(diff: Diff) -> Iterator[str]:
    yield '<div class="controls">'
    yield '<input id="search" type="search" placeholder="Search names, rules, types" aria-label="Search">'
    for verdict, count in diff.counts().items():
        if count:
            name = _CLASSES[verdict]
            yield (
                f'<label class="{name}"><input type="checkbox" data-verdict="{name}" checked> '
                f"{_text(str(verdict))} <b>{count}</b></label>"
            )
    yield '<button type="button" id="unfold">Unfold all</button>'
    yield '<button type="button" id="fold">Fold all</button>'
    yield '<p id="none" hidden>Nothing matches.</p>'
    yield "</div>"


def _section(root: Branch) -> Iterator[str]:
    yield f"<section><h2>{_text(root.label)}</h2>"
    yield from map(_card, root.changes)
    for branch in _ordered(root):
        yield from _branch(branch, shape=root.label.startswith("Messages"))
    yield "</section>"


def _ordered(branch: Branch) -> list[Branch]:
    """What is below, the worst first."""

    def key(each: Branch) -> tuple[int, str]:
        verdict = each.verdict()
        return -1 if verdict is None else -verdict.rank - 1, each.label

    return sorted(
        branch.below.values(), key=lambda each: (key(each)[0] == -1 and each.verdict() is None, key(each))
    )


def _branch(branch: Branch, *, shape: bool) -> Iterator[str]:
    verdict = branch.verdict()
    kind = _CLASSES[verdict]
    bad = verdict is not None and verdict.rank >= Verdict.RUN.rank
    mark = f' id="{_anchor(branch.label)}"' if shape else ""
    count = f" <small>{len(branch.changes)}</small>" if branch.changes else ""
    if verdict is None and not branch.below:
        yield f'<div class="leaf same"{mark}>{_text(branch.label)}</div>'
        return
    yield f'<details class="{kind}"{mark}{" open" if bad and branch.changes else ""}>'
    yield f"<summary>{_text(branch.label)}{count}</summary>"
    yield from map(_card, branch.changes)
    if branch.reaches:
        yield from _links(branch)
    for each in _ordered(branch):
        yield from _branch(each, shape=False)
    yield "</details>"


def _links(branch: Branch) -> Iterator[str]:
    found = sorted(branch.reaches.items(), key=lambda pair: (-pair[1].rank, pair[0]))
    yield '<p class="links">meets '
    for label, verdict in found[:MAX_LINKS]:
        yield f'<a class="{_CLASSES[verdict]}" href="#{_anchor(label)}">{_text(label)}</a>'
    if len(found) > MAX_LINKS:
        yield f"and {len(found) - MAX_LINKS} more"
    yield "</p>"


def _anchor(label: str) -> str:
    """A fragment that no label can break out of."""
    return f"m-{hashlib.sha256(label.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _card(change: Change) -> str:
    place = change.place
    old, new = _text(shortened(change.old)), _text(shortened(change.new))
    sides = (f"<del>{old}</del>" if old else "") + (f"<ins>{new}</ins>" if new else "")
    name = f" <code>{_text(place.name)}</code>" if place.name and place.name != place.path else ""
    notes = " ".join(
        filter(None, [_text(reach(change)) and f"{_text(reach(change))}.", _text(change.rule.sentence)])
    )
    return (
        f'<article class="{_CLASSES[change.verdict]}" data-verdict="{_CLASSES[change.verdict]}">'
        f"<h3><b>{_text(str(change.kind))}</b> {_text(place.subject)} {_text(place.path)}{name}</h3>"
        f"{f'<p class=sides>{sides}</p>' if sides else ''}"
        f'<p class="why">{notes} <code>{_text(change.rule.id)}</code></p></article>'
    )
