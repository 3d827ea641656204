"""Lists and maps of values of one type, and values that may travel in a wrapper."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from operator import length_hint
from typing import Any, Final

from .errors import DecodeError, EncodeError
from .jsontext import Codec, Reader, Write, quote
from .messages import EMPTY

BATCH: Final = 256
"""Members of a container that are joined to one piece at a time."""
SHORT: Final = 64
"""Characters of a key whose text is kept."""
KEPT: Final = 4_096
"""Keys whose text is kept."""


class Keys(dict[str, str]):
    """JSON text of the keys of maps, behind a mark and with a colon; they repeat, and are written once."""

    def __init__(self, mark: str) -> None:
        super().__init__()
        self._mark = mark

    def __missing__(self, key: str) -> str:
        text = f"{self._mark}{quote(key)}:"
        if len(key) <= SHORT and len(self) < KEPT:
            self[key] = text
        return text


FIRST: Final = Keys("{")
NEXT: Final = Keys(",")


def list_of(item: Codec) -> Codec:
    """Return the codec of a list, kept as a tuple."""
    return Codec(list_reader(item.read), _pieces_list(item) if item.pieces else _text_list(item), item.pieces)


def map_of(item: Codec) -> Codec:
    """Return the codec of a map with string keys, kept as a dict."""
    return Codec(map_reader(item.read), _pieces_map(item) if item.pieces else _text_map(item), item.pieces)


def wrapped(item: Codec) -> Codec:
    """Return the codec of a value that is read bare or as `{"value": x}`, and written bare."""
    read_item = item.read

    def read(value: Any, depth: int) -> Any:
        if value.__class__ is not dict:
            return read_item(value, depth)
        if value.keys() != {"value"}:
            raise DecodeError.expected(value, 'a bare value or {"value": x}')
        try:
            return read_item(value["value"], depth)
        except DecodeError as error:
            raise error.under("value") from None

    return Codec(read, item.write, item.pieces)


def list_reader(read_item: Reader) -> Reader:
    """Return the reader of a list."""

    def read(value: Any, depth: int) -> tuple[Any, ...]:
        if value.__class__ is not list:
            raise DecodeError.expected(value, "a list")
        items = iter(value)
        try:
            return tuple([read_item(each, depth) for each in items])
        except DecodeError as error:
            raise error.under(len(value) - length_hint(items) - 1) from None

    return read


def map_reader(read_item: Reader) -> Reader:
    """Return the reader of a map."""

    def read(value: Any, depth: int) -> Mapping[str, Any]:
        if value.__class__ is not dict:
            raise DecodeError.expected(value, "an object")
        key = ""
        members: dict[str, Any] = {}
        try:
            for key, each in value.items():
                members[key] = read_item(each, depth)
        except DecodeError as error:
            raise error.under(key) from None
        return members or EMPTY

    return read


def _text_list(item: Codec) -> Callable[[Any, int], str]:
    write_item = item.write

    def write(value: Any, depth: int) -> str:
        items = iter(sequence_of(value))
        try:
            return f"[{','.join([write_item(each, depth) for each in items])}]"
        except EncodeError as error:
            raise error.under(len(value) - length_hint(items) - 1) from None

    return write


def _text_map(item: Codec) -> Callable[[Any, int], str]:
    write_item = item.write

    def write(value: Any, depth: int) -> str:
        key: Any = None
        members: list[str] = []
        try:
            for key, each in mapping_of(value).items():
                members.append(f"{quote(key)}:{write_item(each, depth)}")
        except EncodeError as error:
            raise error.under(key) from None
        except TypeError as error:
            raise key_fault(key, error) from None
        return f"{{{','.join(members)}}}"

    return write


def _pieces_list(item: Codec) -> Callable[[Any, int, Write], None]:
    write_item = item.write

    def write_list(value: Any, depth: int, write: Write) -> None:
        values = value if value.__class__ is tuple else sequence_of(value)
        if len(values) > BATCH:
            write_batches(write_list, values, depth, write)
            return
        opening, index = "[", -1
        try:
            for index, each in enumerate(values):  # noqa: B007 - where it stopped, when it does
                write(opening)
                write_item(each, depth, write)
                opening = ","
        except EncodeError as error:
            raise error.under(index) from None
        write("]" if values else "[]")

    return write_list


def _pieces_map(item: Codec) -> Callable[[Any, int, Write], None]:
    write_item = item.write

    def write_map(value: Any, depth: int, write: Write) -> None:
        values = value if value.__class__ is dict else mapping_of(value)
        if len(values) > BATCH:
            write_batches(write_map, values, depth, write)
            return
        keys = FIRST
        key: Any = None
        try:
            for key, each in values.items():
                write(keys[key])
                write_item(each, depth, write)
                keys = NEXT
        except EncodeError as error:
            raise error.under(key) from None
        except TypeError as error:
            raise key_fault(key, error) from None
        write("}" if values else "{}")

    return write_map


def key_fault(key: object, error: TypeError) -> Exception:
    """Return the error for a key that is no string; for one that is, the error that came of something else."""
    return error if isinstance(key, str) else EncodeError.expected(key, "a string as key")


def write_batches(
    write_container: Callable[[Any, int, Write], None], values: Any, depth: int, write: Write
) -> None:
    """Write a large container batch by batch, joining each: a short piece takes more memory than its text."""
    mapped = isinstance(values, Mapping)
    opening, closing = "{}" if mapped else "[]"
    rest = iter(values.items() if mapped else values)
    done = 0
    while batch := tuple(islice(rest, BATCH)):
        pieces: list[str] = []
        try:
            write_container(dict(batch) if mapped else batch, depth, pieces.append)
        except EncodeError as error:
            raise error if mapped else _moved(error, done) from None
        write(opening)
        write("".join(pieces)[1:-1])
        opening = ","
        done += len(batch)
    write(closing)


def _moved(error: EncodeError, by: int) -> EncodeError:
    """Turn the index of a batch in an error's path into that of the whole list."""
    _, index, *rest = error.path.split("/") if error.path else ("", "")
    if index:
        error.path = "/".join(("", str(int(index) + by), *rest))
    return error


def sequence_of(value: Any) -> Sequence[Any]:
    """Return the value when it is a sequence, but no text. Raises EncodeError."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise EncodeError.expected(value, "a sequence")
    return value


def mapping_of(value: Any) -> Mapping[Any, Any]:
    """Return a mapping as a dict. Raises EncodeError."""
    if not isinstance(value, Mapping):
        raise EncodeError.expected(value, "a mapping")
    return dict(value)
