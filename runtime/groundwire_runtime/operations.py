"""Long-running operations: wait for one to end, and return or raise its result (AIP-151)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

import attrs
from attrs import frozen

from .clock import SYSTEM, Clock
from .errors import (
    ApiError,
    ArgumentError,
    AuthError,
    GroundwireError,
    OperationError,
    OperationTimeout,
    ProtocolError,
    TransportError,
    shortened,
)
from .google_hints import operation_hint
from .messages import Message
from .options import CallOptions, is_seconds
from .parameters import CAP, matcher
from .retry import DEFAULT

if TYPE_CHECKING:
    from .client import BaseClient
    from .error_hints import Hint
    from .method import Method

OperationT = TypeVar("OperationT")

NAME: Final = "name"
"""The parameter of a method that polls (AIP-151)."""
FIRST: Final = 1.0
"""Seconds before the first poll."""
GROWTH: Final = 1.5
LONGEST: Final = 20.0
"""Seconds between polls at the most."""
OUTAGE: Final = 3600.0
"""Seconds without a token after which a wait without a timeout gives up."""
CANCELLED: Final = 1
"""The code of an operation that was cancelled. Source: google/rpc/code.proto."""


@frozen(kw_only=True)
class OperationView(Generic[OperationT]):
    """The attributes of an API's operation that waiting reads.

    `error` and `response` are (attribute, class) pairs: the attribute is set, to an instance of the class. `hints` are the API's
    own, for operations that fail.
    """

    error: tuple[str, type]
    response: tuple[str, type]
    name: str = "name"
    done: str = "done"
    metadata: str = "metadata"
    hints: tuple[Hint, ...] = ()

    def error_of(self, operation: OperationT) -> Any:
        """The error that the operation ended with, or None."""
        return _instance(operation, *self.error)

    def response_of(self, operation: OperationT) -> Any:
        """Return the result of the operation, or None."""
        return _instance(operation, *self.response)

    def wait(
        self,
        client: BaseClient,
        polls: Sequence[Method[OperationT]],
        operation: OperationT,
        *,
        timeout: float | None,
        on_progress: Callable[[Any], object] | None,
    ) -> OperationT:
        """Wait for an operation through the one of the methods that takes its name. Raises ArgumentError for anything else."""
        expected = polls[0].response_type
        if expected is not None and not isinstance(operation, expected):
            raise ArgumentError(
                f"operation: expected an {expected.__name__}, got {shortened(operation)}",
                hint="Pass what starting it returned, or what get() returns for its name. An Export waits by itself: "
                "export.wait(), or pass export.operation.",
            )

        def read(name: str, seconds: float | None) -> OperationT:
            own = math.inf if client.timeout is None else client.timeout
            options: CallOptions = {} if seconds is None else {"timeout": min(seconds, own)}
            return client.call(_poll_of(polls, name), {NAME: name}, None, options)

        waiter = Waiter(view=self, poll=read, clock=client.clock, redact=client.redacted)
        return waiter.wait(operation, timeout=timeout, on_progress=on_progress)


def _poll_of(polls: Sequence[Method[OperationT]], name: str) -> Method[OperationT]:
    """Return the first method whose pattern takes the name of an operation; a single one says itself what it refuses."""
    if len(polls) == 1:
        return polls[0]
    patterns = [next((each.pattern for each in poll.parameters if each.name == NAME), None) for poll in polls]
    for poll, pattern in zip(polls, patterns, strict=True):
        if pattern is None or (len(name) <= CAP and matcher(pattern).search(name)):
            return poll
    raise ArgumentError(
        f"operation: no method of this client polls {shortened(name)}",
        hint=f"Their names match {' or '.join(filter(None, patterns))}.",
    )


def _instance(operation: object, attribute: str, cls: type) -> Any:
    value = getattr(operation, attribute)
    return value if value is not None and isinstance(value, cls) else None


def polling_delay(number: int) -> float:
    """Seconds to wait before poll `number` (from 0): 1, 1.5, 2.25 ... up to 20."""
    return min(LONGEST, FIRST * GROWTH ** min(number, 16))


@frozen(kw_only=True)
class Waiter(Generic[OperationT]):
    """Polls one operation until it is done.

    `poll` reads an operation by name, within seconds or, for None, the client's own timeout.
    """

    view: OperationView[OperationT]
    poll: Callable[[str, float | None], OperationT]
    clock: Clock = SYSTEM
    redact: Callable[[GroundwireError], GroundwireError] | None = None
    """Redacts an error that quotes an operation, in place."""

    def wait(
        self, operation: OperationT, *, timeout: float | None, on_progress: Callable[[Any], object] | None
    ) -> OperationT:
        """Wait for `operation` to end well, and return its last state.

        `on_progress` gets the metadata each time it says something new. With a timeout, a poll that gets no answer
        is followed by the next one; without, its error is raised, but for a token that cannot be fetched for a moment:
        that is waited for up to an hour. Raises OperationError when the operation failed or
        was cancelled, OperationTimeout after `timeout` seconds (it still runs), ProtocolError when its states
        contradict each other. An interrupt leaves it running too, and names it in a note.
        """
        _check_timeout(timeout)
        if on_progress is not None and not callable(on_progress):
            raise ArgumentError(
                f"on_progress: expected a function of one argument, got {shortened(on_progress)}"
            )
        name = getattr(operation, self.view.name)
        if not name:
            raise ArgumentError(
                "operation: it has no name, so it cannot be waited for",
                hint="Take it from the list of operations: the answer that it came in did not name it.",
            )
        try:
            return self._until_done(operation, name, timeout, _Progress(on_progress))
        except (OperationError, OperationTimeout, ProtocolError) as error:
            if self.redact is None:
                raise
            raise self.redact(error) from error.__cause__
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(f"{name} still runs; wait for it again, or cancel it")
            raise

    def _until_done(
        self, operation: OperationT, name: str, timeout: float | None, progress: _Progress
    ) -> OperationT:
        end = math.inf if timeout is None else self.clock.monotonic() + timeout
        number = 0
        answered = self.clock.monotonic()
        lost: GroundwireError | None = None
        while True:
            progress.show(getattr(operation, self.view.metadata))
            if self._is_done(operation, name):
                return operation
            pause = polling_delay(number)
            left = end - self.clock.monotonic()
            if left <= 0:
                raise self._still_runs(operation, name, timeout) from lost
            self.clock.sleep(min(pause, left))
            number += 1
            try:
                latest = self.poll(name, None if timeout is None else max(0.1, end - self.clock.monotonic()))
            except (ApiError, AuthError, TransportError) as error:
                outage = isinstance(error, AuthError) and self.clock.monotonic() - answered < OUTAGE
                if not _is_passing(error) or (timeout is None and not outage):
                    raise
                lost = error
                continue
            found = getattr(latest, self.view.name)
            if found != name:
                raise ProtocolError(f"asked for operation {name}, got {str(found)[:200]!r}")
            operation, lost, answered = latest, None, self.clock.monotonic()

    def _is_done(self, operation: OperationT, name: str) -> bool:
        error, response = self.view.error_of(operation), self.view.response_of(operation)
        if error is not None and response is not None:
            raise ProtocolError(f"{name} has both an error and a response")
        if not getattr(operation, self.view.done):
            if error is not None or response is not None:
                raise ProtocolError(
                    f"{name} has {'an error' if response is None else 'a response'}, but is not done"
                )
            return False
        if error is not None:
            raise self._failure(operation, name, error)
        if response is None:
            raise ProtocolError(f"{name} is done with neither an error nor a response")
        return True

    def _failure(self, operation: OperationT, name: str, error: Any) -> OperationError:
        code = getattr(error, "code", None)
        said = str(getattr(error, "message", None) or "").strip() or "no message"
        verb = "was cancelled" if code == CANCELLED else "failed"
        hint = operation_hint(said, self.view.hints)
        return OperationError(f"{name} {verb}: {said}", operation=operation, code=code, hint=hint)

    def _still_runs(self, operation: OperationT, name: str, timeout: float | None) -> OperationTimeout:
        return OperationTimeout(
            f"{name} still runs after {timeout} s",
            operation=operation,
            hint="Wait for it again with a longer timeout, or cancel it.",
        )


def _is_passing(error: GroundwireError) -> bool:
    """Return True if the next poll may succeed."""
    if isinstance(error, (AuthError, TransportError)):
        return error.retryable
    return isinstance(error, ApiError) and DEFAULT.covers(error)


class _Progress:
    """Calls back when metadata says something new; its update time alone is nothing new."""

    def __init__(self, callback: Callable[[Any], object] | None) -> None:
        self._callback = callback
        self._last: Any = None

    def show(self, metadata: Any) -> None:
        """Report metadata unless it says what the last one said."""
        if self._callback is None or metadata is None:
            return
        said = _without_update_time(metadata)
        if said != self._last:
            self._last = said
            self._callback(metadata)


def _without_update_time(metadata: Any) -> Any:
    """The service touches the update time of a stalled operation too, so it is no sign of life."""
    if isinstance(metadata, Message) and hasattr(metadata, "update_time"):
        unset: dict[str, Any] = {"update_time": None}
        return attrs.evolve(metadata, **unset)
    if isinstance(metadata, dict):
        members = cast("dict[str, Any]", metadata)
        return {key: value for key, value in members.items() if key != "updateTime"}
    return metadata


def _check_timeout(timeout: object) -> None:
    if timeout is not None and not is_seconds(timeout):
        raise ArgumentError(f"timeout: expected finite seconds above 0, or None, got {shortened(timeout)}")
