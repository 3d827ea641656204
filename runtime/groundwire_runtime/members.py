"""The codec of a message, made from the members that its table declares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

from .bounds import check_multiple
from .families import Variant, family
from .jsontext import ANY, Codec, Reader
from .objects import (
    Attribute,
    Incoming,
    Outgoing,
    message_reader,
    message_writer,
    setter,
    text_reader,
    value_reader,
)
from .scalars import INT32, INT64, STRING, UINT32, UINT64
from .schema import Case, Classes, Family, Field, Member, OneOf, Ref

Default: TypeAlias = tuple[Callable[[Any, Any], None], object]
_WHOLE: Final = (INT32, INT64, UINT32, UINT64)


def message_codec(classes: Classes, cls: type, members: Sequence[Member]) -> Codec:
    """Return the codec of a message, or of a family."""
    union = next((member for member in members if isinstance(member, Family)), None)
    plain = [member for member in members if not isinstance(member, Family)]
    if union is not None:
        return _family_codec(classes, cls, union, [member for member in plain if isinstance(member, Field)])
    incoming: dict[str, Incoming] = {}
    defaults: list[Default] = []
    attributes: list[Attribute] = []
    for member in plain:
        put = setter(cls, member.name)
        if isinstance(member, Field):
            defaults.append((put, member.absent))
            incoming[member.key] = _incoming(classes, member, put)
            attributes.append(_field_attribute(classes, member, plain))
        else:
            defaults.append((put, None))
            incoming |= {case.key: _incoming_case(classes, case, put, member) for case in member.cases}
            attributes.append(_union_attribute(classes, member))
    write = message_writer(cls, attributes, frozenset(incoming), frozenset())
    return Codec(message_reader(cls, incoming, defaults), write, True)


def _incoming(classes: Classes, field: Field, put: Callable[[Any, Any], None]) -> Incoming:
    return Incoming(lambda: field.codec(classes).read, put, field.type is ANY)


def _incoming_case(classes: Classes, case: Case, put: Callable[[Any, Any], None], union: OneOf) -> Incoming:

    def find() -> Reader:
        read = case.codec(classes).read
        if not case.cls:
            return read
        stands = classes.named(case.cls)
        return text_reader(stands) if case.type is STRING else value_reader(stands, read)

    return Incoming(find, put, case.type is ANY, union.name)


def _field_attribute(classes: Classes, field: Field, siblings: Sequence[Field | OneOf]) -> Attribute:
    check = None if field.multiple_of is None else _multiple_check(classes, field, siblings)
    one = Outgoing(field.key, partial(field.codec, classes), field.type.pieces, _is_text(field), check=check)
    return Attribute(field.name, field.absent, one, required="must be set" if field.required else "")


def _is_text(member: Field | Case) -> bool:
    return member.type in (STRING, ANY) and member.bounds is None


def _union_attribute(classes: Classes, union: OneOf) -> Attribute:
    by_class = {
        _class_of(classes, case): Outgoing(
            case.key, partial(case.codec, classes), case.type.pieces, _is_text(case), bool(case.cls)
        )
        for case in union.cases
    }
    return Attribute(union.name, None, None, by_class, _missing(union) if union.required else "")


def _class_of(classes: Classes, case: Case) -> type:
    """Return the class of the values of the union's attribute that stand for a member."""
    return classes.named(case.cls or (case.type.name if isinstance(case.type, Ref) else ""))


def _missing(union: OneOf | Family) -> str:
    return f"exactly one of {', '.join(case.key for case in union.cases)} must be set"


def _multiple_check(
    classes: Classes, field: Field, siblings: Sequence[Field | OneOf]
) -> Callable[[Any, Any], None]:
    """Return the check that every whole number in a field is a multiple of the field beside it."""
    name, default = field.multiple_of or ("", None)
    key = next(each.key for each in siblings if isinstance(each, Field) and each.name == name)
    inside = classes.members(field.type.name) if isinstance(field.type, Ref) else ()
    numbers = {each.name: each.key for each in inside if isinstance(each, Field) and each.type in _WHOLE}

    def check(value: Any, message: Any) -> None:
        divisor = getattr(message, name)
        check_multiple(value, numbers, default if divisor is None else divisor, key)

    return check


def _family_codec(classes: Classes, cls: type, union: Family, fields: Sequence[Field]) -> Codec:
    variants = [
        Variant(
            case.key,
            classes.named(case.cls),
            partial(case.codec, classes),
            case.type.pieces,
            _is_text(case),
            case.type is ANY,
        )
        for case in union.cases
    ]
    shared: dict[str, tuple[str, Incoming]] = {}
    defaults: list[Default] = []
    for field in fields:
        put = setter(cls, field.name)
        defaults.append((put, field.absent))
        shared[field.key] = field.name, _incoming(classes, field, put)
    known = frozenset((*shared, *(variant.key for variant in variants)))
    attributes = [_field_attribute(classes, field, fields) for field in fields]
    write_rest = message_writer(cls, attributes, known, frozenset(variant.cls for variant in variants))
    return family(cls, variants, shared, defaults, write_rest, _missing(union) if union.required else "")
