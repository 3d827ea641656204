"""Messages to bytes and back: what `encode`, `decode` and `converter` of a generated client do."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from attrs import frozen

from .decode import Decoder, parse
from .errors import DecodeError, EncodeError

if TYPE_CHECKING:
    from collections.abc import Generator

    from cattrs import Converter

    from .encode import Writer

T = TypeVar("T")

LARGE: Final = 64 * 1024
"""Bytes from which a body is decoded with the cyclic collector paused."""
_LONE: Final = re.compile("[\ud800-\udfff]")


@frozen
class Codec:
    """How one class is written and read."""

    encode: Writer
    decode: Decoder


@frozen(eq=False)
class Codecs:
    """Every class of a client with its codec."""

    table: Mapping[type, Codec]

    def encode(self, message: object) -> bytes:
        """The message as JSON in UTF-8, checked against types and bounds. Raises EncodeError."""
        codec = self.table.get(message.__class__)
        if codec is None:
            raise EncodeError("", message, "expected a message of this client")
        pieces: list[str] = []
        codec.encode(message, 0, pieces.append)
        text = "".join(pieces)
        del pieces
        try:
            return text.encode("utf-8")
        except UnicodeEncodeError:
            raise _surrogate(json.loads(text)) from None

    def decode(self, type_: type[T], data: bytes) -> T:
        """Read a message of `type_` from JSON in UTF-8. Raises DecodeError; bounds are not checked.

        The cyclic collector rests while a body of more than 64 KB is read: decoding makes no cycles.
        """
        codec = self.table.get(type_)
        if codec is None:
            raise DecodeError("", type_, "expected a message type of this client")
        if len(data) < LARGE:
            return codec.decode(parse(data), 0)  # type: ignore[no-any-return] # the table pairs a class with its codec
        with _resting_collector():
            return codec.decode(parse(data), 0)  # type: ignore[no-any-return] # as above

    def structure(self, data: object, type_: type[T]) -> T:
        """Make a message of `type_` from plain JSON values, as `json.loads` gives them. Raises DecodeError."""
        try:
            text = json.dumps(data, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise DecodeError("", data, f"expected JSON values: {error}") from None
        return self.decode(type_, text.encode())

    def unstructure(self, message: object) -> Any:
        """The message as plain JSON values. Raises EncodeError."""
        return json.loads(self.encode(message))

    def converter(self) -> Converter:
        """Return a cattrs converter whose hooks are these codecs; a copy has it by `vendor --with converter`."""
        feature: Any = import_module(f"{__package__}.converter")
        return feature.converter_of(self)  # type: ignore[no-any-return] # imported by name


@contextmanager
def _resting_collector() -> Generator[None]:
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _surrogate(value: Any) -> EncodeError:
    """The error for the first lone surrogate in a parsed body, with its path."""
    path, text = next(_lone(value))
    error = EncodeError("", text, "a lone surrogate is not text")
    for key in reversed(path):
        error.under(key)
    return error


def _lone(value: Any) -> Generator[tuple[tuple[str | int, ...], str]]:
    """Texts with a lone surrogate, keys among them, each with the path to it."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while waiting:
        path, item = waiting.pop()
        if isinstance(item, str) and _LONE.search(item):
            yield path, item
        elif isinstance(item, dict):
            members = cast("dict[str, Any]", item)
            yield from ((path, key) for key in members if _LONE.search(key))
            waiting.extend(((*path, key), inner) for key, inner in reversed(members.items()))
        elif isinstance(item, list):
            items = cast("list[object]", item)
            waiting.extend(((*path, index), items[index]) for index in reversed(range(len(items))))
