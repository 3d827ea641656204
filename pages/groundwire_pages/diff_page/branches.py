"""The tree on the page: a section for each part, with rows that unfold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ..kit.element import Html, element, join, separated
from ..kit.page import counted
from .changes import entry
from .verdicts import UNCHANGED, badge, tally
from .view import Branch

_MAX_LINKS: Final = 30
"""Links from a row to what it meets, or is met by."""


def section(root: Branch, id_: str, *, unfold: bool) -> Html:
    """Return a part of the API; with `unfold`, rows that break callers are open."""
    methods = [*root.methods()]
    return element(
        "section",
        element("h2", root.label, " ", element("span", _size(root)), id=f"{id_}-title"),
        _entries(root, "", class_="card entries"),
        element("div", *_rows(root, unfold=unfold), class_="card") if root.below else None,
        id=id_,
        data_path=methods[0].method.partition(".")[0] if methods else None,
        aria_labelledby=f"{id_}-title",
        tabindex="-1",
    )


def anchor(kind: str, path: str) -> str:
    """Return the id of a method or shape; no text of a document is in it."""
    return f"m-{hashlib.sha256(f'{kind} {path}'.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _size(root: Branch) -> str:
    methods = [*root.methods()]
    if not methods:
        return f"{len(root.below):,} changed" if root.below else ""
    return f"{sum(method.verdict is not None for method in methods):,} of {counted(len(methods), 'method')}"


def _entries(branch: Branch, around: str, class_: str) -> Html | None:
    if not branch.changes:
        return None
    return element("div", *(entry(change, around) for change in branch.changes), class_=class_)


def _rows(parent: Branch, *, unfold: bool) -> Iterator[Html]:
    unchanged: list[Branch] = []
    for child in parent.below:
        if child.verdict is None:
            unchanged += child.methods()
        else:
            yield _row(child, unfold=unfold)
    if unchanged:
        yield _unchanged(unchanged, parent)


def _unchanged(methods: Sequence[Branch], parent: Branch) -> Html:
    label = element("span", f"{counted(len(methods), 'method')} unchanged", class_="what")
    leaves = (
        element(
            "li",
            element("span", method.path.removeprefix(f"{parent.path}."), class_="name"),
            class_="branch leaf",
            id=_id(method),
        )
        for method in methods
    )
    return element(
        "details",
        element("summary", badge(None), label),
        element("ul", *leaves, class_="leaves"),
        class_="branch same rest",
    )


def _row(branch: Branch, *, unfold: bool) -> Html:
    verdict = branch.verdict or UNCHANGED
    inner = (
        _entries(branch, branch.method or branch.path, class_="entries"),
        _meets(branch),
        _met_by(branch),
        *_rows(branch, unfold=unfold),
    )
    name = element("span", branch.label, class_="name")
    return element(
        "details",
        element("summary", badge(branch.verdict), name, *_extent(branch)),
        element("div", *inner, class_="inner"),
        class_=f"branch {verdict.name}",
        id=_id(branch),
        open=unfold and branch.breaks,
    )


def _extent(branch: Branch) -> Iterator[Html]:
    """The extent of a change: in the row itself, below it, or in what it meets."""
    if branch.below:
        yield element("span", _size(branch), class_="extent")
    elif branch.meets:
        yield element("span", f"meets {counted(len(branch.meets), 'changed type')}", class_="extent")
    if branch.changes:
        yield tally(branch.changes)


def _id(branch: Branch) -> str | None:
    """The anchor of a method or a shape. A resource has none: a method may have the same path."""
    if branch.method:
        return anchor("method", branch.path)
    return None if branch.below else anchor("shape", branch.path)


def _meets(branch: Branch) -> Html | None:
    worst = sorted(branch.meets.items(), key=lambda pair: (-pair[1].rank, pair[0]))
    links = (
        element("a", badge(verdict), label, class_=verdict.name, href=f"#{anchor('shape', label)}")
        for label, verdict in worst[:_MAX_LINKS]
    )
    return _links("Meets", links, len(worst))


def _met_by(branch: Branch) -> Html | None:
    paths = sorted(branch.met_by)
    links = (element("a", path, href=f"#{anchor('method', path)}") for path in paths[:_MAX_LINKS])
    return _links("Met by", links, len(paths))


def _links(title: str, links: Iterable[Html], count: int) -> Html | None:
    if not count:
        return None
    more = join(" ", element("span", f"and {count - _MAX_LINKS} more")) if count > _MAX_LINKS else None
    return element("p", element("span", title), " ", separated(" ", links), more, class_="links")
