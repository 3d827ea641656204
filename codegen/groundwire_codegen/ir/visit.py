"""Walks over nested types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import evolve

from .messages import Alias, Message
from .types import (
    AliasRef,
    ByDiscriminator,
    ByKeys,
    ByLiteral,
    EnumRef,
    ListOf,
    MapOf,
    MessageRef,
    Nullable,
    Packed,
    TupleOf,
    TypeRef,
    UnionOf,
)


def leaf(type_: TypeRef) -> TypeRef:
    """Return what lists and maps hold, all the way in."""
    while isinstance(type_, (ListOf, MapOf)):
        type_ = type_.item if isinstance(type_, ListOf) else type_.value
    return type_


def inner_types(type_: TypeRef) -> tuple[TypeRef, ...]:
    """Return the types that a type is directly made of; none for a leaf."""
    match type_:
        case ListOf(inner) | MapOf(inner) | Nullable(inner):
            return (inner,)
        case TupleOf(items, rest):
            return items if rest is None else (*items, rest)
        case UnionOf(members):
            return members
        case _:
            return ()


def references(type_: TypeRef) -> Iterator[str]:
    """Yield the names of the messages, enums and aliases that a type refers to."""
    if isinstance(type_, (MessageRef, EnumRef, AliasRef)):
        yield type_.name
    elif isinstance(type_, Packed):
        yield from (name for _, name in type_.types)
    else:
        for inner in inner_types(type_):
            yield from references(inner)


def mapped(type_: TypeRef, change: Callable[[TypeRef], TypeRef]) -> TypeRef:
    """Return the type with each leaf changed: scalars, constants, references and packed objects."""
    match type_:
        case ListOf(inner):
            return ListOf(mapped(inner, change))
        case MapOf(inner):
            return MapOf(mapped(inner, change))
        case Nullable(inner):
            return Nullable(mapped(inner, change))
        case TupleOf(items, rest):
            return TupleOf(
                tuple(mapped(each, change) for each in items), None if rest is None else mapped(rest, change)
            )
        case UnionOf(members):
            return _distinct(evolve(type_, members=tuple(mapped(each, change) for each in members)))
        case _:
            return change(type_)


def _distinct(union: UnionOf) -> TypeRef:
    """Return a union without members that are there twice, or the only one that is left."""
    kept, told = tuple(dict.fromkeys(union.members)), union.discrimination
    if len(kept) == len(union.members):
        return union
    places = [kept.index(each) for each in union.members]
    match told:
        case ByKeys(keys, exact):
            told = ByKeys(tuple(keys[union.members.index(each)] for each in kept), exact)
        case ByDiscriminator(wire, named):
            told = ByDiscriminator(wire, tuple((value, places[at]) for value, at in named))
        case ByLiteral(wire, values):
            told = ByLiteral(wire, tuple((value, places[at]) for value, at in values))
        case _:
            pass
    return kept[0] if len(kept) == 1 else UnionOf(kept, told)


def renamed(
    type_: TypeRef,
    messages: Callable[[str], str],
    enums: Callable[[str], str],
    aliases: Callable[[str], str] = str,
) -> TypeRef:
    """Return the type with other names of its messages, enums and aliases."""

    def rename(found: TypeRef) -> TypeRef:
        match found:
            case MessageRef(name):
                return MessageRef(messages(name))
            case EnumRef(name):
                return EnumRef(enums(name))
            case AliasRef(name):
                return AliasRef(aliases(name))
            case Packed(types):
                return Packed(tuple((url, messages(name)) for url, name in types))
            case _:
                return found

    return mapped(type_, rename)


def types_of(message: Message) -> Iterator[TypeRef]:
    """Yield the types of a message's fields, and of what stands under its other keys."""
    yield from (field.type for field in message.wire_fields)
    if message.extra is not None:
        yield message.extra


def closure(messages: Mapping[str, Message], aliases: Mapping[str, Alias], roots: Iterable[str]) -> set[str]:
    """Return the messages that some types lead to, however deep; `roots` are names of messages and aliases."""
    return reachable(messages, aliases, roots) & messages.keys()


def reachable(
    messages: Mapping[str, Message], aliases: Mapping[str, Alias], roots: Iterable[str]
) -> set[str]:
    """Return all names that some types lead to, their own included."""
    found: set[str] = set()
    waiting = [*roots]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name in messages:
            waiting += [each for type_ in types_of(messages[name]) for each in references(type_)]
        elif name in aliases and (type_ := aliases[name].type) is not None:
            waiting += references(type_)
    return found
