"""A listing of operations, read for the operation of a start."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from attrs import frozen
from groundwire import Operation


@frozen(kw_only=True)
class Listing:
    """What one listing has, read at `began` of the client's clock; -inf for one that could not be read to its end.

    A listing with the operation that was looked for is not read further.
    """

    began: float = -math.inf
    operation: Operation | None = None
    """The operation that was looked for."""
    namesake: Operation | None = None
    """An operation with the mark, and another text before it."""
    unfinished: int = 0
    """Operations that have not ended."""


def read_listing(
    operations: Iterable[Operation], *, wanted: Mapping[str, str], mark: str, began: float
) -> Listing:
    """Read a listing for an operation whose description is one of `wanted`."""
    namesake: Operation | None = None
    unfinished = 0
    for operation in operations:
        description = description_of(operation)
        if description in wanted:
            return Listing(began=began, operation=operation)
        unfinished += not operation.done
        if description.endswith(mark):
            namesake = operation
    return Listing(began=began, namesake=namesake, unfinished=unfinished)


def description_of(operation: Operation) -> str:
    """The description in an operation's metadata of whatever version, "" where there is none."""
    metadata = operation.metadata
    if metadata is None:
        return ""
    description = metadata.get("description") if isinstance(metadata, Mapping) else metadata.description
    return description if isinstance(description, str) else ""
