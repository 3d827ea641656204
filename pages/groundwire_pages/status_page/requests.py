"""The section of requests: what was sent, and how each was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from ..kit.element import Html, breakable, clipped, element, join, multiline
from ..kit.times import format_time
from .json_text import indented
from .paging import pages
from .query import REFUSED, Query
from .rules import evidence
from .view import ACCEPTED, Reason, Request, Rule, Snapshot

MAX_BODY: Final = 6000
"""Characters of a body that are shown."""
MAX_TEXT: Final = 500
"""Characters of a path, a query or a header that are shown."""
MAX_HEADERS: Final = 40
MAX_REASONS: Final = 5
_SOURCES: Final = {"example": "example", "answer": "answer of the test"}
"""How answers are marked that are not the server's own behaviour."""
_COLUMNS: Final = ("Time", "Request", "Answer", "Verdict")


def requests(snapshot: Snapshot, query: Query) -> Html:
    """Return the filter, one page of requests, and links to the other pages."""
    shown = snapshot.requests.items
    return element(
        "section",
        element(
            "div", element("h2", "Requests", id="requests-title"), _filter(snapshot, query), class_="bar"
        ),
        _table(shown, snapshot, query) if shown else _none(query),
        pages(snapshot.requests, query, "requests"),
        id="requests",
        aria_labelledby="requests-title",
    )


def _none(query: Query) -> Html:
    text = "No request was made yet." if query.verdict is None else "No request has this verdict."
    text = "No request has what is searched for." if query.search else text
    return element("p", text, class_="empty")


def _filter(snapshot: Snapshot, query: Query) -> Html:
    total, accepted = snapshot.remembered, snapshot.verdicts.get(ACCEPTED, 0)
    chosen = query.verdict if query.verdict in snapshot.rules_by_id else None
    return element(
        "nav",
        _filtered("All", total, None, query),
        _filtered("Accepted", accepted, ACCEPTED, query),
        _filtered("Refused", total - accepted, REFUSED, query),
        _filtered(chosen, snapshot.verdicts.get(chosen, 0), chosen, query) if chosen else None,
        class_="filter",
        aria_label="Filter requests by verdict",
    )


def _filtered(label: str, count: int, verdict: str | None, query: Query) -> Html:
    return element(
        "a",
        f"{label} ",
        element("b", f"{count:,}"),
        href=query.link("requests", {"verdict": verdict, "requests": 1}),
        aria_current="true" if verdict == query.verdict else None,
        id=f"filter-{verdict or 'any'}",
    )


def _table(shown: Iterable[Request], snapshot: Snapshot, query: Query) -> Html:
    today, rules = snapshot.now.date(), snapshot.rules_by_id
    # The roles keep it a table where the style lays its rows out as cards.
    return element(
        "table",
        element(
            "thead",
            element(
                "tr",
                *(element("th", name, scope="col", role="columnheader") for name in _COLUMNS),
                role="row",
            ),
            role="rowgroup",
        ),
        element(
            "tbody",
            *(_row(request, today, rules, query) for request in shown),
            role="rowgroup",
            id="request-list",
        ),
        role="table",
        class_="cards",
        aria_labelledby="requests-title",
    )


def _row(request: Request, today: date, rules: Mapping[str, Rule], query: Query) -> Html:
    accepted = request.verdict == ACCEPTED
    cells = (
        _cell("Time", format_time(request.at, today) if request.at else f"#{request.number}"),
        _cell("Request", _target(request, query)),
        _cell("Answer", _answer(request)),
        _cell("Verdict", _verdict(request, rules.get(request.verdict))),
    )
    return element(
        "tr",
        *cells,
        role="row",
        id=f"request-{request.number}",
        class_="request",
        data_verdict=ACCEPTED if accepted else REFUSED,
        data_rule=None if accepted else request.verdict,
    )


def _cell(column: str, content: Html | str) -> Html:
    return element("td", content, role="cell", data_column=column)


def _operation_link(request: Request, query: Query) -> Html | None:
    """Return the link to the operation that a request is about, on the page that has it."""
    if request.operation is None:
        return None
    number, page = request.operation
    href = query.link(f"operation-{number}", {"state": None, "search": "", "operations": page})
    return element("a", f"Operation {number}", href=href, class_="note")


def _target(request: Request, query: Query) -> Html:
    sent = urlencode(request.query, errors="replace")
    target = clipped(f"{request.path}?{sent}" if sent else request.path, MAX_TEXT)
    return join(
        element(
            "p",
            element("b", clipped(request.verb, MAX_TEXT)),
            " ",
            element("bdi", breakable(target)),
            class_="target",
        ),
        element(
            "div",
            element("p", request.method or "no method of this API", class_="name"),
            _details(request),
            _operation_link(request, query),
            class_="more",
        ),
    )


def _details(request: Request) -> Html:
    headers = tuple(request.headers.items())
    lines = [
        f"{clipped(name, MAX_TEXT)}: {clipped(value, MAX_TEXT)}" for name, value in headers[:MAX_HEADERS]
    ]
    if len(headers) > MAX_HEADERS:
        lines.append(f"\u2026 {len(headers) - MAX_HEADERS} more")
    return element(
        "details",
        element(
            "summary",
            "Body and headers" if request.sent else "Headers",
            element("span", f" of request {request.number}", class_="unseen"),
        ),
        _body(request),
        element("pre", multiline("\n".join(lines)), tabindex="0", role="group", aria_label="Headers"),
    )


def _body(request: Request) -> Html | None:
    if not request.sent:
        return None
    text, more = indented(request.sent, MAX_BODY)
    return join(
        element("pre", multiline(text), tabindex="0", role="group", aria_label="Body"),
        element("p", f"Cut after {MAX_BODY:,} characters.", class_="note") if more else None,
    )


def _answer(request: Request) -> Html:
    status = request.status
    known = status in HTTPStatus.__members__.values()
    mark = _SOURCES.get(request.source)
    return join(
        element("span", element("b", str(status)), f" {HTTPStatus(status).phrase}" if known else ""),
        element("span", mark, class_="tag") if mark else None,
    )


def _reasons(reasons: Sequence[Reason]) -> Html | None:
    """Return what was wrong with a request, and where."""
    if not reasons:
        return None
    shown = (
        element(
            "li",
            element("bdi", multiline(clipped(each.message, MAX_TEXT))),
            element("code", clipped(each.pointer or each.place, MAX_TEXT)),
            element("code", clipped(each.excerpt, MAX_TEXT)) if each.excerpt else None,
        )
        for each in reasons[:MAX_REASONS]
    )
    more = len(reasons) - MAX_REASONS
    return join(
        element("ul", *shown, class_="reasons", aria_label="What was wrong"),
        element("p", f"\u2026 {more} more", class_="note") if more > 0 else None,
    )


def _verdict(request: Request, rule: Rule | None) -> Html:
    verdict = request.verdict
    if verdict == ACCEPTED:
        return element("span", "\u2713 accepted", class_="accepted")
    return join(
        element(
            "p",
            element("span", f"\u2715 {verdict}", class_="refused"),
            " ",
            evidence(rule) if rule else None,
        ),
        element("p", rule.statement, class_="note") if rule else None,
        _reasons(request.reasons),
    )
