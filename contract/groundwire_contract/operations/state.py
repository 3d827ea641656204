"""A long-running operation as a value: its script, and what was done to it.

All functions are pure: an operation has the same state whenever it is examined at the same instant.
"""

from __future__ import annotations

import enum
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve, frozen

from .script import INVALID_ARGUMENT, Script
from .script_library import STANDARD

CANCELLED: Final = 1


class State(enum.StrEnum):
    """The states of an operation."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    CANCELLING = "CANCELLING"
    SUCCEEDED = "SUCCEEDED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


@frozen(kw_only=True)
class End:
    """The end of an operation: its state and time, with a google.rpc.Code and message if it did not succeed."""

    state: State
    at: datetime
    code: int = 0
    message: str = ""


@frozen(kw_only=True)
class Operation:
    """One operation. `delay` is the seconds for which it was held; `held` its age in seconds when it was
    held."""

    name: str
    kind: str
    created: datetime
    sequence: int = 0
    description: str = ""
    priority: int = 100
    script: Script = STANDARD
    destinations: tuple[str, ...] = ()
    asset: str = ""
    """The asset that it creates if it succeeds."""
    product: str = ""
    """The JSON of that asset, without its name; empty for an image of which nothing is known."""
    delay: float = 0.0
    held: float | None = None
    started: datetime | None = None
    """The start of the work, if it differs from the script."""
    cancelled: datetime | None = None
    """The time of a cancel request."""
    end: End | None = None
    """An end that was forced."""

    @property
    def project(self) -> str:
        """The project, as `projects/{project}`."""
        return "/".join(self.name.split("/")[:2])


def lived(operation: Operation, now: datetime) -> float:
    """Return the seconds since creation, without those for which it was held."""
    if operation.held is not None:
        return operation.held
    return (now - operation.created).total_seconds() - operation.delay


def started(operation: Operation, now: datetime) -> datetime | None:
    """Return when the work started; None if it has not."""
    if operation.started is not None:
        return operation.started
    if operation.cancelled is not None or lived(operation, now) < operation.script.pending:
        return None
    return operation.created + timedelta(seconds=operation.script.pending + operation.delay)


def ended(operation: Operation, now: datetime) -> End | None:
    """Return the end; None if it has not ended."""
    if operation.end is not None:
        return operation.end
    script = operation.script
    if operation.cancelled is not None:
        at = operation.cancelled + timedelta(seconds=script.cancelling)
        return _stopped(at) if now >= at else None
    if lived(operation, now) < script.length:
        return None
    at = operation.created + timedelta(seconds=script.length + operation.delay)
    if script.failure is not None:
        return End(state=State.FAILED, at=at, code=script.code, message=script.failure)
    return End(state=State.SUCCEEDED, at=at)


def state(operation: Operation, now: datetime) -> State:
    """Return the state at an instant."""
    end = ended(operation, now)
    if end is not None:
        return end.state
    if operation.cancelled is not None:
        return State.CANCELLING
    return State.PENDING if started(operation, now) is None else State.RUNNING


def remaining(operation: Operation, now: datetime) -> float | None:
    """Return the seconds until the operation ends by itself: 0 if it has, None if it is held or stalls."""
    if ended(operation, now) is not None:
        return 0.0
    if operation.cancelled is not None:
        return operation.script.cancelling - (now - operation.cancelled).total_seconds()
    if operation.held is not None or operation.script.stall is not None:
        return None
    return operation.script.length - lived(operation, now)


def hold(operation: Operation, now: datetime) -> Operation:
    """Stop the progress of the operation."""
    if operation.held is not None or ended(operation, now) is not None:
        return operation
    return evolve(operation, held=lived(operation, now), started=started(operation, now))


def release(operation: Operation, now: datetime) -> Operation:
    """Resume a held operation."""
    if operation.held is None:
        return operation
    delay = (now - operation.created).total_seconds() - operation.held
    return evolve(operation, held=None, delay=delay)


def finish(operation: Operation, now: datetime) -> Operation:
    """End the operation now, successfully. One that has ended does not change."""
    return _force(operation, now, End(state=State.SUCCEEDED, at=now))


def fail(operation: Operation, now: datetime, message: str, code: int = INVALID_ARGUMENT) -> Operation:
    """End the operation now, with an error of google.rpc.Code `code`. One that has ended does not change."""
    return _force(operation, now, End(state=State.FAILED, at=now, code=code, message=message))


def cancel(operation: Operation, now: datetime) -> Operation:
    """Cancel the operation: at once while it is pending, after `script.cancelling` seconds while it runs."""
    current = state(operation, now)
    if current is State.PENDING:
        return evolve(operation, end=_stopped(now), started=None, cancelled=now)
    if current is State.RUNNING:
        return evolve(operation, cancelled=now, started=started(operation, now))
    return operation


def _stopped(at: datetime) -> End:
    return End(state=State.CANCELLED, at=at, code=CANCELLED, message="Cancelled.")


def _force(operation: Operation, now: datetime, end: End) -> Operation:
    if ended(operation, now) is not None:
        return operation
    begun = started(operation, now) or (now if end.state is not State.CANCELLED else None)
    return evolve(operation, end=end, started=begun)
