"""The values that the status page shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Generic, TypeVar

from attrs import field, frozen

PAGE_SIZE: Final = 25
"""Operations, and requests, on one page."""
DENSE_SIZE: Final = 500
"""Operations on one page of the dense list."""
ACCEPTED: Final = "accepted"
"""The verdict of a request that no rule refused."""
T = TypeVar("T")


@frozen
class Rule:
    """A rule of the contract. `evidence` is a letter, `evidence_words` spells it out."""

    id: str
    statement: str
    evidence: str
    evidence_words: str
    source: str


@frozen
class Stage:
    """One step of an operation's work. The units are None until it begins."""

    name: str
    description: str
    done: float | None
    total: float | None


@frozen(kw_only=True)
class Operation:
    """An operation as its JSON shows it to a caller. `progress` is from 0 to 1."""

    number: int
    name: str
    description: str
    state: str
    held: bool
    progress: float | None
    stages: tuple[Stage, ...]
    attempt: int | None
    created: datetime
    started: datetime | None
    ended: datetime | None
    code: int | None
    error: str
    destinations: tuple[str, ...]
    """Where its files or its asset are, or will be."""
    written: bool
    """True if they are there."""
    request: int | None = None
    """The number of the request that started it; None if it is forgotten."""


@frozen(kw_only=True)
class Reason:
    """What was wrong with a request: the message, the place, and what the body has there."""

    message: str
    place: str
    pointer: str
    excerpt: str


@frozen(kw_only=True)
class Request:
    """A request that was answered, and its number among all. `verdict` is `accepted` or the id of a rule."""

    number: int
    method: str | None
    verb: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    sent: bytes = field(repr=False)
    status: int
    verdict: str
    at: datetime | None
    source: str = ""
    """`example` or `answer` for what is not the server's own behaviour."""
    reasons: tuple[Reason, ...] = ()
    operation: tuple[int, int] | None = None
    """The number of the operation that it is about, and the page that has it; None for none."""


@frozen(kw_only=True)
class ListPage(Generic[T]):
    """A page of a list, newest first: its number, the number of pages, and the length of the list."""

    items: tuple[T, ...]
    number: int
    pages: int
    total: int


@frozen(kw_only=True)
class Snapshot:
    """One instant of a contract server. The counts cover everything, the pages what the query selects."""

    title: str
    api: str
    revision: str
    versions: tuple[str, ...]
    endpoint: str
    pace: str
    """The mode of the clock."""
    release: str
    """The version of Groundwire."""
    now: datetime
    held: bool
    rules: tuple[Rule, ...]
    relaxed: frozenset[str]
    states: Mapping[str, int]
    verdicts: Mapping[str, int]
    answered: int
    """Requests that were ever answered."""
    may_control: bool = False
    """True if the visitor may use the controls."""
    may_advance: bool = False
    """True if the clock can be advanced."""
    operations: ListPage[Operation]
    requests: ListPage[Request]

    @property
    def remembered(self) -> int:
        """Requests that are still stored."""
        return sum(self.verdicts.values())

    @property
    def rules_by_id(self) -> Mapping[str, Rule]:
        """The rules by their ids."""
        return {rule.id: rule for rule in self.rules}

    @property
    def fired(self) -> tuple[tuple[str, int], ...]:
        """The rules that refused a request with their counts, the most frequent first."""
        counts = ((rule, count) for rule, count in self.verdicts.items() if rule != ACCEPTED)
        return tuple(sorted(counts, key=lambda pair: (-pair[1], pair[0])))
