"""The view of `codecs.py`: a table with one entry per field, in the terms of the runtime's `schema`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from ..ir import (
    NO_RULES,
    AliasRef,
    Api,
    ByDiscriminator,
    ByKeys,
    ByLiteral,
    Const,
    Discrimination,
    EnumRef,
    ErrorShape,
    Field,
    Group,
    Kind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Nullable,
    Packed,
    Rules,
    Scalar,
    TupleOf,
    TypeRef,
    UnionOf,
    Variant,
    closure,
)
from .layout import in_import_order, used_names
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
"""What a table imports from the runtime's `schema`."""
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
TRUE: Final = literal(True)


@frozen(kw_only=True)
class MemberView:
    """A field, or a union with the members of it."""

    text: Source
    """The whole entry of a field; of a union, what calls it."""
    cases: tuple[Source, ...] = ()
    name: Source | None = None
    """The attribute of a union; a family has none."""
    required: bool = False


@frozen(kw_only=True)
class EntryView:
    """A message."""

    name: Source
    members: tuple[MemberView, ...]


@frozen(kw_only=True)
class CodecsView:
    """The module: what it imports, and the entries of its table."""

    names: tuple[Source, ...]
    scalars: tuple[Source, ...]
    unions: tuple[Source, ...]
    nullable_maps: bool
    """Imports of the module."""
    by_name: bool
    """True if it imports `PackedByName`."""
    messages: tuple[EntryView, ...]
    aliases: tuple[tuple[Source, Source], ...]
    """The name and the type of each."""
    proto_names: bool
    is_large: bool
    """The table is in a function, whose body a type checker need not read."""


def codecs_view(api: Api, *, is_large: bool = False) -> CodecsView:
    """Return the view of `codecs.py`."""
    patched = _patched(api)
    messages = tuple(
        EntryView(
            name=literal(message.name), members=tuple(_members(api, message, nulls=message.name in patched))
        )
        for message in api.messages.values()
    )
    aliases = tuple(
        (literal(alias.name), codec_type(alias.type, alias.rules))
        for alias in api.aliases.values()
        if alias.type is not None
    )
    sources = [
        source for each in messages for member in each.members for source in (member.text, *member.cases)
    ]
    used = used_names((*sources, *(type_ for _, type_ in aliases)))
    return CodecsView(
        names=_imports(SCHEMA_WORDS & used | ({"Members"} if is_large else set[str]())),
        scalars=_imports(SCALAR_WORDS & used),
        unions=_imports(UNION_WORDS & used),
        nullable_maps=NULLABLE_MAP in used,
        by_name="PackedByName" in used,
        messages=messages,
        aliases=aliases,
        proto_names=api.errors is ErrorShape.GOOGLE,
        is_large=is_large,
    )


def _imports(words: frozenset[str] | set[str]) -> tuple[Source, ...]:
    return tuple(map(word, in_import_order(words)))


def _patched(api: Api) -> set[str]:
    """Return the messages that a PATCH of one of Google's APIs may send: null removes a key of their maps."""
    bodies = {method.request for method in api.methods.values() if method.verb == "PATCH" and method.request}
    return closure(api.messages, api.aliases, bodies) if api.errors is ErrorShape.GOOGLE else set()


def _members(api: Api, message: Message, *, nulls: bool) -> Iterator[MemberView]:
    for member in message.members:
        if isinstance(member, Field):
            yield MemberView(text=_call("Field", *_field(api, message, member, nulls=nulls)))
        else:
            yield _group(api, message, member)
    if message.extra is not None:
        bounds = bounds_call(message.extra_rules)
        more = () if bounds is None else (joined(word("bounds"), "=", bounds),)
        yield MemberView(
            text=_call(
                "Extra", literal(message.extra_name), codec_type(message.extra, message.extra_rules), *more
            )
        )


def _field(api: Api, message: Message, field: Field, *, nulls: bool) -> Iterator[Source]:
    yield literal(field.name)
    if nulls and isinstance(field.type, MapOf) and field.type.value != Scalar(Kind.ANY):
        yield _call(NULLABLE_MAP, codec_type(field.type.value))
    else:
        yield _type(field)
    if json_name(field.name) != field.wire:
        yield literal(field.wire)
    yield from _rules(api, field)
    if field.required and not field.needed:
        yield joined(word("required"), "=", TRUE)
    if field.rules.divides_into is None or not isinstance(field.type, MessageRef):
        return
    divisor = next((each for each in message.fields if each.wire == field.rules.divides_into), None)
    if divisor is not None:
        default = divisor.default if isinstance(divisor.default, int) else None
        yield joined(word("multiple_of"), "=", literal((divisor.name, default)))


def _group(api: Api, message: Message, group: Group) -> MemberView:
    return MemberView(
        text=word("Family" if message.family else "OneOf"),
        name=None if message.family else literal(group.name),
        cases=tuple(_call("Case", *_case(api, message, variant)) for variant in group.variants),
        required=group.required,
    )


def _case(api: Api, message: Message, variant: Variant) -> Iterator[Source]:
    yield literal(variant.field.wire)
    yield _type(variant.field)
    if variant.class_name is not None:
        yield literal(f"{message.name}.{variant.class_name}")
    yield from _rules(api, variant.field)


def _rules(api: Api, field: Field) -> Iterator[Source]:
    bounds = bounds_call(field.rules)
    if bounds is not None:
        yield joined(word("bounds"), "=", bounds)
    if field.rules.only and isinstance(field.type, MessageRef):
        family = api.messages[field.type.name]
        variants = [variant for group in family.groups for variant in group.variants]
        allowed = [each.class_name for each in variants if each.field.wire in field.rules.only]
        names = tuple(f"{family.name}.{class_name}" for class_name in allowed)
        yield joined(word("only"), "=", literal(names))


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
    return _call("Bounds", *bounds) if bounds else None


def _type(field: Field) -> Source:
    type_ = codec_type(field.type, field.rules)
    return _call("Wrapped", type_) if field.wrapped else type_


def codec_type(type_: TypeRef, rules: Rules = NO_RULES) -> Source:
    """Return the expression of a type in the language of the runtime's `schema` and `unions`.

    `rules` are the bounds of the value: a tuple has those of its items.
    """
    items = rules.items or NO_RULES
    match type_:
        case Scalar(kind):
            return SCALARS[kind]
        case EnumRef(name):
            return _call("Enum", literal(name))
        case MessageRef(name):
            return _call("Ref", literal(name))
        case AliasRef(name):
            return _call("Alias", literal(name))
        case ListOf(item):
            return _call("ListOf", codec_type(item, items))
        case MapOf(value):
            return _call("MapOf", codec_type(value, items))
        case Nullable(inner):
            return _call("Nullable", codec_type(inner, rules))
        case Const(values):
            return _call("Const", literal(values))
        case TupleOf():
            return _tuple(type_, rules.places)
        case UnionOf(members, discrimination):
            return _call("Union", _items(map(codec_type, members)), *_told_apart(discrimination))
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
    return _call("TupleOf", _items(sources[:end]), *sources[end:], *more)


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
            return (_call("Tag", literal(wire), pairs, *((literal(absent),) if absent else ())),)
        case ByKeys(keys, exact):
            sets = literal(tuple(tuple(sorted(each)) for each in keys))
            return (_call("Keys", sets, *(() if exact else (joined(word("exact"), "=", literal(False)),))),)
        case _:
            return ()


def _packed(type_: Packed) -> Source:
    is_open = any("." not in url.rpartition("/")[2] for url, _ in type_.types)
    return _call(
        "PackedByName" if is_open else "Packed", literal(tuple((url, name) for url, name in type_.types))
    )


def _call(function: str, *arguments: Source) -> Source:
    separated = [part for argument in arguments for part in (", ", argument)][1:]
    return joined(word(function), "(", *separated, ")")


def json_name(original: str) -> str:
    """Return the JSON name of a proto field, as the runtime derives it."""
    first, *rest = original.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
