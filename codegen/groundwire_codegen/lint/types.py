"""Fields of answers, by their paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from ..ir import (
    AliasRef,
    Api,
    Encoding,
    EnumRef,
    Kind,
    ListOf,
    Message,
    MessageRef,
    Method,
    Nullable,
    Scalar,
    TypeRef,
    UnionOf,
)

_DEPTH: Final = 2
"""Messages inside one another that are looked into."""
_LETTERS: Final = re.compile(r"[^a-z0-9]")
INTEGERS: Final = frozenset({Kind.INT32, Kind.UINT32, Kind.INTEGER, Kind.LONG, Kind.ULONG, Kind.INT64})


def plain(name: str) -> str:
    """Return a name without its case and its separators: `page_token` and `pageToken` are one."""
    return _LETTERS.sub("", name.lower())


@frozen
class Place:
    """A field of an answer: its path of wire names, and its type."""

    path: tuple[str, ...]
    type: TypeRef

    @property
    def name(self) -> str:
        """Return the last name, without its case and its separators."""
        return plain(self.path[-1]) if self.path else ""

    @property
    def text(self) -> str:
        """Return the path as an overlay writes it."""
        return ".".join(self.path)


def places(api: Api, method: Method) -> tuple[Place, ...]:
    """Return the fields of the successful JSON answers of a method; the answer itself has the empty path."""
    types = [
        content.type
        for answer in method.responses
        if answer.success
        for content in answer.contents
        if content.encoding is Encoding.JSON
    ]
    return tuple(dict.fromkeys(each for type_ in types for each in _places(api, type_, ())))


def _places(api: Api, type_: TypeRef, path: tuple[str, ...]) -> Iterator[Place]:
    found = resolved(api, type_)
    yield Place(path, found)
    for message in messages_of(api, found) if len(path) <= _DEPTH else ():
        for field in message.wire_fields:
            # A dot in a name would be a step of the path.
            if "." not in field.wire:
                yield from _places(api, field.type, (*path, field.wire))


def resolved(api: Api, type_: TypeRef) -> TypeRef:
    """Return a type without null and aliases around it."""
    for _ in range(_DEPTH + 2):
        if isinstance(type_, Nullable):
            type_ = type_.type
        elif isinstance(type_, AliasRef):
            type_ = api.aliases[type_.name].type or type_
    return type_


def message_of(api: Api, type_: TypeRef) -> Message | None:
    """Return the message that a type is; None for any other."""
    return api.messages.get(type_.name) if isinstance(type_, MessageRef) else None


def messages_of(api: Api, type_: TypeRef) -> tuple[Message, ...]:
    """Return the messages that a value of a type may be: those of all members of a union."""
    members = type_.members if isinstance(type_, UnionOf) else (type_,)
    found = (message_of(api, resolved(api, each)) for each in members)
    return tuple(each for each in found if each is not None)


def is_whole(type_: TypeRef) -> bool:
    """Return True for a whole number."""
    return isinstance(type_, Scalar) and type_.kind in INTEGERS


def is_number(type_: TypeRef) -> bool:
    """Return True for any number."""
    return is_whole(type_) or (
        isinstance(type_, Scalar) and type_.kind in (Kind.NUMBER, Kind.FLOAT, Kind.DOUBLE)
    )


def is_text(type_: TypeRef) -> bool:
    """Return True for a text, whatever its values."""
    return isinstance(type_, EnumRef) or type_ == Scalar(Kind.STRING)


def is_list_of_objects(api: Api, type_: TypeRef) -> bool:
    """Return True for a list whose items are not scalars."""
    if not isinstance(type_, ListOf):
        return False
    item = resolved(api, type_.item)
    if isinstance(item, Scalar):
        return item.kind in (Kind.ANY, Kind.STRUCT)
    return not isinstance(item, EnumRef)
