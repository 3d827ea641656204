"""What the contract remembers: operations, request ids that were used, requests that were made.

Callers hold `State.lock` over what must happen together.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from ..behaviour.operation import Operation
from ..exchange import Recorded


class State(Protocol):
    """A place for everything that outlives a request."""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held over what must happen together; may be taken again by the thread that holds it."""
        ...

    def claim(self, caller: str, project: str, request_id: str) -> bool:
        """Use a request id; False when the caller used it before in the project."""
        ...

    def add(self, operation: Operation) -> Operation:
        """Keep a new operation, and give it its place in the order of making."""
        ...

    def put(self, operation: Operation) -> None:
        """Keep a changed operation."""
        ...

    def get(self, name: str) -> Operation | None:
        """The operation of a name."""
        ...

    def forget(self, name: str) -> None:
        """Drop an operation."""
        ...

    def before(
        self, project: str, sequence: int | None, keep: Callable[[Operation], bool], most: int
    ) -> tuple[Operation, ...]:
        """At most so many operations of a project that `keep` wants, newest first, made before `sequence`."""
        ...

    def is_full(self, project: str, limit: int, now: datetime) -> bool:
        """Whether a project has so many operations that have not ended."""
        ...

    def record(self, recorded: Recorded) -> None:
        """Remember a request."""
        ...
