"""Messages: what of them is written in no generated function."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import EncodeError
from ..messages import Message
from .containers import Write, Writer
from .fault import expected
from .values import quote, struct


def not_a_member(value: object, *variants: type) -> EncodeError:
    """The error for a value that no member of a union takes."""
    return expected(value, " or ".join(sorted(cls.__qualname__ for cls in variants)))


def packed(types: Mapping[type, tuple[str, Writer]]) -> Writer:
    """A writer for a message that travels with its type in `@type`, or for a plain mapping."""

    def encode(value: Any, depth: int, write: Write) -> None:
        found = types.get(value.__class__)
        if found is None:
            write(struct(value, depth))
            return
        url, item = found
        if "@type" in value.unknown_fields:
            item(value, depth, write)
            return
        pieces: list[str] = []
        item(value, depth, pieces.append)
        text = "".join(pieces)
        write(f'{{"@type":{quote(url)}{"," if len(text) > 2 else ""}{text[1:]}')

    return encode


def unknown(message: Message, known: frozenset[str], some: bool, write: Write) -> bool:
    """Write the members that this client does not know, as they came; whether the object has members by now."""
    fields: Any = message.unknown_fields
    if not isinstance(fields, Mapping):
        raise expected(fields, "a mapping").under("unknown_fields")
    clash = next((key for key in fields if key in known), None)
    if clash is not None:
        raise EncodeError(f"/{clash}", fields[clash], "a known field cannot be among the unknown ones")
    if fields:
        write(f"{',' if some else '{'}{struct(fields, 0)[1:-1]}")
    return some or bool(fields)
