"""Expressions for leaf and container codecs, each distinct one a constant of `codecs.py`."""

from __future__ import annotations

from typing import Final

from ..ir import Api, EnumRef, Field, Kind, ListOf, MapOf, Message, MessageRef, Packed, Rules, Scalar, TypeRef
from ..names import snake
from .annotations import packed_names
from .plain import bracketed, quoted

FUNCTIONS: Final = {
    Kind.STRING: "string",
    Kind.BOOLEAN: "boolean",
    Kind.INT32: "int32",
    Kind.UINT32: "uint32",
    Kind.INT64: "int64",
    Kind.UINT64: "uint64",
    Kind.FLOAT: "float32",
    Kind.DOUBLE: "double",
    Kind.BYTES: "byte",
    Kind.TIMESTAMP: "timestamp",
    Kind.DURATION: "duration",
    Kind.FIELD_MASK: "field_mask",
    Kind.DATE: "string",
    Kind.DATE_TIME: "string",
    Kind.ANY: "any_value",
    Kind.STRUCT: "struct",
}
"""Decoders in the runtime, by kind; encoders have the same names."""


class Leaves:
    """The codec expressions of an API; `lines` declares the constants that `decoder` and `encoder` named."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._constants: dict[str, str] = {}

    def lines(self) -> list[str]:
        """The declarations, in the order in which they were first needed (inner ones first)."""
        return [f"{name} = {value}" for name, value in self._constants.items()]

    def enum_lines(self) -> list[str]:
        """The codecs of enums: needed before anything else."""
        return [
            line
            for name in self.api.enums
            for line in (
                f"decode_{snake(name)} = decode.enum(messages.{name})",
                f"encode_{snake(name)} = encode.enum(messages.{name})",
            )
        ]

    def decoder(self, field: Field, owner: Message) -> str:
        """The expression of a field's decoder."""
        inner = self._decoder(field.type, owner, field)
        if not field.wrapped:
            return inner
        return self._constant(f"{_prefixed(inner, 'decode')}__wrapped", f"decode.wrapped({inner})")

    def _decoder(self, type_: TypeRef, owner: Message, field: Field) -> str:
        if isinstance(type_, Scalar):
            return f"decode.{FUNCTIONS[type_.kind]}"
        if isinstance(type_, (EnumRef, MessageRef)):
            return f"decode_{snake(type_.name)}"
        if isinstance(type_, (ListOf, MapOf)):
            inner = type_.item if isinstance(type_, ListOf) else type_.value
            suffix = "list" if isinstance(type_, ListOf) else "map"
            item = self._decoder(inner, owner, field)
            value = f"decode.{suffix}_of({item})"
            if isinstance(inner, MessageRef) and self.api.messages[inner.name].family:
                value = f"decode.family_{suffix}({snake(inner.name).upper()}_MEMBERS, {item})"
            return self._constant(f"{_prefixed(item, 'decode')}__{suffix}", value)
        return self._packed_decoder(type_, owner, field)

    def _packed_decoder(self, type_: Packed, owner: Message, field: Field) -> str:
        types = [f"{quoted(url)}: decode_{snake(name)}" for url, name in type_.types]
        sent = [quoted(self._sent_url(type_, name)) for name in packed_names(type_)]
        value = bracketed(
            "decode.packed(",
            [bracketed("{", types, "}", indent=4), f"sent=frozenset({{{', '.join(sent)}}})"],
            ")",
        )
        return self._constant(f"decode_{_place(owner, field)}__packed", value)

    @staticmethod
    def _sent_url(type_: Packed, name: str) -> str:
        return next(url for url, each in type_.types if each == name)

    def writes(self, type_: TypeRef) -> bool:
        """Whether values of a type are written piece by piece: messages, and containers of them."""
        if isinstance(type_, ListOf):
            return self.writes(type_.item)
        if isinstance(type_, MapOf):
            return self.writes(type_.value)
        return isinstance(type_, (MessageRef, Packed))

    def encoder(self, field: Field, owner: Message) -> str:
        """The expression of a field's encoder, or of its writer, its bounds included."""
        inner = self._encoder(field.type, owner, field)
        place = f"encode_{_place(owner, field)}"
        bounds = _bounds(field.rules)
        if bounds:
            arguments = bracketed("Bounds(", bounds, ")", indent=4)
            name = "bounded_messages" if self.writes(field.type) else "bounded"
            inner = self._constant(f"{place}__bounded", bracketed(f"{name}(", [inner, arguments], ")"))
        if field.rules.members:
            classes = self._member_classes(field)
            inner = self._constant(f"{place}__only", bracketed("only(", [inner, classes], ")"))
        return inner

    def _member_classes(self, field: Field) -> str:
        target = field.type.name if isinstance(field.type, MessageRef) else ""
        found = self.api.messages[target]
        classes = [
            f"messages.{found.name}.{variant.class_name}"
            for union in found.unions
            for variant in union.variants
            if variant.field.wire in field.rules.members
        ]
        return f"({', '.join(classes)},)"

    def _encoder(self, type_: TypeRef, owner: Message, field: Field) -> str:
        if isinstance(type_, Scalar):
            return f"encode.{FUNCTIONS[type_.kind]}"
        if isinstance(type_, (EnumRef, MessageRef)):
            return f"encode_{snake(type_.name)}"
        if isinstance(type_, Packed):
            return self._packed_encoder(type_, owner, field)
        inner = type_.item if isinstance(type_, ListOf) else type_.value
        suffix = "list" if isinstance(type_, ListOf) else "map"
        item = self._encoder(inner, owner, field)
        value = f"encode.messages_{suffix}({item})" if self.writes(inner) else f"encode.{suffix}_of({item})"
        if isinstance(inner, MessageRef) and self.api.messages[inner.name].family:
            arguments = [f"{snake(inner.name).upper()}_ENCODERS", quoted(inner.name)]
            arguments += self._free_variant(self.api.messages[inner.name]) if suffix == "list" else []
            value = bracketed(f"encode.family_{suffix}(", arguments, ")")
        return self._constant(f"{_prefixed(item, 'encode')}__{suffix}", value)

    @staticmethod
    def _free_variant(family: Message) -> list[str]:
        """The class and the key of the variant of a family that holds a value of any kind."""
        return [
            part
            for union in family.unions
            for variant in union.variants
            if variant.field.type == Scalar(Kind.ANY) and not family.fields
            for part in (f"messages.{family.name}.{variant.class_name}", quoted(variant.field.wire))
        ][:2]

    def _packed_encoder(self, type_: Packed, owner: Message, field: Field) -> str:
        types = [
            f"messages.{name}: ({quoted(self._sent_url(type_, name))}, encode_{snake(name)})"
            for name in packed_names(type_)
        ]
        value = bracketed("encode.packed(", [bracketed("{", types, "}", indent=4)], ")")
        return self._constant(f"encode_{_place(owner, field)}__packed", value)

    def _constant(self, name: str, value: str) -> str:
        self._constants.setdefault(name, value)
        return name


def _place(owner: Message, field: Field) -> str:
    """A field in the names of constants; one of a union has no attribute of its own."""
    return f"{snake(owner.name)}__{field.name or snake(field.wire)}"


def _prefixed(expression: str, side: str) -> str:
    """The start of a constant's name: `decode_foo` as it is, and `decode.foo` apart from it."""
    return expression.replace(f"{side}.", f"{side}__", 1)


def _bounds(rules: Rules) -> list[str]:
    names = ("minimum", "maximum", "exclusive_minimum", "min_length", "max_length", "max_items")
    found = [f"{name}={getattr(rules, name)!r}" for name in names if getattr(rules, name) is not None]
    if rules.pattern is not None:
        found.append(f"pattern={quoted(rules.pattern)}")
    return found
