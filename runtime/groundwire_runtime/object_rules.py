"""Objects whose document says which keys must be there, and what all other keys hold."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .containers import map_of
from .decoding import put_unknown_fields
from .errors import DecodeError, EncodeError
from .jsontext import Codec, Reader, Writer
from .keys import Key, Put
from .presence import EMPTY


def complete_reader(read: Reader, keys: Sequence[Key]) -> Reader:
    """Return a reader that also refuses an object without some keys."""

    def read_complete(data: Any, depth: int) -> Any:
        message = read(data, depth)
        for key in keys:
            if key.name not in data:
                raise DecodeError(f"/{key.name}", None, "is missing")
            if data[key.name] is None and not key.nullable:
                raise DecodeError(f"/{key.name}", None, "must not be null")
        return message

    return read_complete


def extra_reader(read: Reader, put: Put, item: Codec) -> Reader:
    """Return a reader that gives the values under unknown keys a type, and an attribute of their own."""
    read_values = map_of(item).read

    def read_all(data: Any, depth: int) -> Any:
        message = read(data, depth)
        if message.unknown_fields is not EMPTY:
            put(message, read_values(message.unknown_fields, depth + 1))
            put_unknown_fields(message, EMPTY)
        return message

    return read_all


def extra_writer(write: Writer, attribute: str, item: Codec, known: frozenset[str]) -> Writer:
    """Return a writer that puts the values of that attribute beside the members of a message."""
    write_values = map_of(item).write

    def write_all(message: Any, depth: int) -> str:
        text = write(message, depth)
        values: Mapping[str, Any] = getattr(message, attribute)
        if not values:
            return text
        others = write_values(values, depth + 1)
        clash = next((key for key in values if key in known or key in message.unknown_fields), None)
        if clash is not None:
            raise EncodeError(f"/{clash}", values[clash], f"a known field cannot be in {attribute}")
        return f"{text[:-1]}{'' if text == '{}' else ','}{others[1:]}"

    return write_all
