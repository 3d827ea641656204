"""Write types of the IR as Python annotations."""

from __future__ import annotations

from typing import Final

from ..ir import (
    AliasRef,
    Const,
    EnumRef,
    JsonScalar,
    Kind,
    ListOf,
    MapOf,
    MessageRef,
    Nullable,
    Packed,
    Parameter,
    Scalar,
    TupleOf,
    TypeRef,
    UnionOf,
)
from .source import Source, joined, literal, word
from .source import name as published

_STR: Final = word("str")
_JSON: Final = word("JsonValue")
_UNLISTED: Final = word("Unlisted")
_UNRECOGNIZED: Final = word("Unrecognized")
NONE: Final = literal(None)
NO_ITEMS: Final = word("ABSENT")
NO_ENTRIES: Final = word("EMPTY")
MESSAGES: Final = word("messages")
"""The module of the API's own types, as `client.py` imports it."""
_DATE_TIME: Final = Scalar(Kind.DATE_TIME)
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
    **dict.fromkeys((Kind.INTEGER, Kind.LONG, Kind.ULONG), word("int")),
    Kind.NUMBER: word("float"),
    Kind.DAY: word("dt.date"),
    Kind.BINARY: joined(word("bytes"), " | ", word("FilePart")),
}


def annotation(type_: TypeRef, module: Source | None = None) -> Source:
    """Return the annotation of a value of a type; `module` is where the API's own names are, if not in the same module."""
    return SCALARS[type_.kind] if isinstance(type_, Scalar) else either(*_options(type_, module))


def _options(type_: TypeRef, module: Source | None) -> tuple[Source, ...]:
    """Return the annotations of which a value of a type has one."""
    match type_:
        case Scalar(kind):
            return (SCALARS[kind],)
        case Const(values):
            return _constants(values)
        case EnumRef(name):
            return (_own("enum", name, module), _UNLISTED)
        case MessageRef(name):
            return (_own("message", name, module),)
        case AliasRef(name):
            return (_own("alias", name, module),)
        case ListOf(item):
            return (sequence(annotation(item, module)),)
        case MapOf(value):
            return (joined(word("Mapping"), "[", _STR, ", ", annotation(value, module), "]"),)
        case TupleOf():
            return (_tuple(type_, module),)
        case Nullable(inner):
            return (*_options(inner, module), NONE)
        case UnionOf(members):
            return (*(each for member in members for each in _options(member, module)), _UNRECOGNIZED)
        case Packed():
            known = [_own("message", each, module) for each in packed_names(type_)]
            return (*known, SCALARS[Kind.STRUCT])


def _constants(values: tuple[JsonScalar, ...]) -> tuple[Source, ...]:
    """Return the annotations of constants. A fraction cannot be a `Literal`, and null is None."""
    exact = [value for value in values if not isinstance(value, float) and value is not None]
    kinds = {type(value) for value in values}
    parts = [part for value in exact for part in (", ", literal(value))][1:]
    return (
        *((joined(word("Literal"), "[", *parts, "]"),) if exact else ()),
        *((word("float"),) if float in kinds else ()),
        *((_UNLISTED,) if kinds & {str, int} else ()),
        *((NONE,) if None in values else ()),
    )


def _tuple(type_: TupleOf, module: Source | None) -> Source:
    items = [annotation(each, module) for each in type_.items]
    if type_.rest is not None:
        rest = joined(word("tuple"), "[", annotation(type_.rest, module), ", ", "...", "]")
        items.append(joined("*", rest) if items else rest)
        if len(items) == 1:
            return rest
    parts = [part for item in items for part in (", ", item)][1:]
    return joined(word("tuple"), "[", *parts, "]") if items else joined(word("tuple"), "[", literal(()), "]")


def parameter_annotation(parameter: Parameter) -> Source:
    """Return the annotation of an argument that fills a parameter."""
    if not parameter.values:
        # None leaves the parameter out.
        type_ = parameter.type.type if isinstance(parameter.type, Nullable) else parameter.type
        if type_ not in (_DATE_TIME, ListOf(_DATE_TIME)):
            return annotation(type_, MESSAGES)
        one = either(SCALARS[Kind.TIMESTAMP], _STR)
        return sequence(one) if parameter.repeated else one
    values = [part for value in parameter.values for part in (", ", literal(value))][1:]
    one = joined(word("Literal"), "[", *values, "]", " | ", _UNLISTED)
    return sequence(one) if parameter.repeated else one


def message_class(message: str, variant: str | None = None) -> Source:
    """Return the class of a message, or of one of its variants, as `client.py` refers to it."""
    found = _own("message", message, MESSAGES)
    return found if variant is None else joined(found, ".", published("variant", variant))


def sequence(item: Source) -> Source:
    """Return the annotation of a list."""
    return joined(word("Sequence"), "[", item, "]")


def either(*options: Source) -> Source:
    """Return the annotation of one of several types, each once."""
    # None last, as the linter wants it.
    each_once = sorted(dict.fromkeys(options), key=lambda option: option == NONE)
    return joined(*[part for option in each_once for part in (" | ", option)][1:])


def packed_names(type_: Packed) -> list[str]:
    """Return the messages of a packed field, each once."""
    return list(dict.fromkeys(name for _, name in type_.types))


def absent(type_: TypeRef) -> Source:
    """Return what an absent field of a type holds."""
    if isinstance(type_, ListOf):
        return NO_ITEMS
    return NO_ENTRIES if isinstance(type_, MapOf) else NONE


def _own(kind: str, text: str, module: Source | None) -> Source:
    own = published(kind, text)
    return own if module is None else joined(module, ".", own)
