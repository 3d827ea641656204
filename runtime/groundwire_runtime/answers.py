"""The answer of a call beside its value: its headers, and a body that goes to a file."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from attrs import define, field, frozen

from .errors import ArgumentError

if TYPE_CHECKING:
    from .downloads import Target
    from .http import Response

T_co = TypeVar("T_co", covariant=True)


@frozen(kw_only=True)
class Answered(Generic[T_co]):
    """The value of a call with the status and the headers of its answer. Header names are in lower case."""

    value: T_co
    status: int
    headers: Mapping[str, str] = field(repr=False)


@define(eq=False)
class Watch:
    """Sees the answer of a call: `target` gets its body."""

    target: Target | None = None
    response: Response | None = None


WATCH: Final[ContextVar[Watch | None]] = ContextVar("WATCH", default=None)


@contextmanager
def watching(watch: Watch | None) -> Generator[None]:
    """Let the calls of this context be seen, or for None not."""
    token = WATCH.set(watch)
    try:
        yield
    finally:
        WATCH.reset(token)


def seen(watch: Watch) -> Response:
    """Return the answer that was seen. Raises ArgumentError where there was no call."""
    if watch.response is None:
        raise ArgumentError(
            "the function made no call",
            hint="Pass a method of the client. Pages are fetched when they are reached: with_response(next, listing.pages()).",
        )
    return watch.response
