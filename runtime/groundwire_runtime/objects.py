"""Make the codec of a message from its entry in the table.

A class is paid for when it is first read or written: a member that refers to another type finds its codec then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, Final

import attrs

from .bounds import check_multiple
from .containers import map_of
from .decoding import message_reader, put_unknown_fields, read_at_once, value_reader, variants_reader
from .encoding import message_writer, variant_writer, variants_writer, written_at_once
from .errors import DecodeError, EncodeError
from .jsontext import Codec, Reader, Writer
from .message_keys import Key, Put, Row, setter, shared_by_class
from .presence import ABSENT, EMPTY
from .scalars import INT32, INT64, UINT32, UINT64
from .schema import Case, Classes, Extra, Family, Field, Member, OneOf, Ref

_WHOLE: Final = (INT32, INT64, UINT32, UINT64)


def message_codec(classes: Classes, cls: type, members: Sequence[Member]) -> Codec:
    """Return the codec of a message, or of a family: a message that is one union, whose variants are subclasses."""
    extra = next((each for each in members if isinstance(each, Extra)), None)
    rows = [_row(classes, cls, member, members) for member in members if not isinstance(member, Extra)]
    plain_rows = [row for row in rows if row.name]
    family = next((row for row in rows if not row.name), None)
    read = message_reader(cls, rows, proto_names=classes.proto_names)
    write = message_writer(cls, rows)
    needed = [row.key for row in plain_rows if row.key and row.needed]
    if needed:
        read = _complete_reader(read, needed)
    if extra is not None:
        find = cache(partial(_extra_codec, extra, classes))
        known = frozenset(key.name for row in rows for key in row.keys)
        read = _extra_reader(read, setter(cls, extra.name), find)
        write = _extra_writer(write, extra.name, find, known)
    if family is None:
        return Codec(read, write)
    write = variant_writer(cls, family, write)
    if plain_rows or extra is not None:
        return Codec(read, write)
    variants = family.by_class
    free = next(((variant, key) for variant, key in variants.items() if key.nullable), None)
    many = (partial(read_at_once, *free), partial(written_at_once, *free)) if free else (None, None)
    read_items, write_items = variants_reader(variants, read), variants_writer(variants, write)

    def read_one(data: Any, depth: int) -> Any:
        made: dict[None, Any] = {}
        read_items(((None, data),), depth, made)
        return made[None]

    def write_one(message: Any, depth: int) -> str:
        return write_items(((None, message),), depth, None)[0]

    read_many, write_many = many
    return Codec(read_one, write_one, frozenset(), read_items, read_many, write_items, write_many)


def _row(classes: Classes, cls: type, member: Field | OneOf | Family, siblings: Sequence[Member]) -> Row:
    if isinstance(member, Field):
        check = _multiple_check(classes, member, siblings) if member.multiple_of else None
        key = _key(member, partial(member.codec, classes), setter(cls, member.name), check=check)
        default = getattr(attrs.fields(cls), member.name).default
        # A constant that the class fills in is always written, and must come.
        absent = default if any(default is each for each in (None, ABSENT, EMPTY)) else attrs.NOTHING
        needed = absent is attrs.NOTHING
        key.nullable = key.nullable or (needed and member.nullable)
        return Row(
            member.name,
            absent,
            key,
            default=None if needed else default,
            required="must be set" if member.required or needed else "",
            null=needed and member.nullable,
            needed=needed,
        )
    names = ", ".join(case.key for case in member.cases)
    required = f"exactly one of {names} must be set" if member.required else ""
    if isinstance(member, Family):
        variants = {classes.named(case.cls): case for case in member.cases}
        by_class = {
            variant: _key(
                case, partial(case.codec, classes), setter(variant, "value"), union=cls.__name__, wraps=True
            )
            for variant, case in variants.items()
        }
        return Row("", None, None, by_class, required)
    by_class = dict(_union_key(classes, setter(cls, member.name), case, member) for case in member.cases)
    return Row(member.name, None, None, by_class, required)


def _key(member: Field | Case, find: Callable[[], Codec], put: Put, **more: Any) -> Key:
    plain = member.type.plain if isinstance(member.type, Codec) else frozenset[type]()
    text = str in plain and member.bounds is None
    if isinstance(member, Field):  # None is an absent value here, and a null is noted
        return Key(member.key, member.name, find, put, plain - {type(None)}, text, False, **more)
    return Key(member.key, member.key, find, put, plain, text, type(None) in plain, **more)


def _union_key(classes: Classes, put: Put, case: Case, union: OneOf) -> tuple[type, Key]:
    """Return the key of a member of a union, behind the class of the values that stand for it."""
    if not case.cls:
        cls = classes.named(case.type.name if isinstance(case.type, Ref) else "")
        return cls, _key(case, partial(case.codec, classes), put, union=union.name)
    cls = classes.named(case.cls)

    def find() -> Codec:
        codec = case.codec(classes)
        return Codec(value_reader(cls, codec.read, key.shared), codec.write)

    key = _key(case, find, put, union=union.name, wraps=True)
    key.shared, key.plain = shared_by_class(key.plain), frozenset[type]()
    return cls, key


def _multiple_check(classes: Classes, field: Field, siblings: Sequence[Member]) -> Callable[[Any, Any], None]:
    """Return the check that every whole number in a field is a multiple of the field beside it."""
    name, default = field.multiple_of or ("", None)
    key = next(each.key for each in siblings if isinstance(each, Field) and each.name == name)
    inside = classes.members(field.type.name) if isinstance(field.type, Ref) else ()
    numbers = {each.name: each.key for each in inside if isinstance(each, Field) and each.type in _WHOLE}

    def check(value: Any, message: Any) -> None:
        divisor = getattr(message, name)
        check_multiple(value, numbers, default if divisor is None else divisor, key)

    return check


def _complete_reader(read: Reader, keys: Sequence[Key]) -> Reader:
    """Return a reader that also refuses an object without some keys."""

    def read_complete(data: Any, depth: int) -> Any:
        message = read(data, depth)
        for key in keys:
            if key.name not in data:
                raise DecodeError(f"/{key.name}", None, "is missing")
            if data[key.name] is None and not key.nullable:
                raise DecodeError(f"/{key.name}", None, "must not be null")
        return message

    return read_complete


def _extra_codec(extra: Extra, classes: Classes) -> Codec:
    """Return the codec of the values under all other keys, which may be messages of the same class."""
    return map_of(extra.codec(classes))


def _extra_reader(read: Reader, put: Put, find: Callable[[], Codec]) -> Reader:
    """Return a reader that gives the values under unknown keys a type, and an attribute of their own."""

    def read_all(data: Any, depth: int) -> Any:
        message = read(data, depth)
        unknown = message.unknown_fields
        put(message, EMPTY if unknown is EMPTY else find().read(unknown, depth + 1))
        put_unknown_fields(message, EMPTY)
        return message

    return read_all


def _extra_writer(write: Writer, attribute: str, find: Callable[[], Codec], known: frozenset[str]) -> Writer:
    """Return a writer that puts the values of that attribute beside the members of a message."""

    def write_all(message: Any, depth: int) -> str:
        text = write(message, depth)
        values: Mapping[str, Any] = getattr(message, attribute)
        if not values:
            return text
        others = find().write(values, depth + 1)
        clash = next((key for key in values if key in known or key in message.unknown_fields), None)
        if clash is not None:
            raise EncodeError(f"/{clash}", values[clash], f"a known field cannot be in {attribute}")
        return f"{text[:-1]}{'' if text == '{}' else ','}{others[1:]}"

    return write_all
