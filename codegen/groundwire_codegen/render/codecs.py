"""The view of `codecs.py`: a table with one entry per field, in the terms of the runtime's `schema`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from attrs import frozen

from ..ir import (
    Api,
    ErrorShape,
    Field,
    Group,
    Kind,
    MapOf,
    Message,
    MessageRef,
    Scalar,
    Variant,
    closure,
)
from .codec_types import NULLABLE_MAP, SCALAR_WORDS, SCHEMA_WORDS, UNION_WORDS, bounds_call, call, codec_type
from .layout import in_import_order, used_names
from .source import Source, joined, literal, word

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
    whole_enums: bool
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
        whole_enums=any(enum.whole for enum in api.enums.values()),
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
            yield MemberView(text=call("Field", *_field(api, message, member, nulls=nulls)))
        else:
            yield _group(api, message, member)
    if message.extra is not None:
        bounds = bounds_call(message.extra_rules)
        more = () if bounds is None else (joined(word("bounds"), "=", bounds),)
        yield MemberView(
            text=call(
                "Extra", literal(message.extra_name), codec_type(message.extra, message.extra_rules), *more
            )
        )


def _field(api: Api, message: Message, field: Field, *, nulls: bool) -> Iterator[Source]:
    yield literal(field.name)
    if nulls and isinstance(field.type, MapOf) and field.type.value != Scalar(Kind.ANY):
        yield call(NULLABLE_MAP, codec_type(field.type.value))
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
        cases=tuple(call("Case", *_case(api, message, variant)) for variant in group.variants),
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


def _type(field: Field) -> Source:
    type_ = codec_type(field.type, field.rules)
    return call("Wrapped", type_) if field.wrapped else type_


@lru_cache(maxsize=10_000)  # The messages of an API share most of their names.
def json_name(original: str) -> str:
    """Return the JSON name of a proto field, as the runtime derives it."""
    first, *rest = original.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
