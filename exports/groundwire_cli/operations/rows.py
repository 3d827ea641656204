"""Operations as rows of data."""

from __future__ import annotations

from typing import Any, Final

from groundwire import Operation, OperationMetadata, Status
from groundwire_exports import unmarked
from groundwire_exports.protocol import description_of
from groundwire_exports.states import operation_id, state_of

COLUMNS: Final = ("operation", "label", "state", "percent", "error")
"""Columns of a table."""


def label_of(operation: Operation) -> str:
    """Return the description without the tag of its start."""
    return unmarked(description_of(operation))


def row_of(operation: Operation) -> dict[str, Any]:
    """Return an operation as a row: `label` is its description, times are RFC 3339."""
    metadata = (
        operation.metadata if isinstance(operation.metadata, OperationMetadata) else OperationMetadata()
    )
    result = operation.result
    name = operation.name or ""
    return {
        "name": name,
        "operation": operation_id(name),
        "label": label_of(operation),
        "state": state_of(operation),
        "percent": round(100 * (metadata.progress or 0)),
        "type": metadata.type,
        "attempt": metadata.attempt,
        "create_time": _time(metadata.create_time),
        "start_time": _time(metadata.start_time),
        "end_time": _time(metadata.end_time),
        "error": result.message if isinstance(result, Status) else None,
        "uris": list(metadata.destination_uris),
        "eecu_seconds": metadata.batch_eecu_usage_seconds,
    }


def _time(time: Any) -> str | None:
    """Return a time in RFC 3339; None for the epoch, which stands for a time that has not come."""
    return None if time is None or time.year == 1970 else time.isoformat().replace("+00:00", "Z")
