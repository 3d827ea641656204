"""Operations as listings have them: which one it is, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from groundwire import Operation, Status
from groundwire_runtime.operations import CANCELLED

_ENDS: Final = ("SUCCEEDED", "FAILED", "CANCELLED")


def operation_id(name: str | None) -> str:
    """Return the id in an operation's name. It is unique; the project before it may be given by its number."""
    return (name or "").rpartition("/")[2]


def state_of(operation: Operation) -> str:
    """Return the state of an operation in OperationState's words: by its result, then by its metadata.

    UNKNOWN if there is none, and for one that has ended while nothing tells how.
    """
    metadata = operation.metadata
    state = metadata.get("state") if isinstance(metadata, Mapping) else metadata and metadata.state
    word = "UNKNOWN" if state is None else str(state)
    if not operation.done:
        return word
    if isinstance(operation.result, Status):
        return word if word in _ENDS[1:] else "CANCELLED" if operation.result.code == CANCELLED else "FAILED"
    if operation.result is not None:
        return "SUCCEEDED"
    return word if word in _ENDS else "UNKNOWN"
