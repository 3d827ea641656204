"""The view of `codecs.py`: a table with one entry per field, in the terms of the runtime's `schema`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from ..ir import (
    Api,
    EnumRef,
    Field,
    Group,
    Kind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Packed,
    Rules,
    Scalar,
    TypeRef,
    Variant,
)
from .layout import in_import_order, used_names
from .source import Source, joined, literal, word

SCALARS: Final = {
    **{kind: word(kind.name) for kind in Kind},
    Kind.DATE: word("STRING"),
    Kind.DATE_TIME: word("STRING"),
}
"""The scalars of the runtime, by kind."""
BOUNDS: Final = (
    "minimum",
    "maximum",
    "exclusive_minimum",
    "min_length",
    "max_length",
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
    messages: tuple[EntryView, ...]


def codecs_view(api: Api) -> CodecsView:
    """Return the view of `codecs.py`."""
    messages = tuple(
        EntryView(name=literal(message.name), members=tuple(_members(api, message)))
        for message in api.messages.values()
    )
    used = used_names(
        source for each in messages for member in each.members for source in (member.text, *member.cases)
    )
    words = {*(scalar.text for scalar in SCALARS.values()), "Bounds", "Case", "Enum", "Family", "Field"}
    words |= {"ListOf", "MapOf", "OneOf", "Packed", "Ref", "Wrapped"}
    return CodecsView(names=tuple(map(word, in_import_order(words & used))), messages=messages)


def _members(api: Api, message: Message) -> Iterator[MemberView]:
    for member in message.members:
        if isinstance(member, Field):
            yield MemberView(text=_call("Field", *_field(api, message, member)))
        else:
            yield _group(api, message, member)


def _field(api: Api, message: Message, field: Field) -> Iterator[Source]:
    yield literal(field.name)
    yield _type(field)
    if json_name(field.name) != field.wire:
        yield literal(field.wire)
    yield from _rules(api, field)
    if field.required:
        yield joined(word("required"), "=", TRUE)
    divisor = next((each for each in message.fields if each.wire == field.rules.divides_into), None)
    if divisor is not None and isinstance(field.type, MessageRef):
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
    bounds = [joined(word(name), "=", literal(value)) for name, value in _bounds(field.rules)]
    if bounds:
        yield joined(word("bounds"), "=", _call("Bounds", *bounds))
    if field.rules.only and isinstance(field.type, MessageRef):
        family = api.messages[field.type.name]
        variants = [variant for group in family.groups for variant in group.variants]
        allowed = [each.class_name for each in variants if each.field.wire in field.rules.only]
        names = tuple(f"{family.name}.{class_name}" for class_name in allowed)
        yield joined(word("only"), "=", literal(names))


def _bounds(rules: Rules) -> Iterator[tuple[str, object]]:
    for name in BOUNDS:
        value = getattr(rules, name)
        if value is not None:
            yield name, value


def _type(field: Field) -> Source:
    return _call("Wrapped", _reference(field.type)) if field.wrapped else _reference(field.type)


def _reference(type_: TypeRef) -> Source:
    """Return the expression of a type in the language of the runtime's `schema`."""
    if isinstance(type_, Scalar):
        return SCALARS[type_.kind]
    if isinstance(type_, EnumRef):
        return _call("Enum", literal(type_.name))
    if isinstance(type_, MessageRef):
        return _call("Ref", literal(type_.name))
    if isinstance(type_, ListOf):
        return _call("ListOf", _reference(type_.item))
    if isinstance(type_, MapOf):
        return _call("MapOf", _reference(type_.value))
    return _packed(type_)


def _packed(type_: Packed) -> Source:
    return _call("Packed", literal(tuple((url, name) for url, name in type_.types)))


def _call(function: str, *arguments: Source) -> Source:
    separated = [part for argument in arguments for part in (", ", argument)][1:]
    return joined(word(function), "(", *separated, ")")


def json_name(original: str) -> str:
    """Return the JSON name of a proto field, as the runtime derives it."""
    first, *rest = original.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
