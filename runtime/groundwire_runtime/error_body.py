"""The body of an error answer, typed as the description of the API states it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class ErrorBody:
    """The body of an error of an API whose description states what errors hold; empty for any other."""

    body: bytes = b""
    """The body as it came, without the secrets of the request; its first MiB."""
    body_typed: Any = None
    """The body as the type that the description states for this status.

    None where it states none, and for a body of another form.
    """
    _decode: Callable[[type[Any], bytes], Any] | None = None

    def body_as(self, type_: type[T]) -> T | None:
        """Return the body as a message of this type; None where it is none. Never raises for what the service sent."""
        if isinstance(self.body_typed, type_):
            return self.body_typed
        if self._decode is None or not self.body:
            return None
        found: T | None = self._decode(type_, self.body)
        return found

    def state_body(self, body: bytes, typed: object, decode: Callable[[type[Any], bytes], Any]) -> None:
        """Keep what the service sent; `decode` returns None for what it cannot decode."""
        self.body, self.body_typed, self._decode = body, typed, decode

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the decoder, which another process does not have."""
        return {name: value for name, value in self.__dict__.items() if name != "_decode"}
