"""The sections of rules: those that refused a request, and all there are."""

from __future__ import annotations

from functools import lru_cache

from ..rules.evidence import Rule
from ..rules.registry import RULES
from .choice import Choice
from .element import Html, element
from .mark import mark
from .snapshot import Snapshot


def fired(snapshot: Snapshot, choice: Choice) -> Html:
    """The rules that refused a request, the most frequent first."""
    found = snapshot.fired
    most = max((count for _, count in found), default=1)
    return element(
        "section",
        element("h2", "Rules that fired", id="fired-title"),
        element("ol", *(_fired(rule, count, most, choice) for rule, count in found), class_="fired")
        if found
        else element("p", "None: every request was accepted.", class_="empty"),
        _relaxed(snapshot.relaxed),
        id="fired",
        aria_labelledby="fired-title",
    )


def _fired(id: str, count: int, most: int, choice: Choice) -> Html:
    rule = RULES.get(id)
    return element(
        "li",
        element(
            "p",
            element("a", id, href=choice.link("requests", {"verdict": id, "requests": 1}))
            if rule
            else element("code", id),
            element("b", f"{count:,}\u00d7", class_="count"),
        ),
        element("progress", value=count, max=most, aria_hidden="true"),
        element("p", rule.says) if rule else None,
        element("p", mark(rule.mark), f" {rule.source}" if rule.source else None, class_="note")
        if rule
        else None,
        id=f"fired-{id}",
    )


def _relaxed(relaxed: frozenset[str]) -> Html | None:
    if not relaxed:
        return None
    return element("p", f"Not enforced: {', '.join(sorted(relaxed))}.", class_="note")


@lru_cache(maxsize=1)
def all_rules(relaxed: frozenset[str]) -> Html:
    """Every rule with its evidence, folded away."""
    columns = ("Rule", "Says", "Evidence", "Source")
    head = (element("th", name, scope="col", role="columnheader") for name in columns)
    return element(
        "section",
        element("h2", "All rules", id="rules-title"),
        element(
            "details",
            element("summary", f"{len(RULES)} rules, each with the evidence for it"),
            element(
                "table",
                element("thead", element("tr", *head, role="row"), role="rowgroup"),
                element(
                    "tbody",
                    *(_row(rule, rule.id in relaxed) for rule in RULES.values()),
                    role="rowgroup",
                ),
                role="table",
                class_="cards rules",
                aria_labelledby="rules-title",
            ),
            id="all-rules",
        ),
        id="rules",
        aria_labelledby="rules-title",
    )


def _row(rule: Rule, relaxed: bool) -> Html:
    return element(
        "tr",
        element(
            "th",
            element("code", rule.id),
            element("span", "not enforced", class_="tag") if relaxed else None,
            scope="row",
            role="rowheader",
        ),
        element("td", rule.says, role="cell", data_column="Says"),
        element("td", mark(rule.mark), role="cell", data_column="Evidence"),
        element("td", rule.source or "\u2013", role="cell", data_column="Source"),
        role="row",
    )
