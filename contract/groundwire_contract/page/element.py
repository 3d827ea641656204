"""HTML as a value: text is escaped unless it was made here, and what hides or moves in it is shown."""

from __future__ import annotations

import html
from typing import Final, TypeAlias

from attrs import frozen
from groundwire_codegen.problem import visible

_VOID: Final = frozenset({"link", "meta", "wbr"})


@frozen
class Html:
    """Text that is HTML already."""

    text: str


Child: TypeAlias = "Html | str | None"
Attribute: TypeAlias = "str | int | bool | None"

NOTHING: Final = Html("")


def element(name: str, /, *children: Child, **attributes: Attribute) -> Html:
    """One element. `class_` is written `class`, `data_x` is `data-x`; None and False leave an attribute out."""
    opening = "".join((name, *(_attribute(key, value) for key, value in attributes.items())))
    return Html(f"<{opening}>") if name in _VOID else Html(f"<{opening}>{join(*children).text}</{name}>")


def join(*children: Child) -> Html:
    """Several pieces, one after another."""
    return Html("".join(_text(child) for child in children))


def shown(text: str) -> str:
    """Text with escapes for what hides, moves or turns round, but for line feeds (Unicode Technical Report 36)."""
    return "\n".join(map(visible, text.split("\n")))


def clipped(text: str, most: int) -> str:
    """At most so many characters of a text, with an ellipsis where it was cut."""
    return text if len(text) <= most else f"{text[:most]}\u2026"


def breakable(text: str) -> Html:
    """A path that is broken into lines at its slashes first."""
    head, *rest = text.split("/")
    return join(head, *(join("/", element("wbr"), part) for part in rest))


def _text(child: Child) -> str:
    if child is None:
        return ""
    return child.text if isinstance(child, Html) else html.escape(shown(child))


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(shown(str(value)))}"'
