"""State in the memory of one process."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

from attrs import evolve

from ..behaviour.operation import Operation, ended
from ..errors import Refusal
from ..exchange import Recorded

MAX_RECORDED: Final = 10_000
"""Requests that are remembered unless another number is said; the oldest are forgotten first."""


class Memory:
    """State in the memory of one process, gone with it. `remembered` bounds the requests that are kept."""

    def __init__(self, *, remembered: int = MAX_RECORDED) -> None:
        self.lock = threading.RLock()
        self._remembered = remembered
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.relaxed: frozenset[str] = frozenset()
            self.operations: dict[str, Operation] = {}
            self.requests: deque[Recorded] = deque(maxlen=self._remembered)
            self.refusals: deque[tuple[str | None, Refusal]] = deque()
            self._used: set[tuple[str, str, str]] = set()
            self._order: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
            self._open: defaultdict[str, set[str]] = defaultdict(set)
            self._made = 0
            self.answered = 0
            """Requests that were remembered, those that are forgotten by now included."""

    def claim(self, caller: str, project: str, request_id: str) -> bool:
        """Use a request id; False when the caller used it before in the project."""
        key = (caller, project, request_id)
        if key in self._used:
            return False
        self._used.add(key)
        return True

    def add(self, operation: Operation) -> Operation:
        """Keep a new operation, and give it its place in the order of making."""
        self._made += 1
        placed = evolve(operation, sequence=self._made)
        self.operations[placed.name] = placed
        self._order[placed.project].append((placed.sequence, placed.name))
        self._open[placed.project].add(placed.name)
        return placed

    def put(self, operation: Operation) -> None:
        """Keep a changed operation."""
        self.operations[operation.name] = operation

    def get(self, name: str) -> Operation | None:
        """The operation of a name."""
        return self.operations.get(name)

    def forget(self, name: str) -> None:
        """Drop an operation."""
        operation = self.operations.pop(name)
        order = self._order[operation.project]
        del order[bisect_left(order, (operation.sequence, name))]
        self._open[operation.project].discard(name)

    def before(
        self, project: str, sequence: int | None, keep: Callable[[Operation], bool], most: int
    ) -> tuple[Operation, ...]:
        """At most so many operations of a project that `keep` wants, newest first, made before `sequence`."""
        order = self._order.get(project, [])
        at = len(order) if sequence is None else bisect_left(order, (sequence, ""))
        found: list[Operation] = []
        while at and len(found) < most:
            at -= 1
            operation = self.operations[order[at][1]]
            if keep(operation):
                found.append(operation)
        return tuple(found)

    def is_full(self, project: str, limit: int, now: datetime) -> bool:
        """Whether a project has so many operations that have not ended."""
        running = self._open[project]
        if len(running) < limit:
            return False
        running.difference_update([name for name in running if ended(self.operations[name], now) is not None])
        return len(running) >= limit

    def next_refusal(self, method: str) -> Refusal | None:
        """A refusal that a test ordered for the next request of a method; it is used up."""
        for index, (wanted, refusal) in enumerate(self.refusals):
            if wanted is None or method.endswith(wanted):
                del self.refusals[index]
                return refusal
        return None

    def record(self, recorded: Recorded) -> None:
        """Remember a request."""
        self.requests.append(recorded)
        self.answered += 1
