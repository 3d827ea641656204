"""The store of operations, assets, used request ids and recorded requests.

Callers hold `Store.lock` for atomic changes. A store in a file may raise a StateError from any call.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from ..assets.catalog import AssetStore
from ..exchange import Recorded
from .state import Operation


class Store(AssetStore, Protocol):
    """Storage of everything that outlives a request."""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """A reentrant lock for atomic changes.

        Changes become durable when the outermost holder releases it.
        """
        ...

    @property
    def requests(self) -> Collection[Recorded]:
        """The recorded requests, oldest first."""
        ...

    @property
    def answered(self) -> int:
        """The number of requests ever recorded, including those dropped since."""
        ...

    def clear(self) -> None:
        """Delete everything."""
        ...

    def close(self) -> None:
        """Release the storage."""
        ...

    def claim(self, caller: str, project: str, request_id: str) -> bool:
        """Use a request id; return False if the caller used it before in the project."""
        ...

    def add(self, operation: Operation) -> Operation:
        """Add an operation and return it with its sequence number."""
        ...

    def put(self, operation: Operation) -> None:
        """Replace an operation."""
        ...

    def get(self, name: str) -> Operation | None:
        """Return the operation of a name."""
        ...

    def forget(self, name: str) -> None:
        """Delete an operation. `makers` still returns it."""
        ...

    def makers(self, asset: str | None) -> tuple[Operation, ...]:
        """Return the unsettled operations that create an asset, or any if it is None, if they succeed, oldest
        first, including deleted ones."""
        ...

    def settle(self, operation: Operation) -> None:
        """Note that an operation that creates an asset has ended, and the asset is stored if it succeeded."""
        ...

    def newest(
        self, project: str | None, sequence: int | None, keep: Callable[[Operation], bool], most: int
    ) -> tuple[Operation, ...]:
        """Return up to `most` operations that `keep` accepts, newest first.

        Only those of `project`, or of all if it is None; only those before `sequence`, if it is not None.
        """
        ...

    def is_full(self, project: str, limit: int, now: datetime) -> bool:
        """Return True if a project has `limit` unfinished operations."""
        ...

    def setting(self, name: str) -> str | None:
        """Return the text that was kept under a name; None if there is none."""
        ...

    def put_setting(self, name: str, text: str) -> None:
        """Keep a text under a name, such as the config of a project."""
        ...

    def record(self, recorded: Recorded) -> None:
        """Record a request."""
        ...

    def time(self) -> datetime | None:
        """Return the stored instant."""
        ...

    def keep_time(self, instant: datetime) -> None:
        """Store the instant of a stepped clock."""
        ...
