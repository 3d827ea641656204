"""Search of a listing for the operation of a start."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from attrs import frozen
from groundwire import Operation


@frozen(kw_only=True)
class Listing:
    """The result of one listing, which began at `began` by the client's clock; -inf if it is incomplete.

    Reading stops when the operation is found.
    """

    began: float = -math.inf
    operation: Operation | None = None
    """The operation that was searched for."""
    namesake: Operation | None = None
    """An operation with the same tag but another description."""
    unfinished: int = 0
    """Unfinished operations."""


def read_listing(
    operations: Iterable[Operation], *, wanted: Mapping[str, str], tag: str, began: float
) -> Listing:
    """Search a listing for an operation whose description is one of `wanted`."""
    namesake: Operation | None = None
    unfinished = 0
    for operation in operations:
        description = description_of(operation)
        if description in wanted:
            return Listing(began=began, operation=operation)
        unfinished += not operation.done
        if description.endswith(tag):
            namesake = operation
    return Listing(began=began, namesake=namesake, unfinished=unfinished)


def description_of(operation: Operation) -> str:
    """Return the description in an operation's metadata of any version; empty if there is none."""
    metadata = operation.metadata
    if metadata is None:
        return ""
    description = metadata.get("description") if isinstance(metadata, Mapping) else metadata.description
    return description if isinstance(description, str) else ""
