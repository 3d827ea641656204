"""State in memory."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from itertools import islice
from typing import Final

from attrs import evolve

from ..assets.record import Asset
from ..exchange import Recorded
from ..operations.state import Operation
from .unfinished import Unfinished

MAX_RECORDED: Final = 10_000
"""Requests that are kept by default; the oldest are dropped first."""
MAX_BYTES: Final = 64 * 1024 * 1024
"""Bytes of bodies that are kept."""


class Memory:
    """State in memory. `remembered` limits the recorded requests."""

    @property
    def waits(self) -> bool:
        """False: memory keeps nothing back."""
        return False

    def __init__(self, *, remembered: int = MAX_RECORDED) -> None:
        self.lock: Final = threading.RLock()
        self._remembered = remembered
        self.clear()

    def gathering(self) -> AbstractContextManager[None]:
        """Return a block without an effect: memory keeps nothing back."""
        return nullcontext()

    def commit(self) -> None:
        """Do nothing."""

    def clear(self) -> None:
        """Delete everything."""
        with self.lock:
            self.operations: dict[str, Operation] = {}
            self.requests: deque[Recorded] = deque()
            self._bytes = 0
            self._used: set[tuple[str, str, str]] = set()
            self._order: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
            self._unfinished = Unfinished()
            self._makers: dict[str, Operation] = {}
            self._makers_of: defaultdict[str, set[str]] = defaultdict(set)
            self._assets: dict[str, Asset | None] = {}
            self._children: defaultdict[str, set[str]] = defaultdict(set)
            self._made = 0
            self._time: datetime | None = None
            self._settings: dict[str, str] = {}
            self.answered = 0
            """The number of requests ever recorded, including those dropped since."""

    def claim(self, caller: str, project: str, request_id: str) -> bool:
        """Use a request id; return False if the caller used it before in the project."""
        key = (caller, project, request_id)
        if key in self._used:
            return False
        self._used.add(key)
        return True

    def add(self, operation: Operation) -> Operation:
        """Add an operation and return it with its sequence number."""
        self._made += 1
        placed = evolve(operation, sequence=self._made)
        self.operations[placed.name] = placed
        self._order[placed.project].append((placed.sequence, placed.name))
        self._unfinished.add(placed)
        if placed.asset:
            self._makers[placed.name] = placed
            self._makers_of[placed.asset].add(placed.name)
        return placed

    def put(self, operation: Operation) -> None:
        """Replace an operation."""
        self.operations[operation.name] = operation
        self._unfinished.put(operation)
        if operation.name in self._makers:
            self._makers[operation.name] = operation

    def get(self, name: str) -> Operation | None:
        """Return the operation of a name."""
        return self.operations.get(name)

    def forget(self, name: str) -> None:
        """Delete an operation. `makers` still returns it."""
        operation = self.operations.pop(name)
        order = self._order[operation.project]
        del order[bisect_left(order, (operation.sequence, name))]
        self._unfinished.remove(name)

    def makers(self, asset: str | None) -> tuple[Operation, ...]:
        """Return the unsettled operations that create an asset, or any, oldest first, including deleted ones."""
        if asset is None:
            return tuple(self._makers.values())
        makers = [self._makers[name] for name in self._makers_of.get(asset, ())]
        return tuple(sorted(makers, key=lambda each: each.sequence))

    def settle(self, operation: Operation) -> None:
        """Note that an operation that creates an asset has ended."""
        self._makers.pop(operation.name, None)
        names = self._makers_of[operation.asset]
        names.discard(operation.name)
        if not names:
            del self._makers_of[operation.asset]

    def asset(self, name: str) -> Asset | None:
        """Return a stored asset."""
        return self._assets.get(name)

    def is_removed(self, name: str) -> bool:
        """Return True if an asset of this name was removed and not stored again."""
        return name in self._assets and self._assets[name] is None

    def assets_in(self, parent: str) -> tuple[Asset, ...]:
        """Return the stored assets directly in a folder or collection."""
        found = (self._assets[name] for name in self._children.get(parent, ()))
        return tuple(asset for asset in found if asset is not None)

    def all_assets(self) -> tuple[Asset, ...]:
        """Return all stored assets."""
        return tuple(asset for asset in self._assets.values() if asset is not None)

    def put_asset(self, asset: Asset) -> None:
        """Store an asset, in place of an earlier one."""
        self._assets[asset.name] = asset
        self._children[asset.parent].add(asset.name)

    def remove_asset(self, name: str) -> None:
        """Remove an asset, which need not be stored."""
        asset = self._assets.get(name)
        if asset is not None:
            self._children[asset.parent].discard(name)
        self._assets[name] = None

    def newest(
        self, project: str | None, sequence: int | None, keep: Callable[[Operation], bool], most: int
    ) -> tuple[Operation, ...]:
        """Return up to `most` operations that `keep` accepts, newest first, before `sequence`."""
        wanted = (each for each in self._newest(project, sequence) if keep(each))
        return tuple(islice(wanted, most))

    def _newest(self, project: str | None, sequence: int | None) -> Iterator[Operation]:
        """Iterate over the operations of a project, or of all, newest first, before `sequence`."""
        if project is None:
            everything = reversed(self.operations.values())
            yield from (each for each in everything if sequence is None or each.sequence < sequence)
            return
        order = self._order.get(project, [])
        at = len(order) if sequence is None else bisect_left(order, (sequence, ""))
        for index in range(at - 1, -1, -1):
            yield self.operations[order[index][1]]

    def is_full(self, project: str, limit: int, now: datetime) -> bool:
        """Return True if a project has `limit` unfinished operations."""
        if not self._unfinished.knows(project):
            own = (each for each in self.operations.values() if each.project == project)
            self._unfinished.learn(project, own)
        return self._unfinished.is_full(project, limit, now)

    def setting(self, name: str) -> str | None:
        """Return the text that was kept under a name; None if there is none."""
        return self._settings.get(name)

    def put_setting(self, name: str, text: str) -> None:
        """Keep a text under a name."""
        self._settings[name] = text

    def record(self, recorded: Recorded) -> None:
        """Record a request."""
        self.requests.append(recorded)
        self.answered += 1
        self._bytes += len(recorded.sent)
        while len(self.requests) > self._remembered or self._bytes > MAX_BYTES:
            self._bytes -= len(self.requests.popleft().sent)

    def time(self) -> datetime | None:
        """Return the stored instant."""
        return self._time

    def keep_time(self, instant: datetime) -> None:
        """Store the instant of a stepped clock."""
        self._time = instant

    def close(self) -> None:
        """Do nothing: memory needs no release."""
