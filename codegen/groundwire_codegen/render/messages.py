"""The view of `messages.py`: enums, messages, and the classes of variants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from ..ir import (
    Alias,
    Api,
    Const,
    Field,
    FirstThatFits,
    Group,
    MapOf,
    Message,
    Nullable,
    TypeRef,
    UnionOf,
    Variant,
    leaf,
)
from .annotations import NO_ENTRIES, NONE, absent, annotation
from .enums import EnumView, base, enum_view
from .inner import InnerView, inner_classes, inner_first
from .layout import imported, in_import_order, in_listed_order, used_names
from .modules import published_kinds
from .source import Source, doc, joined, literal, name, word


@frozen(kw_only=True)
class VariantView:
    """A one-value class: nested in its message, or a subclass of its family."""

    name: Source
    annotation: Source
    doc: Source


@frozen(kw_only=True)
class AttributeView:
    """An attribute that holds a field, or one of several members of a union."""

    name: Source
    annotation: Source
    others: tuple[Source, ...] = ()
    """The other members of a union, and `None`."""
    default: Source | None
    """None where the attribute has to be given."""
    doc: Source | None


@frozen(kw_only=True)
class AliasView:
    """A type that has a name and no class."""

    name: Source
    type: Source
    text: Source
    """The type as a text: it may name what is defined behind it, or itself."""
    doc: Source | None


@frozen(kw_only=True)
class MessageView:
    """A message class; `family` holds its variants when it is one, `nested` those of its unions, `inner` its inline classes."""

    name: Source
    doc: Source
    nested: tuple[VariantView, ...]
    family: tuple[VariantView, ...]
    inner: tuple[InnerView, ...]
    attributes: tuple[AttributeView, ...]


@frozen(kw_only=True)
class MessagesView:
    """The module `messages.py`."""

    names: tuple[Source, ...]
    enums: tuple[EnumView, ...]
    messages: tuple[MessageView, ...]
    aliases: tuple[AliasView, ...]
    bases: Source | None
    typing: Source | None
    families: bool
    containers: Source | None
    dates: bool
    times: Source | None
    files: bool
    values: tuple[Source, ...]
    """The imports of the module."""
    others: tuple[Source, ...]
    """The types of other modules that the module refers to."""
    is_part: bool

    @property
    def imports_standard(self) -> bool:
        """True if the module imports from the standard library."""
        return bool(self.typing or self.enums or self.containers or self.dates or self.times)


def messages_view(
    api: Api, all_kinds: Mapping[str, str] | None = None, *, has_inner: bool = False
) -> MessagesView:
    """Return the view of `messages.py`, or of a part of a package that has the types of `all_kinds`.

    `has_inner`: inline classes have short names under their messages."""
    inner: Mapping[str, tuple[InnerView, ...]] = inner_classes(api) if has_inner else {}
    messages = tuple(_message(each, inner.get(each.name, ())) for each in inner_first(api, inner))
    aliases = tuple(map(_alias, api.aliases.values()))
    used = used_names(source for message in messages for source in _annotations(message))
    used |= used_names(alias.type for alias in aliases)
    families = any(message.family for message in messages)
    used |= {"Message", "keep_containers"} if messages else set[str]()
    used |= {"variant_of"} if families else set[str]()
    order = (
        *("ABSENT", "EMPTY", "JsonValue", "Message", "Unlisted", "Unrecognized"),
        *("keep_containers", "variant_of"),
    )
    kinds = published_kinds(api)
    elsewhere = (
        {each: all_kinds[each] for each in used if each in all_kinds and each not in kinds}
        if all_kinds
        else {}
    )
    has_aliases = families or aliases or any(message.inner for message in messages)
    typing = {"Literal"} & used | ({"TypeAlias"} if has_aliases else set[str]())
    typing |= {"TYPE_CHECKING"} if elsewhere else set[str]()
    return MessagesView(
        names=tuple(name(kinds[each], each) for each in in_listed_order(kinds)),
        enums=tuple(map(enum_view, api.enums.values())),
        messages=messages,
        aliases=aliases,
        bases=imported(("IntEnum", "StrEnum"), {base(each) for each in api.enums.values()}),
        typing=imported(("TYPE_CHECKING", "Literal", "TypeAlias"), typing),
        families=families,
        containers=imported(("Mapping", "Sequence"), used),
        dates="dt" in used,
        times=imported(("datetime", "timedelta"), used),
        files="FilePart" in used,
        values=tuple(word(each) for each in order if each in used),
        others=tuple(name(elsewhere[each], each) for each in in_import_order(elsewhere)),
        is_part=all_kinds is not None,
    )


def _annotations(message: MessageView) -> Iterator[Source]:
    """Names that a message refers to."""
    for attribute in message.attributes:
        yield from (attribute.annotation, *attribute.others, attribute.default or attribute.annotation)
    yield from (variant.annotation for variant in (*message.nested, *message.family))


def _alias(alias: Alias) -> AliasView:
    if alias.type is None:
        raise TypeError(f"{alias.name} has no type")
    text = " ".join(filter(None, (alias.doc.strip(), *_choice_notes(alias.type))))
    type_ = annotation(alias.type)
    return AliasView(
        name=name("alias", alias.name),
        type=type_,
        text=literal(type_.text),
        doc=doc(text) if text else None,
    )


def _choice_notes(type_: TypeRef) -> Iterator[str]:
    """What a reader of a union should know of how it is read."""
    if isinstance(type_, UnionOf) and isinstance(type_.discrimination, FirstThatFits):
        yield "The first of these types that fits is taken."


def _message(message: Message, inner: tuple[InnerView, ...]) -> MessageView:
    indent = 4 if message.family else 8
    variants = tuple(
        _variant(variant.class_name, variant, indent)
        for union in message.groups
        for variant in union.variants
        if variant.class_name is not None
    )
    return MessageView(
        name=name("message", message.name),
        doc=doc(message.doc or f"The message {message.place}.", 4),
        inner=inner,
        nested=() if message.family else variants,
        family=variants if message.family else (),
        attributes=tuple(
            _field(member) if isinstance(member, Field) else _union(member)
            for member in message.members
            if isinstance(member, Field) or not message.family
        )
        + tuple(_extra(message)),
    )


def _extra(message: Message) -> Iterator[AttributeView]:
    """Yield the attribute with the values under all other keys, where they have a type."""
    if message.extra is not None:
        yield AttributeView(
            name=name("field", message.extra_name),
            annotation=annotation(MapOf(message.extra)),
            default=NO_ENTRIES,
            doc=doc("The values under all other keys.", 4),
        )


def _field(field: Field) -> AttributeView:
    type_, default = annotation(field.type), _default(field)
    text = _field_doc(field)
    optional = default is NONE and type_.text != "JsonValue" and not isinstance(field.type, Nullable)
    return AttributeView(
        name=name("field", field.name),
        annotation=joined(type_, " | ", NONE) if optional else type_,
        default=default,
        doc=doc(text, 4) if text else None,
    )


def _default(field: Field) -> Source | None:
    """Return what the attribute holds unless it is given: a constant that must be there is filled in, but for null."""
    if not field.needed:
        return absent(field.type)
    values = field.type.values if isinstance(field.type, Const) else ()
    return literal(values[0]) if len(values) == 1 and values != (None,) else None


def _field_doc(field: Field) -> str:
    """The field's text, with the marks that a caller should see."""
    notes = ["Deprecated."] if field.deprecated else []
    notes += ["Set by the service."] if field.read_only else []
    rules = field.rules
    unchecked = rules.pattern if rules.pattern and not rules.pattern_is_linear else None
    pattern = unchecked or (field.pattern if not rules.pattern else None)
    notes += [f"Pattern: `{pattern}`."] if pattern else []
    notes += _choice_notes(leaf(field.type))
    notes += [f"An extension: {field.evidence}."] if field.evidence else []
    return " ".join([field.doc.strip(), *notes]).strip()


def _union(union: Group) -> AttributeView:
    first, *others = (
        annotation(variant.field.type) if variant.class_name is None else name("variant", variant.class_name)
        for variant in union.variants
    )
    note = f"Union field `{union.wire}`{', one of which must be set' if union.required else ''}."
    return AttributeView(
        name=name("field", union.name),
        annotation=first,
        others=(*others, NONE),
        default=NONE,
        doc=doc(f"{union.doc.strip()} {note}".strip(), 4),
    )


def _variant(class_name: str, variant: Variant, indent: int) -> VariantView:
    return VariantView(
        name=name("variant", class_name),
        annotation=annotation(variant.field.type),
        doc=doc(_field_doc(variant.field) or f"The member {variant.field.wire}.", indent),
    )
