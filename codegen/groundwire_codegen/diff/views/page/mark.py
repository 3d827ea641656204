"""What the parts of the page share: how a verdict looks, how it is said, and text that is no markup."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from html import escape
from typing import Final

from attrs import frozen

from ....problem import visible
from ...rules import Verdict


@frozen
class Mark:
    """How a verdict looks: a class, which gives it a colour, and a symbol, which needs none."""

    name: str
    symbol: str
    words: str

    def badge(self) -> str:
        """The symbol, with the words for who does not see it."""
        return f'<span class="badge" role="img" aria-label="{self.words}">{self.symbol}</span>'


_MARKS: Final = {
    Verdict.TYPES: Mark("types", "\u00d7", str(Verdict.TYPES)),
    Verdict.RUN: Mark("run", "!", str(Verdict.RUN)),
    Verdict.BEHAVIOUR: Mark("behaviour", "\u2248", str(Verdict.BEHAVIOUR)),
    Verdict.COMPATIBLE: Mark("compatible", "\u2713", str(Verdict.COMPATIBLE)),
}
_SAME: Final = Mark("same", "\u00b7", "unchanged")


def mark(verdict: Verdict | None) -> Mark:
    """The mark of a verdict, or of what did not change."""
    return _SAME if verdict is None else _MARKS[verdict]


def tally(counts: Mapping[Verdict, int]) -> str:
    """How many changes have each verdict, in symbols and in words."""
    found = [(mark(verdict), counts[verdict]) for verdict in Verdict if counts.get(verdict)]
    seen = (
        f'<span class="{each.name}" role="img" aria-label="{count} {each.words}">{each.symbol}\u2009{count}</span>'
        for each, count in found
    )
    return f'<span class="tally">{" ".join(seen)}</span>'


def text(value: str) -> str:
    """Text of a document, which nothing makes markup."""
    return escape(visible(value), quote=True)


def prose(value: str) -> str:
    """Text of ours, with code between backticks."""
    parts = escape(value, quote=True).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def anchor(kind: str, path: str) -> str:
    """A fragment that no text can break out of."""
    return f"m-{hashlib.sha256(f'{kind} {path}'.encode('utf-8', 'replace')).hexdigest()[:12]}"
