"""Types and bounds as expressions in the language of the runtime's `schema` and `unions`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from ..ir import (
    NO_RULES,
    AliasRef,
    ByDiscriminator,
    ByKeys,
    ByLiteral,
    Const,
    Discrimination,
    EnumRef,
    Kind,
    ListOf,
    MapOf,
    MessageRef,
    Nullable,
    Packed,
    Rules,
    Scalar,
    TupleOf,
    TypeRef,
    UnionOf,
)
from .source import Source, joined, literal, word

SCALARS: Final = {
    **{kind: word(kind.name) for kind in Kind},
    Kind.DATE: word("STRING"),
    Kind.DATE_TIME: word("STRING"),
}
"""The scalars of the runtime, by kind."""
SCHEMA_WORDS: Final = frozenset(
    {
        *("ANY", "BOOLEAN", "BYTES", "DOUBLE", "DURATION", "FIELD_MASK", "FLOAT", "INT32", "INT64", "STRING"),
        *("STRUCT", "TIMESTAMP", "UINT32", "UINT64", "Bounds", "Case", "Enum", "Extra", "Family", "Field"),
        *("ListOf", "MapOf", "OneOf", "Packed", "Ref", "Wrapped"),
    }
)
"""Imports of a table from the runtime's `schema`."""
SCALAR_WORDS: Final = frozenset({"BINARY", "DAY", "INTEGER", "LONG", "NUMBER", "ULONG"})
"""Imports from `json_scalars`."""
NULLABLE_MAP: Final = "NullableMap"
"""The one of `nullable_maps`."""
UNION_WORDS: Final = frozenset({"Alias", "Const", "Keys", "Nullable", "Tag", "TupleOf", "Union"})
"""Imports from `unions`."""
BOUNDS: Final = (
    "minimum",
    "maximum",
    "exclusive_minimum",
    "exclusive_maximum",
    "multiple_of",
    "min_length",
    "max_length",
    "min_items",
    "max_items",
    "pattern",
)


def bounds_call(rules: Rules) -> Source | None:
    """Return the expression of bounds in the language of the runtime's `schema`; None without one.

    A pattern that may take more than linear time is documentation.
    """
    if not rules.present:
        return None
    bounds = [
        joined(word(name), "=", literal(value))
        for name in BOUNDS
        if (value := getattr(rules, name)) is not None and (name != "pattern" or rules.pattern_is_linear)
    ]
    inner = None if rules.items is None else bounds_call(rules.items)
    if inner is not None:
        bounds.append(joined(word("items"), "=", inner))
    return call("Bounds", *bounds) if bounds else None


def codec_type(type_: TypeRef, rules: Rules = NO_RULES) -> Source:
    """Return the expression of a type in the language of the runtime's `schema` and `unions`.

    `rules` are the bounds of the value: a tuple has those of its items.
    """
    items = rules.items or NO_RULES
    match type_:
        case Scalar(kind):
            return SCALARS[kind]
        case EnumRef(name):
            return call("Enum", literal(name))
        case MessageRef(name):
            return call("Ref", literal(name))
        case AliasRef(name):
            return call("Alias", literal(name))
        case ListOf(item):
            return call("ListOf", codec_type(item, items))
        case MapOf(value):
            return call("MapOf", codec_type(value, items))
        case Nullable(inner):
            return call("Nullable", codec_type(inner, rules))
        case Const(values):
            return call("Const", literal(values))
        case TupleOf():
            return _tuple(type_, rules.places)
        case UnionOf(members, discrimination):
            return call("Union", _items(map(codec_type, members)), *_told_apart(discrimination))
        case Packed():
            return _packed(type_)


def _tuple(type_: TupleOf, places: tuple[Rules, ...]) -> Source:
    """Return the expression of a tuple, with the bounds of each place where any has some."""
    types = type_.items if type_.rest is None else (*type_.items, type_.rest)
    held = (*places, *(NO_RULES,) * (len(types) - len(places)))
    sources = [codec_type(each, rules) for each, rules in zip(types, held, strict=False)]
    end = len(type_.items)
    bounds = [bounds_call(rules) or literal(None) for rules in places[: len(types)]]
    stated = any(bounds_call(rules) is not None for rules in places[: len(types)])
    more = (joined(word("bounds"), "=", _items(bounds)),) if stated else ()
    return call("TupleOf", _items(sources[:end]), *sources[end:], *more)


def _items(sources: Iterable[Source]) -> Source:
    """Return a tuple of expressions."""
    items = tuple(sources)
    separated = [part for item in items for part in (", ", item)][1:]
    return joined("(", *separated, *((", ",) if len(items) == 1 else ()), ")")


def _told_apart(discrimination: Discrimination) -> tuple[Source, ...]:
    """Return what tells the members of a union apart, beside their JSON types."""
    match discrimination:
        case ByDiscriminator(wire, values) | ByLiteral(wire, values):
            pairs = literal(tuple(tuple(each) for each in values))
            absent = discrimination.absent if isinstance(discrimination, ByLiteral) else ()
            return (call("Tag", literal(wire), pairs, *((literal(absent),) if absent else ())),)
        case ByKeys(keys, exact):
            sets = literal(tuple(tuple(sorted(each)) for each in keys))
            return (call("Keys", sets, *(() if exact else (joined(word("exact"), "=", literal(False)),))),)
        case _:
            return ()


def _packed(type_: Packed) -> Source:
    is_open = any("." not in url.rpartition("/")[2] for url, _ in type_.types)
    return call(
        "PackedByName" if is_open else "Packed", literal(tuple((url, name) for url, name in type_.types))
    )


@lru_cache(maxsize=50_000)  # The messages of an API share most of their fields.
def call(function: str, *arguments: Source) -> Source:
    """Return a call of something that the runtime's modules give."""
    separated = [part for argument in arguments for part in (", ", argument)][1:]
    return joined(word(function), "(", *separated, ")")
