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
from .jsontext import Codec, Reader, Write, write_object
from .messages import EMPTY, MAX_DEPTH, Message
from .original_names import joined, with_json_names

T = TypeVar("T")
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
    """A key of a message: where its value goes, and how it is read. `read` replaces itself at its first use."""

    find: Callable[[], Codec]
    put: Callable[[Any, Any], None]
    nullable: bool
    """Null is a value here, and not absence."""
    union: str | None = None
    wrap: Callable[[Any], Any] | None = None
    """Makes the one-value class that stands for a member of a union."""
    read: Reader = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.read = self._first_read

    def _first_read(self, value: Any, depth: int) -> Any:
        self.read = self.find().read
        return self.read(value, depth)


@define(eq=False)
class Outgoing:
    """A key of a message, and how its value is written. `write` replaces itself at its first use."""

    key: str
    find: Callable[[], Codec]
    pieces: bool
    unwrap: bool = False
    """The value is inside the one-value class that stands for a member of a union."""
    check: Callable[[Any, Any], None] | None = None
    """Holds the value to a rule that concerns the whole message."""
    opening: str = attrs.field(init=False)
    write: Callable[..., Any] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.opening = f"{json.dumps(self.key)}:"
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
        chosen: dict[str, str] = {}
        key = ""
        complete = True
        try:
            for key, value in data.items():
                member = incoming.get(key)
                if member is None:
                    complete = False
                    continue
                if value is None and not member.nullable:
                    continue
                content = member.read(value, depth)
                if member.union is not None:
                    if member.union in chosen:
                        raise conflict(value, member.union, chosen[member.union], key)
                    chosen[member.union] = key
                    if member.wrap is not None:
                        content = member.wrap(content)
                member.put(message, content)
        except DecodeError as error:
            raise error.under(key) from None
        if complete:
            put_unknown_fields(message, EMPTY)
            return message
        return _with_others(message, data, depth)

    def _with_others(message: Any, data: dict[str, Any], depth: int) -> Any:
        others = {key: value for key, value in data.items() if key not in known}
        put_unknown_fields(message, others)
        renamed = with_json_names(others, known)
        return message if renamed is None else joined(message, read(renamed, depth - 1))

    return read


def message_writer(
    classes: frozenset[type[Any]], name: str, attributes: Iterable[Attribute], known: frozenset[str]
) -> Callable[[Any, int, Write], None]:
    """Return the writer of a message, or of what the variants of a family share."""
    rows = tuple(attributes)
    values_of = _values_of(tuple(row.name for row in rows))

    def write_message(message: Any, depth: int, write: Write) -> None:
        if message.__class__ not in classes:
            raise EncodeError.expected(message, name)
        if depth >= MAX_DEPTH:
            raise too_deep(EncodeError, message.__class__.__qualname__)
        depth += 1
        mark = "{"
        key: str | None = None
        try:
            for value, row in zip(values_of(message), rows):  # noqa: B905 - of one length, and in the hot loop
                if value is None or value is row.absent or (row.absent is not None and not value):
                    if row.required:
                        key = _check_missing(message, row)
                    continue
                member = row.one
                if member is None:
                    member = row.by_class.get(value.__class__)
                    if member is None:
                        key = None
                        raise _not_a_member(value, row)
                    key = member.key
                    if member.unwrap:
                        value = value.value
                else:
                    key = member.key
                    if member.check is not None:
                        member.check(value, message)
                if member.pieces:
                    write(mark + member.opening)
                    member.write(value, depth, write)
                else:
                    write(mark + member.opening + member.write(value, depth))
                mark = ","
        except EncodeError as error:
            raise error.under(key) from None
        if message.unknown_fields is not EMPTY:
            mark = _write_unknown(message, known, mark, write)
        write("}" if mark == "," else "{}")

    return write_message


def _values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Return the function that takes the values of these attributes from an object."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda message: tuple([getattr(message, name) for name in names])


def _check_missing(message: Any, row: Attribute) -> str | None:
    """Refuse a required attribute that is missing; a union may be set by a member newer than this client."""
    if row.one is not None:
        raise EncodeError(f"/{row.one.key}", None, row.required)
    if message.unknown_fields is EMPTY:
        raise EncodeError(f"/{row.name}", None, row.required)
    return None


def _not_a_member(value: object, row: Attribute) -> EncodeError:
    names = " or ".join(sorted(cls.__qualname__ for cls in row.by_class))
    return EncodeError.expected(value, names).under(row.name)


def _write_unknown(message: Message, known: frozenset[str], mark: str, write: Write) -> str:
    """Write the fields that this client does not know, as they came; return the mark before the next one."""
    fields: Any = message.unknown_fields
    if not isinstance(fields, Mapping):
        raise EncodeError.expected(fields, "a mapping").under("unknown_fields")
    clash = next((key for key in fields if key in known), None)
    if clash is not None:
        raise EncodeError(f"/{clash}", fields[clash], "a known field cannot be among the unknown ones")
    if not fields:
        return mark
    write(f"{mark}{write_object(fields, 0)[1:-1]}")
    return ","


def conflict(value: object, union: str, first: str, second: str) -> DecodeError:
    """Return the error for two members of one union."""
    return DecodeError("", value, f"union field {union} has two members set: {first} and {second}")


FaultT = TypeVar("FaultT", DecodeError, EncodeError)


def too_deep(fault: type[FaultT], value: object) -> FaultT:
    """Return the error for one message too many inside the others."""
    return fault("", value, f"more than {MAX_DEPTH} nested messages")


def value_class(cls: type[T]) -> Callable[[Any], T]:
    """Return the constructor of the one-value class of a union."""
    put = setter(cls, "value")

    def make(value: Any) -> T:
        made: T = new(cls)
        put(made, value)
        return made

    return make


def text_class(cls: type[T]) -> Callable[[str], T]:
    """Return a constructor that shares short texts: what is frequent, such as the name of a function, is made once."""
    known: dict[str, T] = {}
    make = value_class(cls)

    def shared(value: str) -> T:
        made = known.get(value)
        if made is None:
            made = make(value)
            if len(value) <= SHORT and len(known) < SHARED:
                known[value] = made
        return made

    return shared
