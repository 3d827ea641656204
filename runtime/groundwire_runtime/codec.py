"""Encode and decode messages: the functions `encode`, `decode` and `converter` of a generated client."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Callable, Generator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from functools import reduce
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from attrs import define, field

from .errors import DecodeError, EncodeError, shortened
from .jsontext import Codec, parse, quote
from .messages import Unlisted
from .objects import message_codec
from .schema import Family, Member, Members, Type, codec_of

if TYPE_CHECKING:
    from cattrs import Converter

T = TypeVar("T")

LARGE: Final = 64 * 1024
"""Bytes from which a body is decoded with the cyclic collector paused."""
_TOO_DEEP: Final = "nested deeper than Python can follow"
"""Lists and maps of a named type that holds itself nest without a limit of their own."""
_LONE: Final = re.compile("[\ud800-\udfff]")


def open_enum(names: type[StrEnum]) -> Codec:
    """Return the codec of an open enum of texts.

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


@define(eq=False)
class Codecs:
    """The codecs of a client's classes, each made when it is first asked for.

    `namespace` has the classes as attributes; `table` has the members of each message by its name, `aliases` the types
    that have a name and no class. With `proto_names`, a key may also be the original name of a proto field. `enum_codec`
    makes the codec of an enum.
    """

    namespace: object
    table: Mapping[str, Members]
    aliases: Mapping[str, Callable[[], Type]] = field(factory=dict[str, "Callable[[], Type]"])
    proto_names: bool = True
    enum_codec: Callable[[type[Any]], Codec] = open_enum
    _made: dict[object, Codec] = field(factory=dict[object, Codec], init=False, repr=False)
    _declared: dict[int, tuple[Type, Codec]] = field(
        factory=dict[int, tuple[Type, Codec]], init=False, repr=False
    )
    """Codecs of the types of bodies and parameters, by identity: each is a part of a constant."""

    def encode(self, message: object) -> bytes:
        """Return the message as JSON in UTF-8, checked against types and bounds. Raises EncodeError."""
        codec = self._made.get(message.__class__) or self._known(message.__class__)
        if codec is None:
            raise EncodeError.expected(message, "a message of this client")
        return self.write(codec, message)

    def decode(self, type_: type[T], data: bytes) -> T:
        """Read a message of `type_` from JSON in UTF-8. Raises DecodeError; bounds are not checked.

        The cyclic collector rests while a body of more than 64 KB is read: decoding makes no cycles.
        """
        codec = self._made.get(type_) or self._known(type_)
        if codec is None:
            raise DecodeError.expected(type_, "a message type of this client")
        return self.read(codec, data)  # type: ignore[no-any-return] # the table pairs a class with its codec

    def write(self, type_: Type, value: object) -> bytes:
        """Return a value of any declared type as JSON in UTF-8. Raises EncodeError."""
        codec = type_ if isinstance(type_, Codec) else self._codec_of(type_)
        try:
            text = codec.write(value, 0)
        except RecursionError:
            raise EncodeError("", "...", _TOO_DEEP) from None
        try:
            return text.encode("utf-8")
        except UnicodeEncodeError:
            raise _surrogate(json.loads(text)) from None

    def read(self, type_: Type, data: bytes) -> Any:
        """Read a value of any declared type from JSON in UTF-8. Raises DecodeError."""
        codec = type_ if isinstance(type_, Codec) else self._codec_of(type_)
        pauses = len(data) >= LARGE and gc.isenabled()
        if pauses:
            gc.disable()
        try:
            return codec.read(parse(data), 0)
        except RecursionError:
            raise DecodeError("", data[:200], _TOO_DEEP) from None
        finally:
            if pauses:
                gc.enable()

    def _codec_of(self, type_: Type) -> Codec:
        known = self._declared.get(id(type_))
        if known is None:
            known = self._declared[id(type_)] = type_, codec_of(type_, self)
        return known[1]

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

    def _known(self, cls: type) -> Codec | None:
        """The codec of a class; None for a class of another client, or of none."""
        codec = self._made.get(cls)
        if codec is not None:
            return codec
        return self.codec(cls) if self.has(cls) else None

    def has(self, cls: type) -> bool:
        """Return whether a class is one of this client's messages, or a variant of a family."""
        name = self.name_of(cls)
        return name in self.table and (cls is self.named(name) or cls in self._variants(name))

    def name_of(self, cls: type) -> str:
        """Return the name of a message, or of the family of a variant."""
        name: str = getattr(cls, "__qualname__", "")
        return name if name in self.table else name.rpartition(".")[0]

    def _variants(self, name: str) -> list[type]:
        families = (member for member in self.members(name) if isinstance(member, Family))
        return [self.named(case.cls) for member in families for case in member.cases]

    def named(self, name: str) -> type:
        """Return the class of a name such as `PixelGrid.CrsCode`."""
        cls: type = reduce(getattr, name.split("."), cast("Any", self.namespace))
        return cls

    def members(self, name: str) -> tuple[Member, ...]:
        """Return what the table declares of a message."""
        return self.table[name]()

    def codec(self, cls: type) -> Codec:
        """Return the codec of a message, or of a variant of a family."""
        codec = self._made.get(cls)
        if codec is None:
            name = self.name_of(cls)
            owner = self.named(name)
            codec = self._made.get(owner) or message_codec(self, owner, self.members(name))
            self._made[owner] = self._made[cls] = codec
        return codec

    def alias(self, name: str) -> Type:
        """Return the type that a name stands for."""
        return self.aliases[name]()

    def alias_codec(self, name: str) -> Codec:
        """Return the codec of the type that a name stands for: one, so that a union inside it knows what it has tried."""
        codec = self._made.get(name)
        if codec is None:
            codec = self._made[name] = codec_of(self.alias(name), self)
        return codec

    def enum(self, name: str) -> Codec:
        """Return the codec of an enum."""
        codec = self._made.get(name)
        if codec is None:
            codec = self._made[name] = self.enum_codec(self.named(name))
        return codec


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
