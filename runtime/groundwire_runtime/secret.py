"""Secrets that no traceback shows, even one with the values of local variables (pytest --showlocals, Sentry)."""

from __future__ import annotations

from typing import TypeVar

ErrorT = TypeVar("ErrorT", bound=BaseException)


class Secret(str):
    """Text whose `repr` is silent. What is made of it is plain text again: wrap that as well."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'...'"


def without_frames(error: ErrorT) -> ErrorT:
    """Drop the tracebacks of an error and of all that it was raised from: their frames hold secrets. Return the error."""
    pending: list[BaseException | None] = [error]
    seen: set[int] = set()
    while pending:
        current = pending.pop()
        if current is not None and id(current) not in seen:
            seen.add(id(current))
            current.__traceback__ = None
            pending += [current.__cause__, current.__context__]
    return error
