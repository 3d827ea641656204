"""The section of requests: what was asked, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from ..exchange import Recorded
from ..rules.registry import RULES
from .choice import ACCEPTED, REFUSED, Choice
from .element import Html, breakable, clipped, element, join
from .mark import mark
from .moment import moment
from .paging import pages
from .pretty import pretty
from .snapshot import Numbered, Snapshot

LONGEST_BODY: Final = 6000
"""Characters of a body that are shown."""
LONGEST: Final = 500
"""Characters of a path, a query or a header that are shown."""
MOST_HEADERS: Final = 40
_COLUMNS: Final = ("Time", "Request", "Answer", "Verdict")


def requests(snapshot: Snapshot, choice: Choice) -> Html:
    """The filter, one page of requests, and the way to the others."""
    shown = snapshot.requests.items
    return element(
        "section",
        element(
            "div", element("h2", "Requests", id="requests-title"), _filter(snapshot, choice), class_="bar"
        ),
        _table(shown, snapshot.now.date()) if shown else _none(choice),
        pages(snapshot.requests, choice, "requests"),
        id="requests",
        aria_labelledby="requests-title",
    )


def _none(choice: Choice) -> Html:
    said = "No request was made yet." if choice.verdict is None else "No request has this verdict."
    return element("p", said, class_="empty")


def _filter(snapshot: Snapshot, choice: Choice) -> Html:
    total, accepted = snapshot.remembered, snapshot.verdicts.get(ACCEPTED, 0)
    chosen = choice.verdict if choice.verdict in RULES else None
    return element(
        "nav",
        _filtered("All", total, None, choice),
        _filtered("Accepted", accepted, ACCEPTED, choice),
        _filtered("Refused", total - accepted, REFUSED, choice),
        _filtered(chosen, snapshot.verdicts.get(chosen, 0), chosen, choice) if chosen else None,
        class_="filter",
        aria_label="Filter requests by verdict",
    )


def _filtered(label: str, count: int, verdict: str | None, choice: Choice) -> Html:
    return element(
        "a",
        f"{label} ",
        element("b", f"{count:,}"),
        href=choice.link("requests", {"verdict": verdict, "requests": 1}),
        aria_current="true" if verdict == choice.verdict else None,
        id=f"filter-{verdict or 'any'}",
    )


def _table(shown: Iterable[Numbered], today: date) -> Html:
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
        element("tbody", *(_row(each, today) for each in shown), role="rowgroup", id="request-list"),
        role="table",
        class_="cards",
        aria_labelledby="requests-title",
    )


def _row(numbered: Numbered, today: date) -> Html:
    request = numbered.request
    accepted = request.verdict == ACCEPTED
    cells = (
        _cell("Time", moment(request.at, today) if request.at else f"#{numbered.number}"),
        _cell("Request", _asked(numbered)),
        _cell("Answer", _answer(request.status)),
        _cell("Verdict", _verdict(request.verdict)),
    )
    return element(
        "tr",
        *cells,
        role="row",
        id=f"request-{numbered.number}",
        class_="request",
        data_verdict=ACCEPTED if accepted else REFUSED,
        data_rule=None if accepted else request.verdict,
    )


def _cell(column: str, content: Html | str) -> Html:
    return element("td", content, role="cell", data_column=column)


def _asked(numbered: Numbered) -> Html:
    request = numbered.request
    query = urlencode(request.query, errors="replace")
    target = clipped(f"{request.path}?{query}" if query else request.path, LONGEST)
    return join(
        element(
            "p",
            element("b", clipped(request.verb, LONGEST)),
            " ",
            element("bdi", breakable(target)),
            class_="target",
        ),
        element(
            "div",
            element("p", request.method or "no method of this API", class_="name"),
            _details(numbered),
            class_="more",
        ),
    )


def _details(numbered: Numbered) -> Html:
    request = numbered.request
    headers = tuple(request.headers.items())
    lines = [f"{clipped(name, LONGEST)}: {clipped(value, LONGEST)}" for name, value in headers[:MOST_HEADERS]]
    if len(headers) > MOST_HEADERS:
        lines.append(f"\u2026 {len(headers) - MOST_HEADERS} more")
    return element(
        "details",
        element(
            "summary",
            "Body and headers" if request.sent else "Headers",
            element("span", f" of request {numbered.number}", class_="unseen"),
        ),
        _body(request),
        element("pre", "\n".join(lines), tabindex="0", role="group", aria_label="Headers"),
    )


def _body(request: Recorded) -> Html | None:
    if not request.sent:
        return None
    text, more = pretty(request.sent, LONGEST_BODY)
    return join(
        element("pre", text, tabindex="0", role="group", aria_label="Body"),
        element("p", f"Cut after {LONGEST_BODY:,} characters.", class_="note") if more else None,
    )


def _answer(status: int) -> Html:
    known = status in HTTPStatus.__members__.values()
    return element("span", element("b", str(status)), f" {HTTPStatus(status).phrase}" if known else "")


def _verdict(verdict: str) -> Html:
    rule = RULES.get(verdict)
    if verdict == ACCEPTED:
        return element("span", "\u2713 accepted", class_="accepted")
    return join(
        element(
            "p",
            element("span", f"\u2715 {verdict}", class_="refused"),
            " ",
            mark(rule.mark) if rule else None,
        ),
        element("p", rule.says, class_="note") if rule else None,
    )
