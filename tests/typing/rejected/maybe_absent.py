"""A field that may be absent, used as if it were there."""

from __future__ import annotations

from groundwire import Operation


def name(operation: Operation) -> str:
    return operation.name.lower()  # error
