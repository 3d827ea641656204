"""An export that was started: its operation, and what can be done about it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from typing import Final, Literal

from attrs import define, field
from groundwire import Operation, OperationMetadata, OperationState
from groundwire.client import OPERATION
from groundwire_runtime.errors import (
    ApiError,
    ArgumentError,
    AuthError,
    DecodeError,
    GroundwireError,
    OperationError,
    OperationTimeout,
    ProtocolError,
    TransportError,
    shortened,
)
from groundwire_runtime.operations import CANCELLED, Waiter

from .again import is_passing, paused
from .arguments import check_callback, checked_seconds
from .client import ExportClient
from .stall import Stall, StallWatch

_LOG: Final = logging.getLogger("groundwire")
STALL: Final = 3600.0
"""Seconds without a sign of life after which a running export counts as stalled."""
CANCELLING: Final = 300.0
"""Seconds that a cancelled export is given to stop."""
POLL: Final = 60.0
"""Seconds of one poll at the most."""
_NAME: Final = re.compile(r"projects/[^/]+/operations/[^/]+")


def _operation(operation: Operation | str) -> Operation:
    """The operation, or one of which only the name is known yet."""
    if isinstance(operation, Operation):
        return operation
    if isinstance(operation, str) and _NAME.fullmatch(operation):  # pyright: ignore[reportUnnecessaryIsInstance] # callers are untrusted
        return Operation(name=operation)
    raise ArgumentError(
        f"operation: expected an Operation or its name, got {shortened(operation)}",
        hint="A name is projects/{project}/operations/{id}; client.projects.operations.get(name) returns an Operation.",
    )


@define(eq=False)
class Export:
    """An export that was started. `operation` is its state when it was last looked at.

    Another process continues with `Export(client, name)`, by the operation's name alone: its state is known once it was
    waited for or refreshed.
    """

    _client: ExportClient = field(repr=False)
    operation: Operation = field(converter=_operation)
    request_id: str | None = None
    """The id that it was started with; None where that is not known."""

    @property
    def name(self) -> str:
        """The operation's name: `projects/{project}/operations/{id}`."""
        if not self.operation.name:
            raise ArgumentError(
                "operation: it has no name, so nothing can be asked of it",
                hint="Take it from client.projects.operations.list().",
            )
        return self.operation.name

    @property
    def metadata(self) -> OperationMetadata | None:
        """State, progress and stages, as they were when it was last looked at."""
        metadata = self.operation.metadata
        return None if isinstance(metadata, Mapping) else metadata

    @property
    def done(self) -> bool:
        """Whether it had ended, for better or worse, when it was last looked at."""
        return bool(self.operation.done)

    def refresh(self) -> Operation:
        """Look at the operation again.

        Raises ApiError, TransportError, and ProtocolError for an answer that contradicts what was seen before.
        """
        latest = self._client.projects.operations.get(self.name)
        if latest.name != self.name:
            raise ProtocolError(f"asked for operation {self.name}, got {str(latest.name)[:200]!r}")
        if self.done and not latest.done:
            raise ProtocolError(f"{self.name} was done, and is not any more")
        self.operation = latest
        return latest

    def wait(
        self,
        *,
        timeout: float | None = None,
        on_progress: Callable[[OperationMetadata], object] | None = None,
        on_timeout: Literal["keep", "cancel"] = "keep",
        stall_after: float = STALL,
        on_stall: Callable[[Stall], object] | None = None,
    ) -> Operation:
        """Wait for the export to end well, and return its last state.

        `timeout`: seconds to wait at the most; then OperationTimeout, and the export still runs, or is cancelled first
        with `on_timeout="cancel"` (one that ends well all the same is returned).

        `on_progress`: called with the metadata each time it says something new.

        `on_stall`: called each time a running export has shown no life for another `stall_after` seconds; by default a
        warning is logged.

        Raises OperationError, with the operation's own message, when the export failed or was cancelled. An
        interrupt (Ctrl-C) leaves it running, and names it in a note on the interrupt.
        """
        if on_timeout not in ("keep", "cancel"):
            raise ArgumentError(f"on_timeout: expected 'keep' or 'cancel', got {shortened(on_timeout)}")
        if timeout is not None:
            timeout = checked_seconds(timeout, "timeout")
        stall_after = checked_seconds(stall_after, "stall_after", endless=True)
        check_callback(on_progress, "on_progress")
        check_callback(on_stall, "on_stall")
        watch = StallWatch(after=stall_after, report=on_stall or _warn, now=self._client.clock.monotonic)
        try:
            return self._until_done(timeout, on_progress, watch)
        except OperationTimeout as late:
            if on_timeout == "keep":
                raise
            return self._cancelled_late(late)

    def cancel(self, *, timeout: float = CANCELLING) -> Operation:
        """Ask the export to stop, and return its last state once it has ended: cancelled, or with what came first.

        Asking is repeated while no answer comes. Raises OperationTimeout when it has not ended after `timeout`
        seconds, ApiError when it may not be cancelled, and the last error when asking was never answered.
        """
        timeout = checked_seconds(timeout, "timeout")
        if not self.done:
            try:
                self._stopped(timeout)
            except OperationError as ended:
                self.operation = ended.operation
        return self.operation

    def _stopped(self, timeout: float) -> Operation:
        """Ask the export to stop, and wait for its end as `wait` does."""
        deadline = self._client.clock.monotonic() + timeout
        self._ask_to_stop(deadline)
        return self._until_done(max(0.001, deadline - self._client.clock.monotonic()), None, None)

    def _ask_to_stop(self, deadline: float) -> None:
        """Ask until there is an answer, or a look shows that it stops: asking twice is asking once."""
        for attempt in count():
            try:
                self._client.projects.operations.cancel(self.name)
                return
            except (ApiError, AuthError, TransportError, DecodeError) as error:
                with suppress(GroundwireError):
                    self.refresh()
                if self.done or (self.metadata and self.metadata.state == OperationState.CANCELLING):
                    return
                if not is_passing(error) or not paused(self._client.clock, attempt, deadline):
                    raise

    def _until_done(
        self,
        timeout: float | None,
        on_progress: Callable[[OperationMetadata], object] | None,
        watch: StallWatch | None,
    ) -> Operation:
        def poll(name: str, seconds: float | None) -> Operation:
            operations = self._client.projects.operations
            # A poll that is slow gives way to the next one.
            latest = (
                operations.get(name) if seconds is None else operations.get(name, timeout=min(seconds, POLL))
            )
            # The waiter refuses an operation of another name.
            if latest.name == name:
                self.operation = latest
                if watch is not None:
                    watch.look(latest)
            return latest

        if watch is not None:
            watch.look(self.operation)
        waiter = Waiter(view=OPERATION, poll=poll, clock=self._client.clock)
        self.operation = waiter.wait(self.operation, timeout=timeout, on_progress=on_progress)
        return self.operation

    def _cancelled_late(self, late: OperationTimeout) -> Operation:
        try:
            return self._stopped(CANCELLING)
        except OperationError as ended:
            self.operation = ended.operation
            if ended.code != CANCELLED:
                raise
            raise OperationTimeout(
                f"{late.message}; it was cancelled",
                operation=ended.operation,
                hint="Start it again, with more time.",
            ) from late


def _warn(stall: Stall) -> None:
    _LOG.warning("%s has shown no life for %.0f s", stall.name, stall.seconds)
