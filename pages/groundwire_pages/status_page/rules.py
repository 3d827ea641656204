"""The sections of rules: those that refused a request, and all."""

from __future__ import annotations

from functools import lru_cache

from ..kit.element import Html, element
from .query import Query
from .view import Rule, Snapshot


def evidence(rule: Rule) -> Html:
    """Return the evidence of a rule, as its letter and in words."""
    letter = element("b", rule.evidence)
    return element("span", letter, f" {rule.evidence_words}", class_="mark", data_mark=rule.evidence)


def fired(snapshot: Snapshot, query: Query) -> Html:
    """Return the rules that refused a request, the most frequent first."""
    counts, rules = snapshot.fired, snapshot.rules_by_id
    most = max((count for _, count in counts), default=1)
    return element(
        "section",
        element("h2", "Rules that fired", id="fired-title"),
        element(
            "ol", *(_fired(id_, rules.get(id_), count, most, query) for id_, count in counts), class_="fired"
        )
        if counts
        else element("p", "None: every request was accepted.", class_="empty"),
        _relaxed(snapshot.relaxed),
        id="fired",
        aria_labelledby="fired-title",
    )


def _fired(id_: str, rule: Rule | None, count: int, most: int, query: Query) -> Html:
    return element(
        "li",
        element(
            "p",
            element("a", id_, href=query.link("requests", {"verdict": id_, "requests": 1}))
            if rule
            else element("code", id_),
            element("b", f"{count:,}\u00d7", class_="count"),
        ),
        element("progress", value=count, max=most, aria_hidden="true"),
        element("p", rule.statement) if rule else None,
        element("p", evidence(rule), f" {rule.source}" if rule.source else None, class_="note")
        if rule
        else None,
        id=f"fired-{id_}",
    )


def _relaxed(relaxed: frozenset[str]) -> Html | None:
    if not relaxed:
        return None
    return element("p", f"Not enforced: {', '.join(sorted(relaxed))}.", class_="note")


@lru_cache(maxsize=1)
def all_rules(rules: tuple[Rule, ...], relaxed: frozenset[str]) -> Html:
    """Return all rules with their evidence, folded."""
    columns = ("Rule", "Says", "Evidence", "Source")
    head = (element("th", name, scope="col", role="columnheader") for name in columns)
    return element(
        "section",
        element("h2", "All rules", id="rules-title"),
        element(
            "details",
            element("summary", f"{len(rules)} rules, each with the evidence for it"),
            element(
                "table",
                element("thead", element("tr", *head, role="row"), role="rowgroup"),
                element(
                    "tbody",
                    *(_row(rule, rule.id in relaxed) for rule in rules),
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
        element("td", rule.statement, role="cell", data_column="Says"),
        element("td", evidence(rule), role="cell", data_column="Evidence"),
        element("td", rule.source or "\u2013", role="cell", data_column="Source"),
        role="row",
    )
