"""State in the memory of one process."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from attrs import evolve

from ..exchange import Recorded
from ..operations.state import Operation, ended

MAX_RECORDED: Final = 10_000
"""Requests that are remembered unless another number is said; the oldest are forgotten first."""
MAX_BYTES: Final = 64 * 1024 * 1024
"""Bytes of bodies that are remembered."""


class Memory:
    """State in the memory of one process, gone with it. `remembered` bounds the requests that are kept."""

    def __init__(self, *, remembered: int = MAX_RECORDED) -> None:
        self.lock: Final = threading.RLock()
        self._remembered = remembered
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.operations: dict[str, Operation] = {}
            self.requests: deque[Recorded] = deque()
            self._bytes = 0
            self._used: set[tuple[str, str, str]] = set()
            self._order: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
            self._open: defaultdict[str, set[str]] = defaultdict(set)
            self._makers: defaultdict[str, dict[str, Operation]] = defaultdict(dict)
            self._made = 0
            self._time: datetime | None = None
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
        self.put(placed)
        self._order[placed.project].append((placed.sequence, placed.name))
        self._open[placed.project].add(placed.name)
        return placed

    def put(self, operation: Operation) -> None:
        """Keep a changed operation."""
        self.operations[operation.name] = operation
        if operation.asset:
            self._makers[operation.asset][operation.name] = operation

    def get(self, name: str) -> Operation | None:
        """The operation of a name."""
        return self.operations.get(name)

    def forget(self, name: str) -> None:
        """Drop an operation. It stays among the makers of its asset."""
        operation = self.operations.pop(name)
        order = self._order[operation.project]
        del order[bisect_left(order, (operation.sequence, name))]
        self._open[operation.project].discard(name)

    def makers(self, asset: str) -> tuple[Operation, ...]:
        """The operations that make an asset if they succeed, oldest first, those forgotten too."""
        return tuple(self._makers[asset].values()) if asset in self._makers else ()

    def newest(
        self, project: str | None, sequence: int | None, keep: Callable[[Operation], bool], most: int
    ) -> tuple[Operation, ...]:
        """At most so many operations that `keep` wants, newest first, made before `sequence`."""
        wanted = (each for each in self._newest(project, sequence) if keep(each))
        return tuple(islice(wanted, most))

    def _newest(self, project: str | None, sequence: int | None) -> Iterator[Operation]:
        """The operations of a project, or of all, newest first, made before `sequence`."""
        if project is None:
            everything = reversed(self.operations.values())
            yield from (each for each in everything if sequence is None or each.sequence < sequence)
            return
        order = self._order.get(project, [])
        at = len(order) if sequence is None else bisect_left(order, (sequence, ""))
        for index in range(at - 1, -1, -1):
            yield self.operations[order[index][1]]

    def is_full(self, project: str, limit: int, now: datetime) -> bool:
        """Whether a project has so many operations that have not ended."""
        running = self._open[project]
        if len(running) < limit:
            return False
        running.difference_update([name for name in running if ended(self.operations[name], now) is not None])
        return len(running) >= limit

    def record(self, recorded: Recorded) -> None:
        """Remember a request."""
        self.requests.append(recorded)
        self.answered += 1
        self._bytes += len(recorded.sent)
        while len(self.requests) > self._remembered or self._bytes > MAX_BYTES:
            self._bytes -= len(self.requests.popleft().sent)

    def time(self) -> datetime | None:
        """The instant that was kept last."""
        return self._time

    def keep_time(self, instant: datetime) -> None:
        """Keep an instant that a scripted clock was moved to."""
        self._time = instant

    def close(self) -> None:
        """Nothing is to be let go of."""
