"""The section of operations: the state, progress and end of each."""

from __future__ import annotations

from datetime import date
from typing import Final

from ..kit.element import Html, breakable, clipped, element, join, multiline
from ..kit.page import fact
from ..kit.times import format_duration, format_time
from .actions import actions, server_actions
from .dense import dense_list
from .paging import pages
from .query import MAX_SEARCH, Query
from .states import SYMBOLS
from .timeline import Scale, timeline
from .view import PAGE_SIZE, Operation, Snapshot, Stage

MAX_TEXT: Final = 1000
"""Characters of an error message, a description or an address that are shown."""


def operations(snapshot: Snapshot, query: Query) -> Html:
    """Return the filter, one page of operations, and links to the other pages."""
    title = element("h2", "Operations", id="operations-title")
    return element(
        "section",
        element(
            "div", title, _filter(snapshot, query), _layout(query), server_actions(snapshot), class_="bar"
        ),
        search(query),
        _list(snapshot, query) if snapshot.operations.items else _none(query),
        pages(snapshot.operations, query, "operations", query.page_size),
        id="operations",
        aria_labelledby="operations-title",
    )


def _list(snapshot: Snapshot, query: Query) -> Html:
    shown, today = snapshot.operations.items, snapshot.now.date()
    # Whole seconds, as the clock shows them: an unchanged page has no body.
    scale = Scale.of(shown, snapshot.now.replace(microsecond=0))
    if query.dense:
        return dense_list(shown, scale, today)
    return element(
        "ol",
        *(_operation(operation, scale, snapshot, query) for operation in shown),
        class_="operations",
        id="operation-list",
    )


def _layout(query: Query) -> Html:
    """Return the link to the other form of the list."""
    label = "Cards" if query.dense else "Dense list"
    return element(
        "a",
        label,
        href=query.link("operations", {"dense": not query.dense, "operations": 1}),
        class_="layout",
        id="layout",
    )


def search(query: Query) -> Html:
    """Return the form that searches operations and requests; it needs no script."""
    kept = {name: value for name, value in query.parameters.items() if name in ("list", "state", "verdict")}
    return element(
        "form",
        element("label", "Search operations and requests", for_="search", class_="unseen"),
        element(
            "input",
            type="search",
            name="search",
            id="search",
            value=query.search or None,
            maxlength=MAX_SEARCH,
            placeholder="Search operations and requests",
        ),
        *(element("input", type="hidden", name=name, value=value) for name, value in kept.items()),
        element("button", "Search", type="submit", id="find"),
        element(
            "a",
            "Clear the search",
            href=query.link("operations", {"search": "", "operations": 1, "requests": 1}),
        )
        if query.search
        else None,
        role="search",
        method="get",
        action=query.path,
        class_="search",
    )


def badge(state: str) -> Html:
    """Return a state as a symbol, a colour and a word."""
    return element(
        "span",
        element("span", SYMBOLS[state], aria_hidden="true"),
        f" {state}",
        class_="state",
        data_state=state,
    )


def _none(query: Query) -> Html:
    if query.search:
        return element("p", "No operation has what is searched for.", class_="empty")
    if query.state is not None:
        return element("p", f"No operation is {query.state}.", class_="empty")
    return element(
        "p",
        "Nothing was started yet. ",
        element("code", "POST \u2026/image:export"),
        " starts an operation, and it appears here.",
        class_="empty",
    )


def _filter(snapshot: Snapshot, query: Query) -> Html:
    states = [state for state in SYMBOLS if snapshot.states.get(state) or state == query.state]
    return element(
        "nav",
        _filtered("All", sum(snapshot.states.values()), None, query),
        *(_filtered(state.capitalize(), snapshot.states.get(state, 0), state, query) for state in states),
        class_="filter",
        aria_label="Filter operations by state",
    )


def _filtered(label: str, count: int, state: str | None, query: Query) -> Html:
    return element(
        "a",
        element("span", SYMBOLS[state], class_="shape", aria_hidden="true") if state else None,
        f"{label} ",
        element("b", f"{count:,}"),
        href=query.link("operations", {"state": state, "operations": 1}),
        aria_current="true" if state == query.state else None,
        data_state=state,
        id=f"filter-{state or 'ALL'}",
    )


def _operation(operation: Operation, scale: Scale, snapshot: Snapshot, query: Query) -> Html:
    today = snapshot.now.date()
    title = clipped(operation.description, MAX_TEXT) or "(no description)"
    return element(
        "li",
        element(
            "article",
            element(
                "div",
                element("h3", title, id=f"title-{operation.number}"),
                element("p", breakable(clipped(operation.name, MAX_TEXT)), class_="name"),
                _request_link(operation, snapshot, query),
                class_="what",
            ),
            element(
                "div",
                badge(operation.state),
                element("span", "held", class_="tag", title="It stands still until it is released.")
                if operation.held
                else None,
                element("span", f"attempt {operation.attempt}", class_="tag")
                if operation.attempt is not None
                else None,
                _progress(operation.progress, f"Progress of {title}"),
                class_="how",
            ),
            _times(operation, today),
            timeline(operation, scale),
            _stages(operation.stages),
            _error(operation),
            _destinations(operation),
            actions(operation, title, snapshot),
            aria_labelledby=f"title-{operation.number}",
        ),
        id=f"operation-{operation.number}",
        class_="operation",
        data_state=operation.state,
    )


def _progress(share: float | None, label: str) -> Html | None:
    if share is None:
        return None
    percent = f"{share * 100:.3g}"
    return element(
        "span",
        element("progress", f"{percent} %", value=percent, max=100, aria_label=label),
        element("span", str(percent), Html("\u2009%"), class_="percent"),
        class_="progress",
    )


def _times(operation: Operation, today: date) -> Html:
    took = (
        None
        if operation.ended is None
        else format_duration((operation.ended - operation.created).total_seconds())
    )
    return element(
        "dl",
        fact("Created", format_time(operation.created, today)),
        fact("Started", format_time(operation.started, today)) if operation.started else None,
        fact("Ended", join(format_time(operation.ended, today), f" after {took}"))
        if operation.ended
        else None,
        class_="times",
    )


def _stages(stages: tuple[Stage, ...]) -> Html | None:
    if not stages:
        return None
    return element("ul", *map(_stage, stages), class_="stages", aria_label="Stages")


def _stage(stage: Stage) -> Html:
    begun = stage.done is not None and stage.total is not None
    return element(
        "li",
        element("span", clipped(stage.name, MAX_TEXT), title=clipped(stage.description, MAX_TEXT) or None),
        element(
            "span",
            f"{stage.done:g} of {stage.total:g} units" if begun else "not begun",
            class_="units",
        ),
        element(
            "progress",
            value=f"{stage.done:g}",
            max=f"{stage.total:g}",
            aria_hidden="true",
        )
        if begun and stage.total
        else None,
        data_begun=begun,
    )


def _error(operation: Operation) -> Html | None:
    if operation.code is None:
        return None
    return element(
        "p",
        element("b", f"Code {operation.code}"),
        " ",
        element("bdi", multiline(clipped(operation.error, MAX_TEXT))),
        class_="error",
    )


def _destinations(operation: Operation) -> Html | None:
    if not operation.destinations:
        return None
    label = "Written" if operation.written else "Not written" if operation.ended else "To be written"
    codes = (element("code", clipped(uri, MAX_TEXT)) for uri in operation.destinations)
    return element(
        "ul",
        *(element("li", f"{label} ", code) for code in codes),
        class_="destinations",
        aria_label="Destinations",
    )


def _request_link(operation: Operation, snapshot: Snapshot, query: Query) -> Html | None:
    """Return the link to the request that started an operation, on the page that has it."""
    number = operation.request
    if number is None:
        return None
    page = (snapshot.answered - number) // PAGE_SIZE + 1
    href = query.link(f"request-{number}", {"verdict": None, "search": "", "requests": page})
    return element("p", element("a", f"Started by request {number}", href=href), class_="note")
