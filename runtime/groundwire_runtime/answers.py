"""The answer of a call beside its value: its headers, and a body that goes to a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Generic, TypeVar

from attrs import define, field, frozen

from .errors import ArgumentError

if TYPE_CHECKING:
    from .http import Response

T_co = TypeVar("T_co", covariant=True)


@frozen(kw_only=True)
class Answered(Generic[T_co]):
    """The value of a call with the status and the headers of its answer. Header names are in lower case."""

    value: T_co
    status: int
    headers: Mapping[str, str] = field(repr=False)


@frozen
class SaveTo:
    """A file to write a body to: a path, or an open binary file, which is written from where it stands.

    A path is replaced when the body is complete. `on_progress` is called with the bytes so far and with those of the whole
    body, None where the service does not tell.
    """

    file: str | os.PathLike[str] | BinaryIO
    on_progress: Callable[[int, int | None], object] | None = None


@frozen(kw_only=True)
class Saved:
    """A body that was written to a file: its size in bytes, with the status and the headers of the answer."""

    size: int
    status: int
    headers: Mapping[str, str]


@define(eq=False)
class Watch:
    """Sees the answer of a call: `target`, a `downloads.Target`, gets its body."""

    target: Any = None
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


def downloads() -> Any:
    """Return the feature that writes bodies to files. Raises ArgumentError in a copy that was made without it."""
    try:
        return import_module(f"{__package__}.downloads")
    except ModuleNotFoundError:
        raise ArgumentError(
            "save: this copy of the client does not write bodies to files",
            hint="Make it with groundwire-codegen vendor --with downloads.",
        ) from None
