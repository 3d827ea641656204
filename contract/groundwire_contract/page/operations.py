"""The section of operations: what each is, how far it has come, and how it ended."""

from __future__ import annotations

from datetime import date
from typing import Final

from ..operations.state import State
from .choice import Choice
from .element import Child, Html, breakable, clipped, element, join
from .moment import length, moment
from .paging import pages
from .seen import Seen, Stage, see
from .snapshot import Snapshot

LONGEST: Final = 1000
"""Characters of an error message, a description or an address that are shown."""
_SHAPES: Final = {
    State.PENDING: "\u25cb",
    State.RUNNING: "\u25d0",
    State.CANCELLING: "\u2296",
    State.SUCCEEDED: "\u2713",
    State.CANCELLED: "\u2298",
    State.FAILED: "\u2715",
}


def operations(snapshot: Snapshot, choice: Choice) -> Html:
    """The filter, one page of operations, and the way to the others."""
    today = snapshot.now.date()
    shown = [see(operation, snapshot.now) for operation in snapshot.operations.items]
    return element(
        "section",
        element(
            "div", element("h2", "Operations", id="operations-title"), _filter(snapshot, choice), class_="bar"
        ),
        element("ol", *(_operation(seen, today) for seen in shown), class_="operations", id="operation-list")
        if shown
        else _none(choice),
        pages(snapshot.operations, choice, "operations"),
        id="operations",
        aria_labelledby="operations-title",
    )


def badge(state: State) -> Html:
    """A state as a shape, a colour and a word."""
    return element(
        "span",
        element("span", _SHAPES[state], aria_hidden="true"),
        f" {state.value}",
        class_="state",
        data_state=state.value,
    )


def _none(choice: Choice) -> Html:
    if choice.state is not None:
        return element("p", f"No operation is {choice.state.value}.", class_="empty")
    return element(
        "p",
        "Nothing was started yet. ",
        element("code", "POST \u2026/image:export"),
        " starts an operation, and it appears here.",
        class_="empty",
    )


def _filter(snapshot: Snapshot, choice: Choice) -> Html:
    states = [state for state in State if snapshot.states.get(state) or state is choice.state]
    return element(
        "nav",
        _filtered("All", sum(snapshot.states.values()), None, choice),
        *(
            _filtered(state.value.capitalize(), snapshot.states.get(state, 0), state, choice)
            for state in states
        ),
        class_="filter",
        aria_label="Filter operations by state",
    )


def _filtered(label: str, count: int, state: State | None, choice: Choice) -> Html:
    return element(
        "a",
        element("span", _SHAPES[state], class_="shape", aria_hidden="true") if state else None,
        f"{label} ",
        element("b", f"{count:,}"),
        href=choice.link("operations", {"state": state, "operations": 1}),
        aria_current="true" if state is choice.state else None,
        data_state=state.value if state else None,
        id=f"filter-{state.value if state else 'ALL'}",
    )


def _operation(seen: Seen, today: date) -> Html:
    title = clipped(seen.description, LONGEST) or "(no description)"
    return element(
        "li",
        element(
            "article",
            element(
                "div",
                element("h3", title, id=f"title-{seen.number}"),
                element("p", breakable(clipped(seen.name, LONGEST)), class_="name"),
                class_="what",
            ),
            element(
                "div",
                badge(seen.state),
                element("span", "held", class_="tag", title="It stands still until it is released.")
                if seen.held
                else None,
                element("span", f"attempt {seen.attempt}", class_="tag")
                if seen.attempt is not None
                else None,
                _progress(seen.progress, f"Progress of {title}"),
                class_="how",
            ),
            _times(seen, today),
            _stages(seen.stages),
            _error(seen),
            _destinations(seen.destinations),
            aria_labelledby=f"title-{seen.number}",
        ),
        id=f"operation-{seen.number}",
        class_="operation",
        data_state=seen.state.value,
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


def _times(seen: Seen, today: date) -> Html:
    took = None if seen.ended is None else length((seen.ended - seen.created).total_seconds())
    return element(
        "dl",
        _fact("Created", moment(seen.created, today)),
        _fact("Started", moment(seen.started, today)) if seen.started else None,
        _fact("Ended", join(moment(seen.ended, today), f" after {took}")) if seen.ended else None,
        class_="times",
    )


def _fact(name: str, value: Child) -> Html:
    return element("div", element("dt", name), element("dd", value))


def _stages(stages: tuple[Stage, ...]) -> Html | None:
    if not stages:
        return None
    return element("ul", *map(_stage, stages), class_="stages", aria_label="Stages")


def _stage(stage: Stage) -> Html:
    begun = stage.done is not None and stage.total is not None
    return element(
        "li",
        element("span", clipped(stage.name, LONGEST), title=clipped(stage.description, LONGEST) or None),
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


def _error(seen: Seen) -> Html | None:
    if seen.code is None:
        return None
    return element(
        "p",
        element("b", f"Code {seen.code}"),
        " ",
        element("bdi", clipped(seen.error, LONGEST)),
        class_="error",
    )


def _destinations(uris: tuple[str, ...]) -> Html | None:
    if not uris:
        return None
    return element(
        "ul",
        *(element("li", element("code", clipped(uri, LONGEST))) for uri in uris),
        class_="destinations",
        aria_label="Destinations",
    )
