"""What the contract holds at one instant, as much of it as a visitor chose to see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Generic, Protocol, TypeVar

from attrs import frozen

from ..clock import Clock
from ..contract import Contract
from ..exchange import Recorded
from ..operations import state as op
from ..operations.state import Operation
from ..operations.store import State
from ..overrides import Orders
from .choice import ACCEPTED, Choice

MOST: Final = 10_000
"""Operations that are counted and shown, the newest."""
SIZE: Final = 25
"""Operations, and requests, on one page."""
T = TypeVar("T")


class Source(Protocol):
    """A service, as far as it is shown."""

    @property
    def contract(self) -> Contract:
        """What is served."""
        ...

    @property
    def clock(self) -> Clock:
        """Its time."""
        ...

    @property
    def held(self) -> bool:
        """Whether new operations stand still."""
        ...

    @property
    def orders(self) -> Orders:
        """What was ordered of it."""
        ...

    @property
    def state(self) -> State:
        """What is remembered."""
        ...


@frozen(kw_only=True)
class Page(Generic[T]):
    """A page of a list, newest first: its number of so many, and how many things the list has."""

    items: tuple[T, ...]
    number: int
    of: int
    total: int


@frozen
class Numbered:
    """A request, and its place among all that were answered."""

    number: int
    request: Recorded


@frozen(kw_only=True)
class Snapshot:
    """One instant of a contract. The counts are of everything, the pages of what was chosen."""

    now: datetime
    held: bool
    relaxed: frozenset[str]
    states: Mapping[op.State, int]
    verdicts: Mapping[str, int]
    answered: int
    operations: Page[Operation]
    requests: Page[Numbered]

    @property
    def remembered(self) -> int:
        """Requests that are still known."""
        return sum(self.verdicts.values())

    @property
    def fired(self) -> tuple[tuple[str, int], ...]:
        """The rules that refused a request, and how many each, most first."""
        found = ((rule, count) for rule, count in self.verdicts.items() if rule != ACCEPTED)
        return tuple(sorted(found, key=lambda each: (-each[1], each[0])))


def take(source: Source, choice: Choice) -> Snapshot:
    """Look at a service. Only copying happens under its lock."""
    kept = source.state
    with kept.lock:
        now, held, relaxed = source.clock.now(), source.held, source.orders.relaxed
        operations = kept.before(None, None, lambda _: True, MOST)
        requests, answered = tuple(kept.requests), kept.answered
    states = [op.state(operation, now) for operation in operations]
    shown = [
        operation
        for operation, state in zip(operations, states, strict=True)
        if choice.state in (None, state)
    ]
    first = answered - len(requests) + 1
    numbered = [
        Numbered(number, request)
        for number, request in enumerate(requests, first)
        if choice.wants(request.verdict)
    ]
    return Snapshot(
        now=now,
        held=held,
        relaxed=relaxed,
        states=Counter(states),
        verdicts=Counter(request.verdict for request in requests),
        answered=answered,
        operations=_page(sorted(shown, key=lambda each: each.sequence), choice.operations),
        requests=_page(numbered, choice.requests),
    )


def _page(oldest_first: list[T], wanted: int) -> Page[T]:
    """The page that is wanted, or the last one there is."""
    total = len(oldest_first)
    of = max(1, -(-total // SIZE))
    number = min(wanted, of)
    end = total - (number - 1) * SIZE
    return Page(items=tuple(oldest_first[max(0, end - SIZE) : end][::-1]), number=number, of=of, total=total)
