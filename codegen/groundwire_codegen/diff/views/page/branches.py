"""The tree on the page: sections, and in each of them rows that unfold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..tree import Branch
from .entry import entry
from .mark import anchor, counted, mark, tally, text

_LINKS: Final = 30
"""Links from one row to what it meets, or is met by."""


def section(root: Branch, id_: str, *, roomy: bool) -> Iterator[str]:
    """A part of the API. Where there is room, what breaks callers is unfolded."""
    methods = [*root.methods()]
    api = f' data-path="{text(methods[0].method.partition(".")[0])}"' if methods else ""
    yield f'<section id="{id_}"{api} aria-labelledby="{id_}-title" tabindex="-1">'
    yield f'<h2 id="{id_}-title">{text(root.label)} <span>{_size(root)}</span></h2>'
    if root.changes:
        yield '<div class="card entries">'
        yield from (entry(change, "") for change in root.changes)
        yield "</div>"
    if root.below:
        yield '<div class="card">'
        yield from _rows(root, roomy=roomy)
        yield "</div>"
    yield "</section>"


def _size(root: Branch) -> str:
    methods = [*root.methods()]
    if not methods:
        return f"{len(root.below):,} changed" if root.below else ""
    return f"{sum(each.verdict() is not None for each in methods):,} of {counted(len(methods), 'method')}"


def _rows(parent: Branch, *, roomy: bool) -> Iterator[str]:
    same: list[Branch] = []
    for each in parent.ordered():
        if each.verdict() is None:
            same += each.methods()
        else:
            yield from _row(each, roomy=roomy)
    if same:
        yield '<details class="branch same rest"><summary>'
        yield f'{mark(None).badge()}<span class="what">{counted(len(same), "method")} unchanged</span></summary>'
        yield '<ul class="leaves">'
        for each in same:
            yield f'<li class="branch leaf"{_id(each)}><span class="name">{text(_below(each, parent))}</span></li>'
        yield "</ul></details>"


def _below(branch: Branch, parent: Branch) -> str:
    return branch.path.removeprefix(f"{parent.path}.")


def _row(branch: Branch, *, roomy: bool) -> Iterator[str]:
    found = mark(branch.verdict())
    unfolded = roomy and branch.breaks()
    yield f'<details class="branch {found.name}"{_id(branch)}{" open" if unfolded else ""}>'
    yield f'<summary>{found.badge()}<span class="name">{text(branch.label)}</span>{_extent(branch)}</summary>'
    yield '<div class="inner">'
    if branch.changes:
        yield '<div class="entries">'
        yield from (entry(change, branch.method or branch.path) for change in branch.changes)
        yield "</div>"
    yield from _meets(branch)
    yield from _met_by(branch)
    yield from _rows(branch, roomy=roomy)
    yield "</div></details>"


def _extent(branch: Branch) -> str:
    """How much changed: here, in what is below, or in what it meets."""
    parts: list[str] = []
    if branch.below:
        parts.append(f'<span class="extent">{_size(branch)}</span>')
    elif branch.meets:
        types = counted(len(branch.meets), "changed type")
        parts.append(f'<span class="extent">meets {types}</span>')
    if branch.changes:
        parts.append(tally(branch.counts()))
    return "".join(parts)


def _id(branch: Branch) -> str:
    """A method or a shape can be jumped to; a resource has the path of a method at times."""
    if branch.method:
        return f' id="{anchor("method", branch.path)}"'
    return "" if branch.below else f' id="{anchor("shape", branch.path)}"'


def _meets(branch: Branch) -> Iterator[str]:
    worst = sorted(branch.meets.items(), key=lambda pair: (-pair[1].rank, pair[0]))
    links = (
        f'<a class="{mark(verdict).name}" href="#{anchor("shape", label)}">'
        f"{mark(verdict).badge()}{text(label)}</a>"
        for label, verdict in worst[:_LINKS]
    )
    return _links("Meets", links, len(worst))


def _met_by(branch: Branch) -> Iterator[str]:
    paths = sorted(branch.met_by)
    links = (f'<a href="#{anchor("method", path)}">{text(path)}</a>' for path in paths[:_LINKS])
    return _links("Met by", links, len(paths))


def _links(title: str, links: Iterable[str], count: int) -> Iterator[str]:
    if count:
        more = f" <span>and {count - _LINKS} more</span>" if count > _LINKS else ""
        yield f'<p class="links"><span>{title}</span> {" ".join(links)}{more}</p>'
