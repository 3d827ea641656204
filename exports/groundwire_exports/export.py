"""A handle on a started export: refresh, wait, cancel."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from typing import Any, Final, Literal

from attrs import define, field, frozen
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

from .arguments import ExportClient, check_callback, checked_seconds
from .protocol import is_operation_name, unmarked
from .refusals import is_retryable, pause_before_retry

_LOG: Final = logging.getLogger("groundwire")
STALL: Final = 3600.0
"""Seconds without progress after which a running export counts as stalled."""
CANCELLING: Final = 300.0
"""Seconds that a cancelled export may take to stop."""
POLL: Final = 60.0
"""Maximum seconds of one poll."""


@frozen(kw_only=True)
class Stall:
    """An operation without progress for `seconds`; `metadata` is its last metadata."""

    name: str
    seconds: float
    metadata: OperationMetadata


@define(kw_only=True)
class StallWatch:
    """Reports a running operation each time it has made no progress for another `after` seconds.

    The service updates the time of a stalled operation too, so only progress, stages and the attempt count.
    """

    after: float
    report: Callable[[Stall], object]
    now: Callable[[], float]
    _signs: Any = field(default=None, init=False)
    _since: float = field(default=0.0, init=False)
    _reported: int = field(default=0, init=False)

    def look(self, operation: Operation) -> None:
        """Compare the operation with its last known state."""
        metadata = operation.metadata
        if isinstance(metadata, Mapping) or metadata is None:
            return
        signs = (metadata.state, metadata.progress, metadata.attempt, metadata.stages)
        if operation.done or metadata.state == OperationState.PENDING or signs != self._signs:
            self._signs, self._since, self._reported = signs, self.now(), 0
            return
        seconds = self.now() - self._since
        if seconds >= self.after * (self._reported + 1):
            self._reported = int(seconds // self.after)
            self.report(Stall(name=operation.name or "", seconds=seconds, metadata=metadata))


def _operation(operation: Operation | str) -> Operation:
    """Return an operation; from a name, one without a state."""
    if isinstance(operation, Operation):
        return operation
    if is_operation_name(operation):
        return Operation(name=operation)
    raise ArgumentError(
        f"operation: expected an Operation or its name, got {shortened(operation)}",
        hint="A name is projects/{project}/operations/{id}; client.projects.operations.get(name) returns an Operation.",
    )


@define(eq=False, repr=False)
class Export:
    """A started export. `operation` is its last known state.

    Another process continues with `Export(client, name)`; the state is known after the first wait or refresh.
    """

    _client: ExportClient = field(repr=False)
    operation: Operation = field(converter=_operation)
    request_id: str | None = None
    """The id with which it was started; None if unknown."""

    def __repr__(self) -> str:
        # A converter that raised left no operation.
        known = (hasattr(self, "operation") and self.metadata) or OperationMetadata()
        state, label = known.state or "UNKNOWN", unmarked(known.description or "")
        return f"<Export {state} {known.progress or 0:.0%} {label!r} {getattr(self, 'operation', Operation()).name}>"

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
        """The last known state, progress and stages."""
        metadata = self.operation.metadata
        return None if isinstance(metadata, Mapping) else metadata

    @property
    def done(self) -> bool:
        """True if it has ended, successfully or not, by its last known state."""
        return bool(self.operation.done)

    def refresh(self) -> Operation:
        """Read the operation again.

        Raises ApiError, TransportError, and ProtocolError for an answer that contradicts an earlier one.
        """
        latest = self._client.projects.operations.get(self.name)
        if latest.name != self.name:
            error = ProtocolError(f"asked for operation {self.name}, got {str(latest.name)[:200]!r}")
            raise self._client.redacted(error)
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
        """Wait until the export succeeds, and return its last state.

        `timeout`: maximum seconds; then raises OperationTimeout. The export keeps running, or is cancelled first with
        `on_timeout="cancel"` (if it succeeds nevertheless, it is returned).

        `on_progress`: called with the metadata each time it changes.

        `on_stall`: called each time a running export has made no progress for another `stall_after` seconds; by
        default a warning is logged.

        Raises OperationError, with the operation's own message, if the export failed or was cancelled. An interrupt
        (Ctrl-C) leaves it running and gets a note with its name.
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
            return self._cancel_after_timeout(late)

    def cancel(self, *, timeout: float = CANCELLING) -> Operation:
        """Cancel the export, and return its last state after it has ended, cancelled or not.

        The request is repeated until it is answered. Raises OperationTimeout if the export has not ended after
        `timeout` seconds, ApiError if it may not be cancelled, and the last error if no request was answered.
        """
        timeout = checked_seconds(timeout, "timeout")
        if not self.done:
            try:
                self._cancel_and_wait(timeout)
            except OperationError as ended:
                self.operation = ended.operation
        return self.operation

    def _cancel_and_wait(self, timeout: float) -> Operation:
        """Cancel the export, and wait for its end as `wait` does."""
        deadline = self._client.clock.monotonic() + timeout
        self._send_cancel(deadline)
        return self._until_done(max(0.001, deadline - self._client.clock.monotonic()), None, None)

    def _send_cancel(self, deadline: float) -> None:
        """Send the cancel until it is answered, or the operation is stopping. Cancelling is idempotent."""
        for attempt in count():
            try:
                self._client.projects.operations.cancel(self.name)
                return
            except (ApiError, AuthError, TransportError, DecodeError) as error:
                with suppress(GroundwireError):
                    self.refresh()
                if self.done or (self.metadata and self.metadata.state == OperationState.CANCELLING):
                    return
                if not is_retryable(error) or not pause_before_retry(self._client.clock, attempt, deadline):
                    raise

    def _until_done(
        self,
        timeout: float | None,
        on_progress: Callable[[OperationMetadata], object] | None,
        watch: StallWatch | None,
    ) -> Operation:
        def poll(name: str, seconds: float | None) -> Operation:
            operations = self._client.projects.operations
            # A slow poll gives way to the next one.
            latest = (
                operations.get(name) if seconds is None else operations.get(name, timeout=min(seconds, POLL))
            )
            # The waiter refuses an operation with another name.
            if latest.name == name:
                self.operation = latest
                if watch is not None:
                    watch.look(latest)
            return latest

        if watch is not None:
            watch.look(self.operation)
        waiter = Waiter(view=OPERATION, poll=poll, clock=self._client.clock, redact=self._client.redacted)
        self.operation = waiter.wait(self.operation, timeout=timeout, on_progress=on_progress)
        return self.operation

    def _cancel_after_timeout(self, late: OperationTimeout) -> Operation:
        try:
            return self._cancel_and_wait(CANCELLING)
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
