"""Poll until what runs on a server has ended: the pauses, the deadline, outages, and reports of progress."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar, cast

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
from .events import polls
from .messages import Message
from .options import is_seconds
from .retry import DEFAULT

StateT = TypeVar("StateT")

FIRST: Final = 1.0
"""Seconds before the first poll."""
GROWTH: Final = 1.5
LONGEST: Final = 20.0
"""Seconds between polls at the most."""
LONGEST_ASKED: Final = 3600.0
"""Seconds between polls at the most where the service asks for more: a header may say centuries."""
OUTAGE: Final = 3600.0
"""Seconds without a token after which a wait without a timeout gives up."""


def polling_delay(number: int) -> float:
    """Seconds to wait before poll `number` (from 0): 1, 1.5, 2.25 ... up to 20."""
    return min(LONGEST, FIRST * GROWTH ** min(number, 16))


@frozen
class Polled(Generic[StateT]):
    """The state that a poll found, and the seconds to wait before the next, where the service asks for that."""

    state: StateT
    pause: float | None = None


@frozen(kw_only=True)
class Polling(Generic[StateT]):
    """Polls something that runs until it is done.

    `poll` reads its state by name, within seconds or, for None, the client's own timeout. `is_done` raises OperationError
    for what failed. `redact` redacts an error that quotes a state, in place.
    """

    poll: Callable[[str, float | None], Polled[StateT]]
    is_done: Callable[[StateT], bool]
    progress_of: Callable[[StateT], Any]
    clock: Clock = SYSTEM
    redact: Callable[[GroundwireError], GroundwireError] | None = None

    def check(self, timeout: object, on_progress: object) -> None:
        """Raise ArgumentError for a timeout or a callback that is none."""
        if timeout is not None and not is_seconds(timeout):
            raise ArgumentError(
                f"timeout: expected finite seconds above 0, or None, got {shortened(timeout)}"
            )
        if on_progress is not None and not callable(on_progress):
            raise ArgumentError(
                f"on_progress: expected a function of one argument, got {shortened(on_progress)}"
            )

    def wait(
        self,
        name: str,
        state: StateT | None,
        *,
        timeout: float | None,
        on_progress: Callable[[Any], object] | None,
        pause: float | None = None,
    ) -> StateT:
        """Wait until it is done, and return its last state. `state` is the known one, None for none.

        Raises what `is_done` does, OperationTimeout after `timeout` seconds, and the errors of polls that will not pass.
        An interrupt leaves it running, and names it in a note.
        """
        try:
            return self._until_done(name, state, timeout, _Progress(on_progress), pause)
        except (OperationError, OperationTimeout, ProtocolError) as error:
            if self.redact is None:
                raise
            raise self.redact(error) from error.__cause__
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(f"{name} still runs; wait for it again, or cancel it")
            raise

    def _until_done(
        self, name: str, state: StateT | None, timeout: float | None, progress: _Progress, asked: float | None
    ) -> StateT:
        end = math.inf if timeout is None else self.clock.monotonic() + timeout
        number = 0
        answered = self.clock.monotonic()
        lost: GroundwireError | None = None
        while True:
            if state is not None:
                progress.show(self.progress_of(state))
                if self.is_done(state):
                    return state
            left = end - self.clock.monotonic()
            if left <= 0:
                raise OperationTimeout(
                    f"{name} still runs after {timeout} s",
                    operation=state,
                    hint="Wait for it again with a longer timeout, or cancel it.",
                ) from lost
            self.clock.sleep(min(max(polling_delay(number), asked or 0.0), LONGEST_ASKED, left))
            number += 1
            try:
                with polls():
                    polled = self.poll(
                        name, None if timeout is None else max(0.1, end - self.clock.monotonic())
                    )
            except (ApiError, AuthError, TransportError) as error:
                outage = isinstance(error, AuthError) and self.clock.monotonic() - answered < OUTAGE
                if not _is_passing(error) or (timeout is None and not outage):
                    raise
                lost, asked = error, None
                continue
            state, asked = polled.state, polled.pause
            lost, answered = None, self.clock.monotonic()


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
