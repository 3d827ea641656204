"""The codec of a family: a message that is nothing but one union, whose variants are subclasses.

Most values of a family are objects of one key: that case is read and written with one look-up.
"""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

import attrs
from attrs import frozen

from .errors import DecodeError, EncodeError
from .jsontext import Codec, Reader, Write, quote
from .messages import EMPTY, MAX_DEPTH
from .objects import Incoming, conflict, new, put_unknown_fields, setter, too_deep
from .original_names import with_json_names

Writer: TypeAlias = Callable[[Any, int, Write], None]


@frozen
class Variant:
    """A variant of a family: its key, its class, and how the value of it is read and written."""

    key: str
    cls: type[Any]
    codec: Callable[[], Codec]
    pieces: bool
    text: bool
    """A text has no bounds to keep, so it needs no call."""
    nullable: bool
    """Its value is of any JSON type, null included."""


@frozen
class FamilyCodec(Codec):
    """The codec of a family, with what lists and maps of it look up."""

    name: str = ""
    readers: Mapping[str, Reader] = attrs.field(factory=dict[str, Reader])
    writers: Mapping[type, Writer] = attrs.field(factory=dict[type, Writer])
    free: Variant | None = None
    """The variant that holds a value of any kind."""


def family(
    cls: type,
    variants: Sequence[Variant],
    shared: Mapping[str, tuple[str, Incoming]],
    defaults: Sequence[tuple[Callable[[Any, Any], None], object]],
    write_rest: Writer,
    required: str,
) -> FamilyCodec:
    """Return the codec of a family.

    `shared` and `defaults` are the plain fields beside the union, if any; `write_rest` writes these and the unknown
    fields as an object; `required` is the rule that a message without a variant breaks, or empty.
    """
    readers: dict[str, Reader] = {}
    writers: dict[type, Writer] = {cls: _bare_writer(required, write_rest)}
    for variant in variants:
        _first_used(readers, variant.key, partial(_variant_reader, variant, defaults))
        _first_used(writers, variant.cls, partial(_variant_writer, variant, write_rest, not shared))
    free = next((variant for variant in variants if variant.nullable), None)
    read_mixed = _mixed_reader(cls, readers, shared, None if free is None else free.key)

    def read(data: Any, depth: int) -> Any:
        if data.__class__ is not dict:
            raise DecodeError.expected(data, "an object")
        if depth >= MAX_DEPTH:
            raise too_deep(DecodeError, data)
        if len(data) == 1:
            [(key, value)] = data.items()
            read_variant = readers.get(key)
            if read_variant is not None and value is not None:
                return read_variant(value, depth + 1)
        return read_mixed(data, depth + 1)

    def write_message(message: Any, depth: int, write: Write) -> None:
        write_variant = writers.get(message.__class__)
        if write_variant is None:
            raise EncodeError.expected(message, cls.__name__)
        if depth >= MAX_DEPTH:
            raise too_deep(EncodeError, message.__class__.__qualname__)
        write_variant(message, depth + 1, write)

    return FamilyCodec(read, write_message, True, cls.__name__, readers, writers, None if shared else free)


def _first_used(
    functions: dict[Any, Callable[..., Any]], key: Any, make: Callable[[], Callable[..., Any]]
) -> None:
    """Put a function in a table that replaces itself there when it is first called."""

    def first(*arguments: Any) -> Any:
        functions[key] = make()
        return functions[key](*arguments)

    functions[key] = first


def _variant_reader(
    variant: Variant, defaults: Sequence[tuple[Callable[[Any, Any], None], object]]
) -> Reader:
    """Return the reader of what stands under the key of a variant."""
    cls, key, read_value, put = variant.cls, variant.key, variant.codec().read, setter(variant.cls, "value")
    text = variant.text

    def read(value: Any, depth: int) -> Any:
        if not text or value.__class__ is not str:
            try:
                value = read_value(value, depth)
            except DecodeError as error:
                raise error.under(key) from None
        made = new(cls)
        put_unknown_fields(made, EMPTY)
        if defaults:
            for put_default, default in defaults:
                put_default(made, default)
        put(made, value)
        return made

    return read


def _variant_writer(variant: Variant, write_rest: Writer, alone: bool) -> Writer:
    """Return the writer of a variant; `alone` when there are no plain fields beside it."""
    return (_pieces_writer if variant.pieces else _leaf_writer)(variant, write_rest, alone)


def _leaf_writer(variant: Variant, write_rest: Writer, alone: bool) -> Writer:
    opening, text = f"{{{json.dumps(variant.key)}:", variant.text
    write_value: Callable[[Any, int], str] = variant.codec().write

    def write_leaf(message: Any, depth: int, write: Write) -> None:
        value = message.value
        if text and value.__class__ is str:
            written = quote(value)
        else:
            try:
                written = write_value(value, depth)
            except EncodeError as error:
                raise error.under(variant.key) from None
        if alone and message.unknown_fields is EMPTY:
            write(f"{opening}{written}}}")
        else:
            write(opening + written)
            _write_rest(message, depth, write, write_rest)

    return write_leaf


def _pieces_writer(variant: Variant, write_rest: Writer, alone: bool) -> Writer:
    opening = f"{{{json.dumps(variant.key)}:"
    write_value: Writer = variant.codec().write

    def write_pieces(message: Any, depth: int, write: Write) -> None:
        write(opening)
        try:
            write_value(message.value, depth, write)
        except EncodeError as error:
            raise error.under(variant.key) from None
        if alone and message.unknown_fields is EMPTY:
            write("}")
        else:
            _write_rest(message, depth, write, write_rest)

    return write_pieces


def _write_rest(message: Any, depth: int, write: Write, write_rest: Writer) -> None:
    """Write what stands beside the member, and the end of the object."""
    rest: list[str] = []
    write_rest(message, depth - 1, rest.append)
    text = "".join(rest)
    write("}" if text == "{}" else f",{text[1:]}")


def _bare_writer(required: str, write_rest: Writer) -> Writer:
    """Return the writer of the family's own class: a variant newer than this client, or none at all."""

    def write_bare(message: Any, depth: int, write: Write) -> None:
        if required and message.unknown_fields is EMPTY:
            raise EncodeError("", message, required)
        write_rest(message, depth - 1, write)

    return write_bare


def _mixed_reader(
    cls: type, readers: Mapping[str, Reader], shared: Mapping[str, tuple[str, Incoming]], free: str | None
) -> Reader:
    """Return the reader of an object that holds more than the key of one variant.

    Null leaves a member unset, but for the variant of any value. Without a known variant it is the family's own class.
    """
    known = frozenset((*readers, *shared))

    def read(data: Any, depth: int) -> Any:
        data = with_json_names(data, known) or data
        message, chosen = new(cls), ""
        others: dict[str, Any] = {}
        unknown: dict[str, Any] = {}
        for key, value in data.items():
            if key not in known:
                unknown[key] = value
            elif value is None and key != free:
                continue
            elif key in shared:
                try:
                    attribute, field = shared[key]
                    others[attribute] = field.read(value, depth)
                except DecodeError as error:
                    raise error.under(key) from None
            elif chosen:
                raise conflict(value, cls.__name__, chosen, key).under(key)
            else:
                chosen, message = key, readers[key](value, depth)
        if not chosen:
            return cls(**others, unknown_fields=unknown)
        return attrs.evolve(message, **others, unknown_fields=unknown)

    return read
