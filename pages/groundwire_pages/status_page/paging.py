"""The position in a list, and links to its newer and older pages."""

from __future__ import annotations

from ..kit.element import Html, element
from .query import Change, Query
from .view import PAGE_SIZE, ListPage, T


def pages(page: ListPage[T], query: Query, section: str, size: int = PAGE_SIZE) -> Html | None:
    """Return the position with links to the neighbouring pages of `size` items; None when the list has one page."""
    if page.pages == 1:
        return None
    first = (page.number - 1) * size + 1
    return element(
        "nav",
        _link("Newer", query, section, page.number - 1) if page.number > 1 else None,
        element("span", f"{first:,} to {first + len(page.items) - 1:,} of {page.total:,}, newest first"),
        _link("Older", query, section, page.number + 1) if page.number < page.pages else None,
        class_="pages",
        aria_label=f"Pages of {section}",
    )


def _link(text: str, query: Query, section: str, number: int) -> Html:
    change: Change = {"operations": number} if section == "operations" else {"requests": number}
    return element(
        "a",
        text,
        element("span", f" {section}", class_="unseen"),
        href=query.link(section, change),
        rel="next" if text == "Older" else "prev",
    )
