"""The skeleton of a page: head, skip link, header, main part, inlined style and script."""

from __future__ import annotations

from attrs import frozen

from .asset import STYLE, Asset
from .element import Child, Html, element


@frozen(kw_only=True)
class Page:
    """The parts of a page that differ. `name` is the class of the body, which scopes the style sheet."""

    name: str
    title: str
    head: tuple[Html, ...] = ()
    skip: Html
    """The link to the main part, for the keyboard."""
    body: tuple[Child, ...]
    script: Html
    version: str | None = None

    def html(self) -> str:
        """Return the HTML document. It loads nothing from elsewhere."""
        head = element(
            "head",
            element("meta", charset="utf-8"),
            *self.head,
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("title", self.title),
            element("style", Html(STYLE.text)),
        )
        body = element(
            "body", self.skip, *self.body, self.script, class_=self.name, data_version=self.version
        )
        return f"<!DOCTYPE html>\n{element('html', head, body, lang='en').text}\n"


def skip_link(target: str, text: str) -> Html:
    """Return a link past the header that shows when it has the focus."""
    return element("a", text, href=f"#{target}", class_="skip")


def policy(script: Asset, *more: str, forms: str = "'none'") -> str:
    """Return the Content-Security-Policy of a page that loads nothing but its own style sheet and script.

    `forms` are the sources that forms may be sent to.
    """
    directives = (
        "default-src 'none'",
        "base-uri 'none'",
        f"form-action {forms}",
        f"style-src {STYLE.source}",
        f"script-src {script.source}",
        *more,
    )
    return "; ".join(directives)


def fact(name: str, value: Child) -> Html:
    """Return one pair of a definition list."""
    return element("div", element("dt", name), element("dd", value))


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where needed."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
