"""What the template of `messages.py` receives: text ready to be placed, and nothing to decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from ..annotations import absent, hint
from ..ir import Api, Enum, Field, Message, Union, Variant
from ..problem import Problem, SpecError
from .docs import docstring
from .imports import Table, import_lines
from .layout import LINE, quoted

IMPORTS: Final[Table] = {
    "collections.abc": ("Mapping", "Sequence"),
    "datetime": ("datetime", "timedelta"),
    "enum": ("StrEnum",),
    "typing": ("TypeAlias",),
    "attrs": ("frozen",),
    ".messages": ("EMPTY", "JsonValue", "Message", "Unlisted", "keep_containers", "variant_of"),
}


@frozen(kw_only=True)
class ValueView:
    """An enum member."""

    name: str
    wire: str
    doc: str


@frozen(kw_only=True)
class EnumView:
    """An enum class."""

    name: str
    doc: str
    values: tuple[ValueView, ...]


@frozen(kw_only=True)
class VariantView:
    """A one-value class: nested in its message, or a subclass of its family."""

    name: str
    private: str
    annotation: str
    doc: str


@frozen(kw_only=True)
class AttributeView:
    """An attribute of a message: a field or a union."""

    name: str
    annotation: str
    default: str
    doc: str


@frozen(kw_only=True)
class MessageView:
    """A message class; `family` holds its variants when it is one, `nested` those of its unions."""

    name: str
    doc: str
    nested: tuple[VariantView, ...]
    family: tuple[VariantView, ...]
    attributes: tuple[AttributeView, ...]


@frozen(kw_only=True)
class MessagesView:
    """The module."""

    enums: tuple[EnumView, ...]
    messages: tuple[MessageView, ...]
    imports: tuple[str, ...]
    names: tuple[str, ...]


def messages_view(api: Api, runtime: str) -> MessagesView:
    """The view of `messages.py`; `runtime` is the module that it imports from."""
    enums = tuple(_enum(enum) for enum in api.enums.values())
    messages = tuple(_message(message) for message in api.messages.values())
    _check_private(api, messages)
    names = sorted({*api.enums, *api.messages})
    imports = import_lines(IMPORTS, _code(enums, messages), runtime)
    return MessagesView(enums=enums, messages=messages, imports=imports, names=tuple(names))


def _check_private(api: Api, messages: Iterable[MessageView]) -> None:
    """Refuse two families whose variants would share a class of the module."""
    used = {f"_{message.name}Variants": message.name for message in messages if message.family}
    for message in messages:
        for variant in message.family:
            if (
                used.setdefault(variant.private, f"{message.name}.{variant.name}")
                != f"{message.name}.{variant.name}"
            ):
                pointer = api.messages[message.name].pointer
                words = f"its variant {variant.name} has the class of {used[variant.private]}"
                raise SpecError([Problem("document", pointer, words, "say family = false in the overlay")])


def _code(enums: Iterable[EnumView], messages: Iterable[MessageView]) -> Iterator[str]:
    """The texts of the module that are code alone."""
    yield from ("frozen", "keep_containers", "Message")
    yield from ("StrEnum" for _ in enums)
    for message in messages:
        yield from ("TypeAlias, variant_of" for _ in message.family)
        yield from (f"{attribute.annotation} = {attribute.default}" for attribute in message.attributes)
        yield from (variant.annotation for variant in (*message.nested, *message.family))


def _enum(enum: Enum) -> EnumView:
    values = tuple(
        ValueView(name=value.name, wire=quoted(value.wire), doc=docstring(value.doc, 4) if value.doc else "")
        for value in enum.values
    )
    return EnumView(
        name=enum.name, doc=docstring(enum.doc or f"Known names of {enum.name}.", 4), values=values
    )


def _message(message: Message) -> MessageView:
    nested: list[VariantView] = []
    family: list[VariantView] = []
    attributes: list[AttributeView] = []
    for member in message.members:
        if isinstance(member, Field):
            attributes.append(_attribute(member))
            continue
        views = family if message.family else nested
        views += [_variant(message, variant) for variant in member.variants if variant.class_name]
        if not message.family:
            attributes.append(_union(member))
    return MessageView(
        name=message.name,
        doc=docstring(message.doc or f"The message {message.schema}.", 4),
        nested=tuple(nested),
        family=tuple(family),
        attributes=tuple(attributes),
    )


def _attribute(field: Field) -> AttributeView:
    text = hint(field.type)
    optional = absent(field.type) == "None" and text != "JsonValue"
    return AttributeView(
        name=field.name,
        annotation=f"{text} | None" if optional else text,
        default=absent(field.type),
        doc=docstring(_field_doc(field), 4) if _field_doc(field) else "",
    )


def _field_doc(field: Field) -> str:
    """The field's text, with the marks that a caller should see."""
    notes = ["Deprecated."] if field.deprecated else []
    notes += ["Set by the service."] if field.read_only else []
    notes += [f"Pattern: `{field.pattern}`."] if field.pattern and not field.rules.pattern else []
    notes += [f"An extension: {field.evidence}."] if field.evidence else []
    return " ".join([field.doc.strip(), *notes]).strip()


def _union(union: Union) -> AttributeView:
    options = [variant.class_name or hint(variant.field.type) for variant in union.variants]
    text = " | ".join([*options, "None"])
    if len(union.name) + len(text) + 4 + 9 > LINE:
        text = "(\n        " + "\n        | ".join([*options, "None"]) + "\n    )"
    note = f"Union field `{union.wire}`{', one of which must be set' if union.required else ''}."
    return AttributeView(
        name=union.name,
        annotation=text,
        default="None",
        doc=docstring(f"{union.doc.strip()} {note}".strip(), 4),
    )


def _variant(message: Message, variant: Variant) -> VariantView:
    name = variant.class_name or ""
    indent = 4 if message.family else 8
    return VariantView(
        name=name,
        private=f"_{message.name}{name}",
        annotation=hint(variant.field.type),
        doc=docstring(_field_doc(variant.field) or f"The member {variant.field.wire}.", indent),
    )
