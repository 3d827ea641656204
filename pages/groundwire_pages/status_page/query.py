"""The selection of the page's query string: a filter and a page number for each list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Self, TypedDict
from urllib.parse import urlencode

from attrs import evolve, frozen

from .states import SYMBOLS
from .view import ACCEPTED, DENSE_SIZE, PAGE_SIZE

REFUSED: Final = "refused"
MAX_SEARCH: Final = 200
"""Characters of a search."""
_MAX_DIGITS: Final = 6


class Change(TypedDict, total=False):
    """The parts of a query that a link changes."""

    search: str
    dense: bool
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
    search: str = ""
    """Lists what contains this text, in any case."""
    dense: bool = False
    """True for a list with a line for each operation."""
    path: str = "/"
    """The path of the page."""

    @classmethod
    def read(cls, query: Mapping[str, str], rules: Collection[str], path: str = "/") -> Self:
        """Read a query string of the page at a path; invalid parts get their defaults. `rules` are the ids that a verdict may name."""
        state, verdict = query.get("state"), query.get("verdict")
        return cls(
            state=state if state in SYMBOLS else None,
            verdict=verdict if verdict in (ACCEPTED, REFUSED) or verdict in rules else None,
            operations=_page(query.get("operations", "")),
            requests=_page(query.get("requests", "")),
            search=query.get("search", "").strip()[:MAX_SEARCH],
            dense=query.get("list") == "dense",
            path=path,
        )

    @property
    def page_size(self) -> int:
        """Operations on one page."""
        return DENSE_SIZE if self.dense else PAGE_SIZE

    def finds(self, *texts: str | None) -> bool:
        """Return True if one of the texts contains what is searched for."""
        wanted = self.search.casefold()
        return not wanted or any(wanted in text.casefold() for text in texts if text)

    @property
    def parameters(self) -> dict[str, str | int]:
        """The parameters of the query string; defaults are left out."""
        values = {
            "search": self.search or None,
            "list": "dense" if self.dense else None,
            "state": self.state,
            "verdict": self.verdict,
            "operations": None if self.operations == 1 else self.operations,
            "requests": None if self.requests == 1 else self.requests,
        }
        return {name: value for name, value in values.items() if value is not None}

    def link(self, section: str, change: Change) -> str:
        """Return the address of this query with a change, at a section of the page."""
        query = urlencode(evolve(self, **change).parameters, errors="replace")
        return f"{self.path}?{query}#{section}" if query else f"{self.path}#{section}"

    def selects(self, verdict: str) -> bool:
        """Return True if requests with that verdict are listed."""
        if self.verdict == REFUSED:
            return verdict != ACCEPTED
        return self.verdict is None or verdict == self.verdict


def _page(text: str) -> int:
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS else 1
