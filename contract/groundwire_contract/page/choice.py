"""What a visitor asked to see, as the page's query says it, and the links to see something else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Self, TypedDict
from urllib.parse import urlencode

from attrs import evolve, frozen

from ..operations.state import State
from ..rules.registry import RULES

ACCEPTED: Final = "accepted"
REFUSED: Final = "refused"
_DIGITS: Final = 6


class Change(TypedDict, total=False):
    """What a link changes of a choice."""

    state: State | None
    verdict: str | None
    operations: int
    requests: int


@frozen(kw_only=True)
class Choice:
    """The operations of one state or all, the requests of one verdict or all, and a page of each, from 1."""

    state: State | None = None
    verdict: str | None = None
    """`accepted`, `refused`, or the id of a rule."""
    operations: int = 1
    requests: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """The choice that a query makes; what it cannot mean is not chosen."""
        state, verdict = query.get("state", ""), query.get("verdict")
        return cls(
            state=State.__members__.get(state),
            verdict=verdict if verdict in (ACCEPTED, REFUSED) or verdict in RULES else None,
            operations=_page(query.get("operations", "")),
            requests=_page(query.get("requests", "")),
        )

    def link(self, section: str, change: Change) -> str:
        """The address of this choice with a change, at a section of the page."""
        wanted = evolve(self, **change)
        given = {
            "state": wanted.state,
            "verdict": wanted.verdict,
            "operations": None if wanted.operations == 1 else wanted.operations,
            "requests": None if wanted.requests == 1 else wanted.requests,
        }
        query = urlencode({name: value for name, value in given.items() if value is not None})
        return f"/?{query}#{section}" if query else f"/#{section}"

    def wants(self, verdict: str) -> bool:
        """Whether a request with that verdict is to be seen."""
        if self.verdict == REFUSED:
            return verdict != ACCEPTED
        return self.verdict is None or verdict == self.verdict


def _page(text: str) -> int:
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else 1
