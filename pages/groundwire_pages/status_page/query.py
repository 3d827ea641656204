"""The selection of the page's query string: a filter and a page number for each list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Self, TypedDict
from urllib.parse import urlencode

from attrs import evolve, frozen

from .states import SYMBOLS
from .view import ACCEPTED

REFUSED: Final = "refused"
_MAX_DIGITS: Final = 6


class Change(TypedDict, total=False):
    """The parts of a query that a link changes."""

    state: str | None
    verdict: str | None
    operations: int
    requests: int


@frozen(kw_only=True)
class Query:
    """Operations of one state or all, requests of one verdict or all, and a page of each, from 1."""

    state: str | None = None
    verdict: str | None = None
    """`accepted`, `refused`, or the id of a rule."""
    operations: int = 1
    requests: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str], rules: Collection[str]) -> Self:
        """Read a query string; invalid parts get their defaults. `rules` are the ids that a verdict may name."""
        state, verdict = query.get("state"), query.get("verdict")
        return cls(
            state=state if state in SYMBOLS else None,
            verdict=verdict if verdict in (ACCEPTED, REFUSED) or verdict in rules else None,
            operations=_page(query.get("operations", "")),
            requests=_page(query.get("requests", "")),
        )

    def link(self, section: str, change: Change) -> str:
        """Return the address of this query with a change, at a section of the page."""
        target = evolve(self, **change)
        parameters = {
            "state": target.state,
            "verdict": target.verdict,
            "operations": None if target.operations == 1 else target.operations,
            "requests": None if target.requests == 1 else target.requests,
        }
        query = urlencode({name: value for name, value in parameters.items() if value is not None})
        return f"/?{query}#{section}" if query else f"/#{section}"

    def selects(self, verdict: str) -> bool:
        """Return True if requests with that verdict are listed."""
        if self.verdict == REFUSED:
            return verdict != ACCEPTED
        return self.verdict is None or verdict == self.verdict


def _page(text: str) -> int:
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS else 1
