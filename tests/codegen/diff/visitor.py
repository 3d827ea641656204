"""Who looks at the page of a diff: what is seen of it, and what is typed and chosen."""

from __future__ import annotations

from pathlib import Path

from groundwire_codegen.diff import Diff
from groundwire_codegen.diff.views.page import page

from tests.browser import Browser

TAB, ENTER, SPACE, ESCAPE = "\ue004", "\ue007", " ", "\ue00c"
UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true)"
SEEN = "each => each.checkVisibility()"
OPEN = "return [...document.querySelectorAll('details')].map(each => each.open)"
NAMES = f"return [...document.querySelectorAll('.branch > summary > .name')].filter({SEEN}).map(each => each.textContent)"
ENTRIES = f"return [...document.querySelectorAll('article')].filter({SEEN})"
RULES = f"{ENTRIES}.map(each => each.querySelector('.rule').textContent)"
VERDICTS = f"{ENTRIES}.map(each => each.dataset.verdict)"
FOUND = "return document.getElementById('found').textContent"
FOCUSED = "return document.activeElement.id || document.activeElement.textContent.trim()"
LINK = (
    "return [...document.querySelectorAll('.links a')].find(each => each.textContent.endsWith(arguments[0]))"
)
FROM = "return [...document.querySelectorAll('.links a')].find(each => each.textContent === arguments[0])"
REQUEST = "document.querySelector('#shapes details')"


def written(diff: Diff, folder: Path) -> str:
    file = folder / "diff.html"
    file.write_text(page(diff), encoding="utf-8")
    return file.as_uri()


def ask(view: Browser, text: str) -> None:
    """Type into the search, which is empty."""
    view.run("document.getElementById('search').focus()")
    view.press(*text)


def choose(view: Browser, verdict: str) -> None:
    view.run("document.querySelector('input[data-verdict=' + arguments[0] + ']').click()", verdict)
