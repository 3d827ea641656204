"""The view of `codecs.py`: a table with one entry a field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from ..ir import (
    Api,
    EnumRef,
    Field,
    Kind,
    ListOf,
    MapOf,
    Message,
    MessageRef,
    Packed,
    Rules,
    Scalar,
    TypeRef,
    Union,
    Variant,
)
from .imports import Table, import_lines
from .layout import quoted, texts

NAMES: Final = {
    Kind.BYTES: "BYTES",
    Kind.FIELD_MASK: "FIELD_MASK",
    Kind.DATE: "STRING",
    Kind.DATE_TIME: "STRING",
}
"""The scalars of the runtime, by kind, where they are called otherwise."""
SCALARS: Final = tuple(sorted({NAMES.get(kind, kind.name) for kind in Kind}))
IMPORTS: Final[Table] = {
    "typing": ("Final",),
    ".codec": ("Codecs",),
    ".schema": (
        *SCALARS,
        *(
            "Bounds",
            "Case",
            "Enum",
            "Family",
            "Field",
            "ListOf",
            "MapOf",
            "OneOf",
            "Packed",
            "Ref",
            "Wrapped",
        ),
    ),
}
BOUNDS: Final = (
    "minimum",
    "maximum",
    "exclusive_minimum",
    "min_length",
    "max_length",
    "max_items",
    "pattern",
)


@frozen(kw_only=True)
class CodecsView:
    """The module: its imports, and for each message its name and the lines of its members."""

    imports: tuple[str, ...]
    messages: tuple[tuple[str, tuple[str, ...]], ...]


def codecs_view(api: Api, runtime: str) -> CodecsView:
    """Return the view of `codecs.py`; `runtime` is the package that it imports from."""
    entries = tuple(
        (quoted(message.name), tuple(_members(api, message))) for message in api.messages.values()
    )
    text = ("Codecs Final", *(line for _, lines in entries for line in lines))
    return CodecsView(
        imports=import_lines(IMPORTS, text, runtime, ("from . import messages",)), messages=entries
    )


def _members(api: Api, message: Message) -> Iterator[str]:
    for member in message.members:
        if isinstance(member, Field):
            yield f"Field({', '.join(_field(api, message, member))}),"
        else:
            yield from _union(api, message, member)


def _field(api: Api, message: Message, field: Field) -> Iterator[str]:
    yield quoted(field.name)
    yield _type(field)
    if json_name(field.name) != field.wire:
        yield quoted(field.wire)
    yield from _rules(api, field)
    if field.rules.required:
        yield "required=True"
    divisor = next((each for each in message.fields if each.wire == field.rules.multiple_of), None)
    if divisor is not None and isinstance(field.type, MessageRef):
        default = divisor.default if isinstance(divisor.default, int) else None
        yield f"multiple_of=({quoted(divisor.name)}, {default!r})"


def _union(api: Api, message: Message, union: Union) -> Iterator[str]:
    yield "Family((" if message.family else f"OneOf({quoted(union.name)}, ("
    for variant in union.variants:
        yield f"    Case({', '.join(_case(api, message, variant))}),"
    yield "), required=True)," if union.required else ")),"


def _case(api: Api, message: Message, variant: Variant) -> Iterator[str]:
    yield quoted(variant.field.wire)
    yield _type(variant.field)
    if variant.class_name is not None:
        yield quoted(f"{message.name}.{variant.class_name}")
    yield from _rules(api, variant.field)


def _rules(api: Api, field: Field) -> Iterator[str]:
    bounds = [f"{name}={_literal(value)}" for name, value in _bounds(field.rules)]
    if bounds:
        yield f"bounds=Bounds({', '.join(bounds)})"
    if field.rules.members and isinstance(field.type, MessageRef):
        family = api.messages[field.type.name]
        variants = [variant for union in family.unions for variant in union.variants]
        allowed = [each.class_name for each in variants if each.field.wire in field.rules.members]
        yield f"only={texts(f'{family.name}.{name}' for name in allowed)}"


def _bounds(rules: Rules) -> Iterator[tuple[str, object]]:
    for name in BOUNDS:
        value = getattr(rules, name)
        if value is not None:
            yield name, value


def _literal(value: object) -> str:
    return quoted(value) if isinstance(value, str) else repr(value)


def _type(field: Field) -> str:
    return f"Wrapped({_reference(field.type)})" if field.wrapped else _reference(field.type)


def _reference(type_: TypeRef) -> str:
    """Return the expression of a type in the language of the runtime's `schema`."""
    if isinstance(type_, Scalar):
        return NAMES.get(type_.kind, type_.kind.name)
    if isinstance(type_, EnumRef):
        return f"Enum({quoted(type_.name)})"
    if isinstance(type_, MessageRef):
        return f"Ref({quoted(type_.name)})"
    if isinstance(type_, ListOf):
        return f"ListOf({_reference(type_.item)})"
    if isinstance(type_, MapOf):
        return f"MapOf({_reference(type_.value)})"
    return _packed(type_)


def _packed(type_: Packed) -> str:
    pairs = [f"({quoted(url)}, {quoted(name)})" for url, name in type_.types]
    return f"Packed(({''.join(f'{pair}, ' for pair in pairs).rstrip()}))"


def json_name(original: str) -> str:
    """Return the JSON name of a proto field, as the runtime derives it."""
    first, *rest = original.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
