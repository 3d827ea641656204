"""Long-running operations: wait for one to end, and return or raise its result (AIP-151)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from attrs import frozen

from .clock import SYSTEM, Clock
from .errors import (
    ArgumentError,
    GroundwireError,
    OperationError,
    ProtocolError,
    shortened,
)
from .options import CallOptions
from .parameters import CAP, matcher
from .polling import Polled, Polling, polling_delay

if TYPE_CHECKING:
    from .client import BaseClient
    from .error_facts import Hint
    from .method import Method

__all__ = ["CANCELLED", "NAME", "OperationView", "Waiter", "polling_delay"]

OperationT = TypeVar("OperationT")

NAME: Final = "name"
"""The parameter of a method that polls (AIP-151)."""
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

        With a timeout, a poll that gets no answer is followed by the next one; without, its error is raised, but for a
        token that cannot be fetched: that is waited for up to an hour. Raises OperationError, OperationTimeout, and
        ProtocolError when states contradict each other. An interrupt leaves it running, and names it in a note.
        """
        polling: Polling[OperationT] = Polling(
            poll=self._latest,
            is_done=self._is_done,
            progress_of=lambda each: getattr(each, self.view.metadata),
            clock=self.clock,
            redact=self.redact,
        )
        polling.check(timeout, on_progress)
        name = getattr(operation, self.view.name)
        if not name:
            raise ArgumentError(
                "operation: it has no name, so it cannot be waited for",
                hint="Take it from the list of operations: the answer that it came in did not name it.",
            )
        return polling.wait(name, operation, timeout=timeout, on_progress=on_progress)

    def _latest(self, name: str, seconds: float | None) -> Polled[OperationT]:
        latest = self.poll(name, seconds)
        found = getattr(latest, self.view.name)
        if found != name:
            raise ProtocolError(f"asked for operation {name}, got {str(found)[:200]!r}")
        return Polled(latest)

    def _is_done(self, operation: OperationT) -> bool:
        name = getattr(operation, self.view.name)
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
        # The classes of errors are imported where there is one.
        from .google_errors import operation_hint

        code = getattr(error, "code", None)
        said = str(getattr(error, "message", None) or "").strip() or "no message"
        verb = "was cancelled" if code == CANCELLED else "failed"
        hint = operation_hint(said, self.view.hints)
        return OperationError(f"{name} {verb}: {said}", operation=operation, code=code, hint=hint)
