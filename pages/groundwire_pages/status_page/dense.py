"""The dense list: a line for each operation, for some hundreds of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from ..kit.element import Html, clipped, element, join
from ..kit.times import format_time
from .states import SYMBOLS
from .timeline import Scale, timeline
from .view import Operation

MAX_LINE: Final = 120
"""Characters of a text on a line."""


def dense_list(operations: Sequence[Operation], scale: Scale, today: date) -> Html:
    """Return a line for each operation: state, description, destination, times."""
    return element(
        "ol", *(_line(each, scale, today) for each in operations), class_="operations", id="operation-list"
    )


def _line(operation: Operation, scale: Scale, today: date) -> Html:
    title = clipped(operation.description, MAX_LINE) or "(no description)"
    end = operation.ended
    return element(
        "li",
        element(
            "span",
            element("span", SYMBOLS[operation.state], aria_hidden="true"),
            element("span", f" {operation.state}", class_="unseen"),
            class_="state",
            title=operation.state,
            data_state=operation.state,
        ),
        element("h3", title),
        element("span", _where(operation), class_="where"),
        timeline(operation, scale),
        element(
            "span",
            format_time(operation.created, today),
            join(" \u2013 ", format_time(end, today)) if end else None,
            class_="span",
        ),
        id=f"operation-{operation.number}",
        class_="operation line",
        data_state=operation.state,
    )


def _where(operation: Operation) -> str:
    text = operation.error or next(iter(operation.destinations), "") or operation.name
    return clipped(text, MAX_LINE)
