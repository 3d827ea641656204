"""Write types of the IR as Python annotations."""

from __future__ import annotations

from typing import Final

from ..ir import EnumRef, Kind, ListOf, MapOf, MessageRef, Packed, Parameter, Scalar, TypeRef
from .source import Source, joined, literal, name, word

_STR: Final = word("str")
_JSON: Final = word("JsonValue")
_UNLISTED: Final = word("Unlisted")
NONE: Final = literal(None)
NO_ITEMS: Final = word("ABSENT")
NO_ENTRIES: Final = word("EMPTY")
MESSAGES: Final = word("messages")
"""The module of the API's own types, as `client.py` imports it."""
SCALARS: Final = {
    Kind.STRING: _STR,
    Kind.BOOLEAN: word("bool"),
    Kind.INT32: word("int"),
    Kind.UINT32: word("int"),
    Kind.INT64: word("int"),
    Kind.UINT64: word("int"),
    Kind.FLOAT: word("float"),
    Kind.DOUBLE: word("float"),
    Kind.BYTES: word("bytes"),
    Kind.TIMESTAMP: word("datetime"),
    Kind.DURATION: word("timedelta"),
    Kind.FIELD_MASK: _STR,
    Kind.DATE: _STR,
    Kind.DATE_TIME: _STR,
    Kind.ANY: _JSON,
    Kind.STRUCT: joined(word("Mapping"), "[", _STR, ", ", _JSON, "]"),
}


def annotation(type_: TypeRef, module: Source | None = None) -> Source:
    """Return the annotation of a value of a type; `module` is where the API's own names are, if not in the same module."""
    if isinstance(type_, Scalar):
        return SCALARS[type_.kind]
    if isinstance(type_, EnumRef):
        return joined(_own("enum", type_.name, module), " | ", _UNLISTED)
    if isinstance(type_, MessageRef):
        return _own("message", type_.name, module)
    if isinstance(type_, ListOf):
        return sequence(annotation(type_.item, module))
    if isinstance(type_, MapOf):
        return joined(word("Mapping"), "[", _STR, ", ", annotation(type_.value, module), "]")
    known = [_own("message", each, module) for each in packed_names(type_)]
    return either(*known, SCALARS[Kind.STRUCT])


def parameter_annotation(parameter: Parameter) -> Source:
    """Return the annotation of an argument that fills a parameter."""
    one = SCALARS[parameter.scalar.kind]
    if parameter.values:
        values = [part for value in parameter.values for part in (", ", literal(value))][1:]
        one = joined(word("Literal"), "[", *values, "]", " | ", _UNLISTED)
    return sequence(one) if parameter.repeated else one


def message_class(message: str, variant: str | None = None) -> Source:
    """Return the class of a message, or of one of its variants, as `client.py` refers to it."""
    found = _own("message", message, MESSAGES)
    return found if variant is None else joined(found, ".", name("variant", variant))


def sequence(item: Source) -> Source:
    """Return the annotation of a list."""
    return joined(word("Sequence"), "[", item, "]")


def either(*options: Source) -> Source:
    """Return the annotation of one of several types."""
    return joined(*[part for option in options for part in (" | ", option)][1:])


def packed_names(type_: Packed) -> list[str]:
    """Return the messages of a packed field, each once."""
    return list(dict.fromkeys(name for _, name in type_.types))


def absent(type_: TypeRef) -> Source:
    """Return what an absent field of a type holds."""
    if isinstance(type_, ListOf):
        return NO_ITEMS
    return NO_ENTRIES if isinstance(type_, MapOf) else NONE


def _own(kind: str, text: str, module: Source | None) -> Source:
    own = name(kind, text)
    return own if module is None else joined(module, ".", own)
