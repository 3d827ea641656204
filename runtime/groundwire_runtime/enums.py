"""Open enums: an unknown value is kept as `Unlisted`, and can be sent."""

from __future__ import annotations

from difflib import get_close_matches
from enum import IntEnum, StrEnum
from typing import Any, cast

from .errors import DecodeError, EncodeError, shortened
from .jsontext import Codec, quote
from .messages import Unlisted


def open_enum(cls: type) -> Codec:
    """Return the codec of an open enum, of texts or of whole numbers."""
    return _numbers(cls) if issubclass(cls, IntEnum) else _names(cast("type[StrEnum]", cls))


def _numbers(numbers: type[IntEnum]) -> Codec:
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


def _names(names: type[StrEnum]) -> Codec:
    """Return the codec of an enum of texts.

    A name is read in any ASCII case and with `-` for `_`, as Google's front end reads it; another one, and any
    number, becomes `Unlisted`. What is written is a member, an `Unlisted`, or the text of a known name.
    """
    known = {member.value: member for member in names}
    folded = {_folded(name): member for name, member in reversed(known.items())}

    def read(value: Any, depth: int) -> StrEnum:  # noqa: ARG001 - every reader has the same shape
        if value.__class__ is str:
            member = known.get(value) or folded.get(_folded(value))
            return Unlisted(value) if member is None else member  # type: ignore[return-value] # a text too
        if value.__class__ is int:
            return Unlisted(value)  # type: ignore[return-value] # a text too
        raise DecodeError.expected(value, f"a name of {names.__name__}")

    def write(value: Any, depth: int) -> str:  # noqa: ARG001 - every writer has the same shape
        if value.__class__ is names:
            return quote(value)
        if value.__class__ is Unlisted:
            return quote(value) if value.number is None else int.__repr__(value.number)
        if value.__class__ is str and value in known:
            return quote(value)
        name = value if isinstance(value, str) else shortened(value)
        near = get_close_matches(name, known, cutoff=0.5) or sorted(known)[:10]
        raise EncodeError(
            "",
            value,
            f"expected a name of {names.__name__}, such as {', '.join(near)}",
            hint=f"Take a member of {names.__name__}; wrap a name that this client does not know in Unlisted().",
        )

    return Codec(read, write)


def _folded(name: str) -> str:
    return name.upper().replace("-", "_") if name.isascii() else name
