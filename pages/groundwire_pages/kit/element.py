"""HTML as values. Text is escaped, and characters that hide, move or reorder text are shown as escapes."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Final, TypeAlias

from attrs import frozen

_VOID: Final = frozenset({"input", "link", "meta", "wbr"})


@frozen
class Html:
    """Text that is HTML already."""

    text: str


Child: TypeAlias = "Html | str | None"
Attribute: TypeAlias = "Html | str | int | bool | None"


def element(name: str, /, *children: Child, **attributes: Attribute) -> Html:
    """Return one element. `class_` is written `class`, `data_x` is `data-x`; None and False omit an attribute."""
    opening = "".join((name, *(_attribute(key, value) for key, value in attributes.items())))
    return Html(f"<{opening}>") if name in _VOID else Html(f"<{opening}>{join(*children).text}</{name}>")


def join(*children: Child) -> Html:
    """Concatenate children."""
    return Html("".join(_markup(child) for child in children))


def separated(separator: str, children: Iterable[Html]) -> Html:
    """Concatenate children with `separator` between them."""
    return Html(html.escape(separator).join(child.text for child in children))


def visible(text: str) -> str:
    """Return text on one line; what is not printable is escaped (Unicode Technical Report 36)."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def multiline(text: str) -> Html:
    """Escape text as `visible` does, but keep its line feeds."""
    return Html("\n".join(html.escape(visible(line)) for line in text.split("\n")))


def prose(text: str) -> Html:
    """Escape text of our own; what is between backticks becomes code."""
    parts = html.escape(text).split("`")
    return Html("".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts)))


def clipped(text: str, limit: int) -> str:
    """Cut text after `limit` characters, with an ellipsis."""
    return text if len(text) <= limit else f"{text[:limit]}\u2026"


def breakable(path: str) -> Html:
    """Return a path that wraps at its slashes first."""
    head, *rest = path.split("/")
    return join(head, *(join("/", element("wbr"), part) for part in rest))


def _markup(child: Child) -> str:
    if child is None:
        return ""
    return child.text if isinstance(child, Html) else html.escape(visible(child))


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    return f' {name}="{value.text if isinstance(value, Html) else html.escape(visible(str(value)))}"'
