"""What the contract remembers: operations, request ids that were used, requests that were made.

Callers hold `State.lock` over what must happen together. A state in a file may raise a StateError at any call.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from ..exchange import Recorded
from .state import Operation


class Store(Protocol):
    """A place for everything that outlives a request."""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held over what must happen together; may be taken again by the thread that holds it.

        What was changed is kept for good when the outermost is left.
        """
        ...

    @property
    def requests(self) -> Collection[Recorded]:
        """The requests that are remembered, oldest first."""
        ...

    @property
    def answered(self) -> int:
        """How many requests were ever remembered, those that are forgotten by now included."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def close(self) -> None:
        """Let go of what the state is kept in."""
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
        """Drop an operation. It stays among the makers of its asset."""
        ...

    def makers(self, asset: str) -> tuple[Operation, ...]:
        """The operations that make an asset if they succeed, oldest first, those forgotten too."""
        ...

    def newest(
        self, project: str | None, sequence: int | None, keep: Callable[[Operation], bool], most: int
    ) -> tuple[Operation, ...]:
        """At most so many operations that `keep` wants, newest first, made before `sequence`; None is any project."""
        ...

    def is_full(self, project: str, limit: int, now: datetime) -> bool:
        """Whether a project has so many operations that have not ended."""
        ...

    def record(self, recorded: Recorded) -> None:
        """Remember a request."""
        ...

    def time(self) -> datetime | None:
        """The instant that was kept last."""
        ...

    def keep_time(self, instant: datetime) -> None:
        """Keep an instant that a scripted clock was moved to."""
        ...
