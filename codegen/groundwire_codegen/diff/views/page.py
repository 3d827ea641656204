"""A diff as one self-contained HTML page."""

from __future__ import annotations

from groundwire_pages import diff_page

from ...log import inert_html
from ..change import Change, Diff
from ..rules import Verdict
from .tree import Branch, tree
from .wording import reach, summary


def page(diff: Diff) -> str:
    """Return the HTML of a diff. Text of the documents is escaped; the page loads nothing."""
    client, methods, shapes = map(_branch, tree(diff))
    comparison = diff_page.Comparison(
        old=diff.old,
        new=diff.new,
        summary=summary(diff),
        counts={_verdict(verdict): count for verdict, count in diff.counts().items()},
        client=client,
        methods=methods,
        shapes=shapes,
    )
    return inert_html(diff_page.render(comparison))


def _verdict(verdict: Verdict) -> diff_page.Verdict:
    return diff_page.Verdict(verdict.name.lower(), str(verdict), verdict.rank)


def _branch(branch: Branch) -> diff_page.Branch:
    worst = branch.verdict()
    return diff_page.Branch(
        label=branch.label,
        path=branch.path,
        method=branch.method,
        verdict=None if worst is None else _verdict(worst),
        breaks=branch.breaks(),
        changes=tuple(map(_change, branch.changes)),
        below=tuple(map(_branch, branch.ordered())),
        meets={label: _verdict(verdict) for label, verdict in branch.meets.items()},
        met_by=tuple(branch.met_by),
    )


def _change(change: Change) -> diff_page.Change:
    place = change.place
    return diff_page.Change(
        verdict=_verdict(change.verdict),
        kind=str(change.kind),
        subject=place.subject,
        path=place.path,
        python_name=place.name,
        old=change.old,
        new=change.new,
        contains=change.contains,
        rule=change.rule.id,
        sentence=change.rule.sentence,
        reach=reach(change),
    )
