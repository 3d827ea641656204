"""A long-running operation as a value: a script of what it will do, what was done to it, and its JSON at an instant.

All functions are pure: the same operation looked at at the same instant gives the same JSON.
"""

from __future__ import annotations

import enum
import math
from datetime import UTC, datetime, timedelta
from typing import Final

from attrs import evolve, frozen

from ..clock import timestamp
from ..exchange import JsonObject, JsonValue

INVALID_ARGUMENT: Final = 3
CANCELLED: Final = 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EMPTY: Final = "type.googleapis.com/google.protobuf.Empty"


class State(enum.StrEnum):
    """Where an operation is between start and end."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    CANCELLING = "CANCELLING"
    SUCCEEDED = "SUCCEEDED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


@frozen(kw_only=True)
class Script:
    """What an operation does by itself: seconds in each state, the steps of its progress, how it ends.

    With a `failure`, the operation ends FAILED with that message and code 3; otherwise it succeeds.
    """

    pending: float = 1.0
    running: float = 4.0
    cancelling: float = 0.5
    steps: int = 8
    stages: tuple[tuple[str, str], ...] = (
        ("Create Local Files", "Computation of image tiles."),
        ("Write Files to Destination", "Writing files to the export destination."),
    )
    failure: str | None = None

    def at_speed(self, speed: float) -> Script:
        """The same life, so many times as fast. Raises ValueError unless the speed is above 0 and finite."""
        if not 0 < speed < math.inf:
            raise ValueError(f"speed must be above 0, got {speed!r}")
        return evolve(
            self,
            pending=self.pending / speed,
            running=self.running / speed,
            cancelling=self.cancelling / speed,
        )


@frozen(kw_only=True)
class End:
    """How and when an operation ended: an error code and message, or neither."""

    state: State
    at: datetime
    code: int = 0
    message: str = ""


@frozen(kw_only=True)
class Operation:
    """One operation. `delay` is the seconds for which it was held; `held` the seconds it had lived when it was."""

    name: str
    kind: str
    created: datetime
    sequence: int = 0
    description: str = ""
    priority: int = 100
    script: Script = Script()
    destinations: tuple[str, ...] = ()
    delay: float = 0.0
    held: float | None = None
    started: datetime | None = None
    """When the work began, where that is not what the script says."""
    cancelled: datetime | None = None
    """When it was asked to stop."""
    end: End | None = None
    """An end that was forced upon it."""

    @property
    def project(self) -> str:
        """`projects/{project}`."""
        return "/".join(self.name.split("/")[:2])


def lived(operation: Operation, now: datetime) -> float:
    """Seconds that the operation has had to itself: since its making, less those for which it was held."""
    if operation.held is not None:
        return operation.held
    return (now - operation.created).total_seconds() - operation.delay


def started(operation: Operation, now: datetime) -> datetime | None:
    """When the work began, None while it has not."""
    if operation.started is not None:
        return operation.started
    if operation.cancelled is not None or lived(operation, now) < operation.script.pending:
        return None
    return operation.created + timedelta(seconds=operation.script.pending + operation.delay)


def ended(operation: Operation, now: datetime) -> End | None:
    """How the operation ended, None while it has not."""
    if operation.end is not None:
        return operation.end
    script = operation.script
    if operation.cancelled is not None:
        at = operation.cancelled + timedelta(seconds=script.cancelling)
        return _stopped(at) if now >= at else None
    length = script.pending + script.running
    if lived(operation, now) < length:
        return None
    at = operation.created + timedelta(seconds=length + operation.delay)
    if script.failure is not None:
        return End(state=State.FAILED, at=at, code=INVALID_ARGUMENT, message=script.failure)
    return End(state=State.SUCCEEDED, at=at)


def state(operation: Operation, now: datetime) -> State:
    """The state at an instant."""
    end = ended(operation, now)
    if end is not None:
        return end.state
    if operation.cancelled is not None:
        return State.CANCELLING
    return State.PENDING if started(operation, now) is None else State.RUNNING


def remaining(operation: Operation, now: datetime) -> float | None:
    """Seconds until the operation ends by itself; 0 once it has, None when it is held."""
    if ended(operation, now) is not None:
        return 0.0
    if operation.cancelled is not None:
        return operation.script.cancelling - (now - operation.cancelled).total_seconds()
    if operation.held is not None:
        return None
    return operation.script.pending + operation.script.running - lived(operation, now)


def hold(operation: Operation, now: datetime) -> Operation:
    """Let the operation stand still, whatever time passes."""
    if operation.held is not None or ended(operation, now) is not None:
        return operation
    return evolve(operation, held=lived(operation, now), started=started(operation, now))


def release(operation: Operation, now: datetime) -> Operation:
    """Let a held operation go on where it stood."""
    if operation.held is None:
        return operation
    delay = (now - operation.created).total_seconds() - operation.held
    return evolve(operation, held=None, delay=delay)


def finish(operation: Operation, now: datetime) -> Operation:
    """End the operation now, successfully. One that has ended stays as it is."""
    return _force(operation, now, End(state=State.SUCCEEDED, at=now))


def fail(operation: Operation, now: datetime, message: str, code: int = INVALID_ARGUMENT) -> Operation:
    """End the operation now, with an error of google.rpc.Code `code`. One that has ended stays as it is."""
    return _force(operation, now, End(state=State.FAILED, at=now, code=code, message=message))


def cancel(operation: Operation, now: datetime) -> Operation:
    """Ask the operation to stop: at once while it is pending, after `script.cancelling` seconds while it runs."""
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


def body(operation: Operation, now: datetime, metadata_type: str) -> JsonObject:
    """The operation's JSON at an instant. `metadata_type` is the type URL of its metadata."""
    end = ended(operation, now)
    begun = started(operation, now)
    metadata: JsonObject = {
        "@type": metadata_type,
        "state": state(operation, now).value,
        "description": operation.description,
        "priority": operation.priority,
        "createTime": timestamp(operation.created),
        "updateTime": timestamp(end.at if end else max(now, operation.created)),
        "startTime": timestamp(begun or _EPOCH),
    }
    if end is not None:
        metadata["endTime"] = timestamp(end.at)
    metadata["type"] = operation.kind
    if begun is not None:
        metadata["attempt"] = 1
        metadata.update(_progress(operation, now, end))
    out: JsonObject = {"name": operation.name, "metadata": metadata}
    if end is not None:
        out["done"] = True
        if end.code:
            out["error"] = {"code": end.code, "message": end.message}
        else:
            out["response"] = {"@type": EMPTY}
    return out


def _progress(operation: Operation, now: datetime, end: End | None) -> JsonObject:
    """Progress and stages while it runs; the last word and the destinations when it has succeeded."""
    script = operation.script
    if end is not None:
        if end.state is not State.SUCCEEDED:
            return {}
        done: JsonObject = {"progress": 1}
        if operation.destinations:
            done["destinationUris"] = list(operation.destinations)
        return done
    share = (lived(operation, now) - script.pending) / script.running if script.running else 1.0
    step = int(min(max(share, 0.0), 1.0) * script.steps)
    stages = _stages(script, step)
    return {"progress": step / script.steps, "stages": stages} if step else {"stages": stages}


def _stages(script: Script, step: int) -> list[JsonValue]:
    """The stages when so many steps of the whole are done: no work units before a stage begins."""
    out: list[JsonValue] = []
    each = script.steps / len(script.stages) if script.stages else 1
    for index, (name, description) in enumerate(script.stages):
        stage: JsonObject = {"displayName": name}
        done = min(max(step - index * each, 0), each)
        if done or step > index * each:
            stage["completeWorkUnits"] = done
            stage["totalWorkUnits"] = str(int(each))
        stage["description"] = description
        out.append(stage)
    return out
