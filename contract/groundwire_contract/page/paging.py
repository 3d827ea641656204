"""Which part of a list is shown, and the way to the rest."""

from __future__ import annotations

from .choice import Change, Choice
from .element import Html, element, join
from .snapshot import SIZE, Page, T


def pages(page: Page[T], choice: Choice, section: str) -> Html:
    """The page shown of so many, with links to the newer and the older one; nothing where all is shown."""
    if page.of == 1:
        return join()
    first = (page.number - 1) * SIZE + 1
    return element(
        "nav",
        _link("Newer", choice, section, page.number - 1) if page.number > 1 else None,
        element("span", f"{first:,} to {first + len(page.items) - 1:,} of {page.total:,}, newest first"),
        _link("Older", choice, section, page.number + 1) if page.number < page.of else None,
        class_="pages",
        aria_label=f"Pages of {section}",
    )


def _link(text: str, choice: Choice, section: str, number: int) -> Html:
    change: Change = {"operations": number} if section == "operations" else {"requests": number}
    return element(
        "a",
        text,
        element("span", f" {section}", class_="unseen"),
        href=choice.link(section, change),
        rel="next" if text == "Older" else "prev",
    )
