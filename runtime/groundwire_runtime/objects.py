"""The codec of a message: two loops over the members that its table declares.

Reading does not change the parsed JSON. A class is paid for when it is first read or written: a member that refers to
another type finds its codec then.
"""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, Final, TypeVar

import attrs
from attrs import define

from .errors import DecodeError, EncodeError
from .jsontext import Codec, Reader, Write, quote, write_object
from .messages import EMPTY, MAX_DEPTH, Message
from .original_names import joined, with_json_names

SHORT: Final = 64
"""Characters of a text whose frozen value is shared."""
SHARED: Final = 1_024
"""Values of one class that are shared."""
new: Final[Callable[[type], Any]] = object.__new__
"""Makes an object of a class, with nothing in its slots."""


def setter(cls: type, attribute: str) -> Callable[[Any, Any], None]:
    """Return the function that fills one slot of a new object of a frozen class."""
    put: Callable[[Any, Any], None] = getattr(cls, attribute).__set__
    return put


put_unknown_fields: Final = setter(Message, "unknown_fields")


@define(eq=False)
class Incoming:
    """A key of a message: how its value is read, and where it goes. `read` replaces itself at its first use."""

    find: Callable[[], Reader]
    put: Callable[[Any, Any], None]
    nullable: bool
    """Null is a value here, and not absence."""
    union: str = ""
    """The attribute of the union that this is a member of."""
    read: Reader = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.read = self._first_read

    def _first_read(self, value: Any, depth: int) -> Any:
        self.read = self.find()
        return self.read(value, depth)


@define(eq=False)
class Outgoing:
    """A key of a message, and how its value is written. `write` replaces itself at its first use."""

    name: str
    find: Callable[[], Codec]
    pieces: bool
    text: bool
    """A text has no bounds to keep, so it needs no call."""
    unwrap: bool = False
    """The value is inside the one-value class that stands for a member of a union."""
    check: Callable[[Any, Any], None] | None = None
    """Holds the value to a rule that concerns the whole message."""
    first: str = attrs.field(init=False)
    """JSON text of the key where nothing stands before it, and where something does (`next`)."""
    next: str = attrs.field(init=False)
    write: Callable[..., Any] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.first, self.next = f"{{{json.dumps(self.name)}:", f",{json.dumps(self.name)}:"
        self.write = self._first_write

    def _first_write(self, *arguments: Any) -> Any:
        self.write = self.find().write
        return self.write(*arguments)


@define(eq=False)
class Attribute:
    """An attribute of a message as it is written: one key, or for a union one for each class of its values."""

    name: str
    absent: object
    one: Outgoing | None = None
    by_class: Mapping[type, Outgoing] = attrs.field(factory=dict[type, Outgoing])
    required: str = ""
    """The rule that a missing value breaks; empty where it may be missing."""


def message_reader(
    cls: type, incoming: Mapping[str, Incoming], defaults: Iterable[tuple[Callable[[Any, Any], None], object]]
) -> Reader:
    """Return the reader of a message. `defaults` are the values of absent attributes."""
    known = frozenset(incoming)
    defaults = tuple(defaults)

    def read(data: Any, depth: int) -> Any:
        if data.__class__ is not dict:
            raise DecodeError.expected(data, "an object")
        if depth >= MAX_DEPTH:
            raise too_deep(DecodeError, data)
        message = new(cls)
        for put, default in defaults:
            put(message, default)
        depth += 1
        key = ""
        complete = True
        try:
            for key, value in data.items():
                member = incoming.get(key)
                if member is None:
                    complete = False
                elif value is not None or member.nullable:
                    content = member.read(value, depth)
                    if member.union and getattr(message, member.union) is not None:
                        raise _conflict(data, key, incoming)
                    member.put(message, content)
        except DecodeError as error:
            raise error.under(key) from None
        if complete:
            put_unknown_fields(message, EMPTY)
            return message
        return with_others(message, data, depth)

    def with_others(message: Any, data: dict[str, Any], depth: int) -> Any:
        others = {key: value for key, value in data.items() if key not in known}
        put_unknown_fields(message, others)
        renamed = with_json_names(others, known)
        return message if renamed is None else joined(message, read(renamed, depth - 1))

    return read


def _conflict(data: Mapping[str, Any], second: str, incoming: Mapping[str, Incoming]) -> DecodeError:
    """The error for a key of a union of which another key came before."""
    union = incoming[second].union
    first = next(key for key in data if key in incoming and incoming[key].union == union)
    return conflict(data[second], union, first, second)


def message_writer(
    cls: type[Any], attributes: Iterable[Attribute], known: frozenset[str], variants: frozenset[type[Any]]
) -> Callable[[Any, int, Write], None]:
    """Return the writer of a message, or of what the variants of a family share."""
    rows = tuple((attribute.absent, attribute.one, attribute) for attribute in attributes)
    values_of = _values_of(tuple(attribute.name for _, _, attribute in rows))

    def write_message(message: Any, depth: int, write: Write) -> None:
        if message.__class__ is not cls and message.__class__ not in variants:
            raise EncodeError.expected(message, cls.__qualname__)
        if depth >= MAX_DEPTH:
            raise too_deep(EncodeError, message.__class__.__qualname__)
        depth += 1
        some = False
        key: Outgoing | None = None
        try:
            for value, (absent, key, attribute) in zip(values_of(message), rows):  # noqa: B905 - of one length
                if value is absent or (absent is not None and not value):
                    if attribute.required:
                        _check_missing(message, attribute)
                    continue
                if key is None:
                    key = attribute.by_class.get(value.__class__)
                    if key is None:
                        raise _not_a_member(value, attribute)
                    if key.unwrap:
                        value = value.value
                elif key.check is not None:
                    key.check(value, message)
                opening = key.next if some else key.first
                if key.pieces:
                    write(opening)
                    key.write(value, depth, write)
                elif key.text and value.__class__ is str:
                    write(opening + quote(value))
                else:
                    write(opening + key.write(value, depth))
                some = True
        except EncodeError as error:
            raise error.under(None if key is None else key.name) from None
        if message.unknown_fields is not EMPTY:
            some = _write_unknown(message, known, some, write)
        write("}" if some else "{}")

    return write_message


def _values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Return the function that takes the values of these attributes from an object."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda message: tuple([getattr(message, name) for name in names])


def _check_missing(message: Any, attribute: Attribute) -> None:
    """Refuse a required attribute that is missing; a union may be set by a member newer than this client."""
    if attribute.one is not None:
        raise EncodeError("", None, attribute.required)
    if message.unknown_fields is EMPTY:
        raise EncodeError(f"/{attribute.name}", None, attribute.required)


def _not_a_member(value: object, attribute: Attribute) -> EncodeError:
    names = " or ".join(sorted(cls.__qualname__ for cls in attribute.by_class))
    return EncodeError.expected(value, names).under(attribute.name)


def _write_unknown(message: Message, known: frozenset[str], some: bool, write: Write) -> bool:
    """Write the fields that this client does not know, as they came; whether the object has members by now."""
    fields: Any = message.unknown_fields
    if not isinstance(fields, Mapping):
        raise EncodeError.expected(fields, "a mapping").under("unknown_fields")
    clash = next((key for key in fields if key in known), None)
    if clash is not None:
        raise EncodeError(f"/{clash}", fields[clash], "a known field cannot be among the unknown ones")
    if fields:
        write(f"{',' if some else '{'}{write_object(fields, 0)[1:-1]}")
    return some or bool(fields)


def conflict(value: object, union: str, first: str, second: str) -> DecodeError:
    """Return the error for two members of one union."""
    return DecodeError("", value, f"union field {union} has two members set: {first} and {second}")


FaultT = TypeVar("FaultT", DecodeError, EncodeError)


def too_deep(fault: type[FaultT], value: object) -> FaultT:
    """Return the error for one message too many inside the others."""
    return fault("", value, f"more than {MAX_DEPTH} nested messages")


def value_reader(cls: type, read_value: Reader) -> Reader:
    """Return the reader of a member of a union for which a one-value class stands."""
    put = setter(cls, "value")

    def read(value: Any, depth: int) -> Any:
        made = new(cls)
        put(made, read_value(value, depth))
        return made

    return read


def text_reader(cls: type) -> Reader:
    """Return a reader that shares short texts: what is frequent, such as the name of a function, is made once."""
    known: dict[str, Any] = {}
    put = setter(cls, "value")

    def read(value: Any, depth: int) -> Any:  # noqa: ARG001 - every reader has the same shape
        if value.__class__ is not str:
            raise DecodeError.expected(value, "a string")
        made = known.get(value)
        if made is None:
            made = new(cls)
            put(made, value)
            if len(value) <= SHORT and len(known) < SHARED:
                known[value] = made
        return made

    return read
