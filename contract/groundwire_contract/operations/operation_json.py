"""The JSON of an operation at an instant, as the service writes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from ..clock import timestamp
from ..exchange import JsonObject, JsonValue
from .script import Script
from .state import End, Operation, State, ended, lived, started, unfinished

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EMPTY: Final = "type.googleapis.com/google.protobuf.Empty"


def operation_json(operation: Operation, now: datetime, metadata_type: str) -> JsonObject:
    """Return the operation's JSON at an instant. `metadata_type` is the type URL of its metadata."""
    end = ended(operation, now)
    out: JsonObject = {"name": operation.name, "metadata": _metadata(operation, now, metadata_type, end)}
    if end is not None:
        out["done"] = True
        if end.code:
            out["error"] = {"code": end.code, "message": end.message}
        else:
            out["response"] = {"@type": EMPTY}
    return out


def _metadata(operation: Operation, now: datetime, kind: str, end: End | None) -> JsonObject:
    script, begun = operation.script, started(operation, now)
    write = _timestamps(script)
    shown = unfinished(operation, now) if end is None else end.state
    metadata: JsonObject = {"@type": kind, "state": shown.value}
    if operation.description and script.described:
        metadata["description"] = operation.description
    metadata["priority"] = operation.priority
    metadata["createTime"] = write(operation.created)
    metadata["updateTime"] = write(end.at if end else max(now, operation.created))
    metadata["startTime"] = timestamp(_EPOCH) if begun is None else write(begun)
    if end is not None:
        metadata["endTime"] = write(end.at)
    metadata["type"] = operation.kind
    if begun is not None:
        metadata.update(_work(operation, now, end))
    return metadata


def _work(operation: Operation, now: datetime, end: End | None) -> JsonObject:
    """Return the attempt; while running, progress, stages and usage; after success, usage and destinations."""
    script = operation.script
    attempt, share = script.worked(lived(operation, now if end is None else end.at))
    work: JsonObject = {"attempt": attempt}
    if end is not None and end.state is State.SUCCEEDED:
        work["progress"] = 1
        if operation.destinations:
            work["destinationUris"] = list(operation.destinations)
        if script.usage is not None:
            work["batchEecuUsageSeconds"] = script.usage
    elif end is None:
        step = int(share * script.steps)
        if step:
            work["progress"] = step / script.steps
        work["stages"] = _stages(script, step)
        if step and script.usage is not None:
            work["batchEecuUsageSeconds"] = round(script.usage * step / script.steps, 3)
    return work


def _stages(script: Script, step: int) -> list[JsonValue]:
    """Return the stages after `step` steps; a stage that has not begun has no work units."""
    out: list[JsonValue] = []
    each = script.steps / max(len(script.stages), 1)
    for index, stage in enumerate(script.stages):
        shown: JsonObject = {"displayName": stage.name}
        done = min(step - index * each, each)
        if stage.counted and done > 0:
            # The service was seen to send one as a number and one as text.
            shown["completeWorkUnits"] = _units(done)
            shown["totalWorkUnits"] = str(_units(each))
        if stage.description is not None:
            shown["description"] = stage.description
        out.append(shown)
    return out


def _units(number: float) -> float:
    return int(number) if number == int(number) else number


def _timestamps(script: Script) -> Callable[[datetime], str]:
    """Return a formatter of instants with the script's number of digits."""
    if not script.digits:
        return timestamp

    def write(instant: datetime) -> str:
        # The same instant always has the same number of digits.
        turn = (instant.second * 1000 + instant.microsecond // 1000) % len(script.digits)
        return timestamp(instant, script.digits[turn])

    return write
