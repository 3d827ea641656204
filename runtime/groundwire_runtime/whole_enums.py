"""Open enums of whole numbers, which only OpenAPI descriptions have."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from .codec import open_enum
from .errors import DecodeError, EncodeError
from .jsontext import Codec
from .messages import Unlisted


def any_enum(cls: type[Any]) -> Codec:
    """Return the codec of an open enum, of whole numbers or of texts."""
    return _whole_enum(cls) if issubclass(cls, IntEnum) else open_enum(cls)


def _whole_enum(numbers: type[IntEnum]) -> Codec:
    """Return the codec of an enum of whole numbers. Another number becomes `Unlisted`, and is sent as a number again."""
    known = {member.value: member for member in numbers}

    def read(value: Any, depth: int) -> IntEnum:  # noqa: ARG001 - every reader has the same shape
        if value.__class__ is not int:
            raise DecodeError.expected(value, f"a number of {numbers.__name__}")
        member = known.get(value)
        return Unlisted(value) if member is None else member  # type: ignore[return-value] # a value of an open enum too

    def write(value: Any, depth: int) -> str:  # noqa: ARG001 - every writer has the same shape
        if value.__class__ is Unlisted and value.number is not None:
            return int.__repr__(value.number)
        if isinstance(value, int) and not isinstance(value, bool) and value in known:
            return int.__repr__(int(value))
        raise EncodeError(
            "",
            value,
            f"expected a member of {numbers.__name__}",
            hint=f"Take a member of {numbers.__name__}; wrap a number that this client does not know in Unlisted().",
        )

    return Codec(read, write)
