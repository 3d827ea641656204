"""Walks over nested types."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .types import EnumRef, ListOf, MapOf, MessageRef, Packed, Scalar, TypeRef


def leaf(type_: TypeRef) -> TypeRef:
    """Return what lists and maps hold, all the way in."""
    while isinstance(type_, (ListOf, MapOf)):
        type_ = type_.item if isinstance(type_, ListOf) else type_.value
    return type_


def references(type_: TypeRef) -> Iterator[str]:
    """Yield the names of the messages and enums that a type refers to."""
    inner = leaf(type_)
    if isinstance(inner, (MessageRef, EnumRef)):
        yield inner.name
    elif isinstance(inner, Packed):
        yield from (name for _, name in inner.types)


def renamed(type_: TypeRef, messages: Callable[[str], str], enums: Callable[[str], str]) -> TypeRef:
    """Return the type with other names of its messages and enums."""
    match type_:
        case Scalar():
            return type_
        case MessageRef(name):
            return MessageRef(messages(name))
        case EnumRef(name):
            return EnumRef(enums(name))
        case ListOf(item):
            return ListOf(renamed(item, messages, enums))
        case MapOf(value):
            return MapOf(renamed(value, messages, enums))
        case Packed(types):
            return Packed(tuple((url, messages(name)) for url, name in types))
