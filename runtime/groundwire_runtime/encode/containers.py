"""Lists and maps."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from operator import length_hint
from typing import Any, Final, TypeAlias

from ..errors import EncodeError
from .fault import expected
from .names import FIRST, NEXT
from .scalars import Encoder
from .values import quote

Write: TypeAlias = Callable[[str], object]
Writer: TypeAlias = Callable[[Any, int, Write], None]
"""How a message, or a container of messages, is written: piece by piece, so that no level copies those below it."""
BATCH: Final = 256
"""Members of a container that are joined to one piece at a time."""


def list_of(item: Encoder) -> Encoder:
    """An encoder for a list of leaves: any sequence but text."""

    def encode(value: Any, depth: int) -> str:
        items = iter(sequence_of(value))
        try:
            return f"[{','.join([item(each, depth) for each in items])}]"
        except EncodeError as error:
            raise error.under(len(value) - length_hint(items) - 1) from None

    return encode


def map_of(item: Encoder) -> Encoder:
    """An encoder for a map of leaves, with string keys."""

    def encode(value: Any, depth: int) -> str:
        key: Any = None
        members: list[str] = []
        try:
            for key, each in mapping_of(value).items():
                members.append(f"{quote(key)}:{item(each, depth)}")
        except EncodeError as error:
            raise error.under(key) from None
        except TypeError:
            if isinstance(key, str):
                raise
            raise expected(key, "a string as key") from None
        return f"{{{','.join(members)}}}"

    return encode


def messages_list(item: Writer) -> Writer:
    """A writer for a list of messages, or of containers of them."""

    def encode(value: Any, depth: int, write: Write) -> None:
        values = value if value.__class__ is tuple else sequence_of(value)
        if len(values) > BATCH:
            write_batches(encode, values, depth, write)
            return
        opening, index = "[", -1
        try:
            for index, each in enumerate(values):  # noqa: B007 - where it stopped, when it does
                write(opening)
                item(each, depth, write)
                opening = ","
        except EncodeError as error:
            raise error.under(index) from None
        write("]" if values else "[]")

    return encode


def messages_map(item: Writer) -> Writer:
    """A writer for a map of messages, or of containers of them."""

    def encode(value: Any, depth: int, write: Write) -> None:
        values = value if value.__class__ is dict else mapping_of(value)
        if len(values) > BATCH:
            write_batches(encode, values, depth, write)
            return
        names = FIRST
        key: Any = None
        try:
            for key, each in values.items():
                write(names[key])
                item(each, depth, write)
                names = NEXT
        except EncodeError as error:
            raise error.under(key) from None
        except TypeError:
            if isinstance(key, str):
                raise
            raise expected(key, "a string as key") from None
        write("}" if values else "{}")

    return encode


def write_batches(item: Writer, values: Any, depth: int, write: Write) -> None:
    """Write a large container batch by batch, joining each: a short piece takes more memory than its text."""
    mapped = isinstance(values, Mapping)
    opening, closing = "{}" if mapped else "[]"
    rest = iter(values.items() if mapped else values)
    done = 0
    while batch := tuple(islice(rest, BATCH)):
        pieces: list[str] = []
        try:
            item(dict(batch) if mapped else batch, depth, pieces.append)
        except EncodeError as error:
            raise error if mapped else _moved(error, done) from None
        write(opening)
        write("".join(pieces)[1:-1])
        opening = ","
        done += len(batch)
    write(closing)


def _moved(error: EncodeError, by: int) -> EncodeError:
    """The error of a batch, with its index in the whole list."""
    _, index, *rest = error.path.split("/") if error.path else ("", "")
    if index:
        error.path = "/".join(("", str(int(index) + by), *rest))
    return error


def sequence_of(value: Any) -> Sequence[Any]:
    """The value when it is a sequence, but no text. Raises EncodeError."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise expected(value, "a sequence")
    return value


def mapping_of(value: Any) -> Mapping[Any, Any]:
    """A mapping as a dict. Raises EncodeError."""
    if not isinstance(value, Mapping):
        raise expected(value, "a mapping")
    return dict(value)
