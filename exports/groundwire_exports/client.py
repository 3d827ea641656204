"""What exports need of a client: the generated one has it, and so does a test double."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from groundwire import Empty, ExportImageRequest, Operation
from groundwire_runtime.client import StartedOperations
from groundwire_runtime.clock import Clock
from groundwire_runtime.retry import RetryPolicy


class Images(Protocol):
    """The resource `projects.image`."""

    def export(
        self,
        request: ExportImageRequest,
        *,
        project: str | None = None,
        timeout: float = ...,
        retry: RetryPolicy | None = ...,
    ) -> Operation:
        """Start an export."""
        ...


class Operations(Protocol):
    """The resource `projects.operations`."""

    def get(self, name: str, *, timeout: float = ...) -> Operation:
        """Read an operation."""
        ...

    def list(self, *, project: str | None = None, timeout: float = ...) -> Iterable[Operation]:
        """Read all operations of a project, page by page."""
        ...

    def cancel(self, name: str) -> Empty:
        """Ask an operation to stop."""
        ...


class Projects(Protocol):
    """The resource `projects`."""

    @property
    def image(self) -> Images:
        """Images."""
        ...

    @property
    def operations(self) -> Operations:
        """Operations."""
        ...


class ExportClient(Protocol):
    """A client that starts exports and looks after their operations."""

    @property
    def projects(self) -> Projects:
        """Projects."""
        ...

    @property
    def started(self) -> StartedOperations:
        """The operations that starts of the client got."""
        ...

    @property
    def clock(self) -> Clock:
        """Time, sleep, chance and new ids."""
        ...
