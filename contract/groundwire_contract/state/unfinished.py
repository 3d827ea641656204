"""The unfinished operations of each project, for the limit of its queue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from ..operations.state import Operation, ended, unchanged_until


class Unfinished:
    """The operations of each project that had not ended when they were last looked at.

    They are looked at when the limit is reached; `on_end` gets those that have ended since.
    """

    def __init__(self, on_end: Callable[[Iterable[Operation]], None] = lambda _: None) -> None:
        self._on_end = on_end
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._projects: dict[str, dict[str, Operation]] = {}
        self._full_until: dict[tuple[str, int], datetime] = {}
        """Until when a project is known to have a number of unfinished operations, if none is changed."""

    def knows(self, project: str) -> bool:
        """Return True if the operations of a project are here."""
        return project in self._projects

    def learn(self, project: str, operations: Iterable[Operation]) -> None:
        """Take the operations of a project that may be unfinished."""
        self._projects[project] = {each.name: each for each in operations}

    def add(self, operation: Operation) -> None:
        """Take a new operation, if those of its project are here."""
        known = self._projects.get(operation.project)
        if known is not None:
            known[operation.name] = operation

    def put(self, operation: Operation) -> None:
        """Replace an operation."""
        self._full_until.clear()
        self.add(operation)

    def remove(self, name: str) -> None:
        """Forget a deleted operation."""
        self._full_until.clear()
        for known in self._projects.values():
            known.pop(name, None)

    def is_full(self, project: str, limit: int, now: datetime) -> bool:
        """Return True if a project, which is here, has `limit` unfinished operations."""
        known = self._projects[project]
        if len(known) < limit:
            return False
        if now < self._full_until.get((project, limit), now):
            return True
        gone = [each for each in known.values() if ended(each, now) is not None]
        for operation in gone:
            del known[operation.name]
        if gone:
            self._on_end(gone)
        if len(known) < limit:
            return False
        self._full_until[project, limit] = unchanged_until(known.values(), now)
        return True
