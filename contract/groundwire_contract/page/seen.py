"""An operation as its own JSON shows it to a caller."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from ..exchange import JsonValue
from ..operations import state as op
from ..operations.operation_json import body
from ..operations.state import Operation, State


@frozen
class Stage:
    """One step of an operation's work. The units are there once it has begun."""

    name: str
    description: str
    done: float | None
    total: float | None


@frozen(kw_only=True)
class Seen:
    """What is shown of an operation."""

    number: int
    name: str
    description: str
    kind: str
    state: State
    held: bool
    progress: float | None
    stages: tuple[Stage, ...]
    attempt: int | None
    created: datetime
    started: datetime | None
    ended: datetime | None
    code: int | None
    error: str
    destinations: tuple[str, ...]


def see(operation: Operation, now: datetime) -> Seen:
    """Look at an operation at an instant."""
    answer = body(operation, now, "")
    metadata, error = answer.get("metadata"), answer.get("error")
    end = op.ended(operation, now)
    progress, attempt = _number(_get(metadata, "progress")), _number(_get(metadata, "attempt"))
    code = _number(_get(error, "code"))
    return Seen(
        number=operation.sequence,
        name=operation.name,
        description=operation.description,
        kind=_text(_get(metadata, "type")),
        state=op.state(operation, now),
        held=operation.held is not None and end is None,
        progress=progress,
        stages=tuple(_stage(stage) for stage in _list(_get(metadata, "stages"))),
        attempt=None if attempt is None else int(attempt),
        created=operation.created,
        started=op.started(operation, now),
        ended=None if end is None else end.at,
        code=None if code is None else int(code),
        error=_text(_get(error, "message")),
        destinations=tuple(_text(uri) for uri in _list(_get(metadata, "destinationUris"))),
    )


def _stage(stage: JsonValue) -> Stage:
    return Stage(
        name=_text(_get(stage, "displayName")),
        description=_text(_get(stage, "description")),
        done=_number(_get(stage, "completeWorkUnits")),
        total=_number(_get(stage, "totalWorkUnits")),
    )


def _get(holder: JsonValue, name: str) -> JsonValue:
    return holder.get(name) if isinstance(holder, dict) else None


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _number(value: JsonValue) -> float | None:
    """A number, or int64 as the text that JSON carries it in."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return float(value)
    return value if isinstance(value, int | float) else None
