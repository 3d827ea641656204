"""The steps of the evaluation that runs, for loops within functions and geometries to count."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Protocol

_PAIRS: Final = 32
"""Comparisons that cost one step."""
_SHARE: Final = 16
"""Parts of two values whose comparison costs one step."""
_LONG: Final = (str, tuple, dict)
"""Types of values that may be long."""


class Counter(Protocol):
    """Counts steps, and knows the size of values."""

    def spend(self, steps: int = 1) -> None:
        """Count steps. Raises ExpressionError when too many were made."""
        ...

    def size(self, value: Any) -> int:
        """Return the parts of a value."""
        ...


_CURRENT: Final[ContextVar[Counter | None]] = ContextVar("counter", default=None)


@contextmanager
def limited(counter: Counter) -> Generator[None]:
    """Let `spend` count with a counter."""
    token = _CURRENT.set(counter)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def spend(steps: int) -> None:
    """Count steps of a loop. Raises ExpressionError when too many were made."""
    counter = _CURRENT.get()
    if counter is not None:
        counter.spend(steps)


def spend_comparison(one: Any, other: Any) -> None:
    """Count the comparison of two texts or lists, which looks at all of both. Raises ExpressionError as `spend` does."""
    counter = _CURRENT.get()
    if counter is not None and isinstance(one, _LONG) and isinstance(other, _LONG):
        counter.spend((counter.size(one) + counter.size(other)) // _SHARE)


def spend_pairs(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    """Count the comparisons of each element of a list with each of another. Raises ExpressionError as `spend` does."""
    counter = _CURRENT.get()
    if counter is not None:
        counter.spend((len(one) * counter.size(other) + len(other) * counter.size(one)) // _PAIRS)
