"""Lists and maps of a family: large messages are made of them, so a member costs one look-up and one call."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .containers import BATCH, FIRST, NEXT, key_fault, mapping_of, sequence_of, write_batches
from .errors import DecodeError, EncodeError
from .families import FamilyCodec, Variant, Writer
from .jsontext import MAX_LEVELS, Codec, Reader, Write, chunks
from .messages import EMPTY, MAX_DEPTH
from .objects import too_deep

MANY: Final = 8
"""Values of one variant that are worth writing at once."""


def family_list(item: FamilyCodec) -> Codec:
    """Return the codec of a list of a family, kept as a tuple."""
    return Codec(_list_reader(item), _list_writer(item), True)


def family_map(item: FamilyCodec) -> Codec:
    """Return the codec of a map of a family, kept as a dict."""
    return Codec(_map_reader(item), _map_writer(item), True)


def _list_reader(codec: FamilyCodec) -> Reader:
    readers, read_item = codec.readers, codec.read

    def read(value: Any, depth: int) -> tuple[Any, ...]:
        if value.__class__ is not list:
            raise DecodeError.expected(value, "a list")
        if depth >= MAX_DEPTH and value:
            raise too_deep(DecodeError, value[0])
        inner = depth + 1
        out: list[Any] = []
        try:
            for each in value:
                if each.__class__ is dict and len(each) == 1:
                    (key,) = each
                    content = each[key]
                    read_variant = readers.get(key)
                    if read_variant is not None and content is not None:
                        out.append(read_variant(content, inner))
                        continue
                out.append(read_item(each, depth))
        except DecodeError as error:
            raise error.under(len(out)) from None
        return tuple(out)

    return read


def _map_reader(codec: FamilyCodec) -> Reader:
    readers, read_item = codec.readers, codec.read

    def read(value: Any, depth: int) -> Mapping[str, Any]:
        if value.__class__ is not dict:
            raise DecodeError.expected(value, "an object")
        if depth >= MAX_DEPTH and value:
            raise too_deep(DecodeError, value)
        inner = depth + 1
        out: dict[str, Any] = {}
        name = ""
        try:
            for name, each in value.items():
                if each.__class__ is dict and len(each) == 1:
                    (key,) = each
                    content = each[key]
                    read_variant = readers.get(key)
                    if read_variant is not None and content is not None:
                        out[name] = read_variant(content, inner)
                        continue
                out[name] = read_item(each, depth)
        except DecodeError as error:
            raise error.under(name) from None
        return out or EMPTY

    return read


def _list_writer(codec: FamilyCodec) -> Writer:
    writers, name, free = codec.writers, codec.name, codec.free
    free_class = None if free is None else free.cls

    def write_list(value: Any, depth: int, write: Write) -> None:
        values = value if value.__class__ is tuple else sequence_of(value)
        if len(values) > BATCH:
            write_batches(write_list, values, depth, write)
            return
        if depth >= MAX_DEPTH and values:
            raise too_deep(EncodeError, values[0].__class__.__qualname__)
        if free is not None and len(values) >= MANY and values[-1].__class__ is free_class:
            text = _written_at_once(values, free)
            if text is not None:
                write(text)
                return
        depth += 1
        opening, index = "[", -1
        each: Any = None
        try:
            for index, each in enumerate(values):  # noqa: B007 - where it stopped, when it does
                write(opening)
                writers[each.__class__](each, depth, write)
                opening = ","
        except EncodeError as error:
            raise error.under(index) from None
        except KeyError:
            if each.__class__ in writers:
                raise
            raise EncodeError.expected(each, f"a {name}").under(index) from None
        write("]" if values else "[]")

    return write_list


def _written_at_once(values: Sequence[Any], free: Variant) -> str | None:
    """Write a list of variants that hold free-form values; None where one of them needs a closer look."""
    plain = [
        {free.key: each.value}
        for each in values
        if each.__class__ is free.cls and each.unknown_fields is EMPTY
    ]
    if len(plain) < len(values):
        return None
    try:
        text = "".join(chunks(plain, 0))
    except (EncodeError, RecursionError, TypeError, ValueError):
        return None
    # One more brace is an object, whose keys are to be looked at, or part of a text.
    return text if text.count("{") == len(plain) and text.count("[") <= MAX_LEVELS else None


def _map_writer(codec: FamilyCodec) -> Writer:
    writers, name = codec.writers, codec.name

    def write_map(value: Any, depth: int, write: Write) -> None:
        values = value if value.__class__ is dict else mapping_of(value)
        if len(values) > BATCH:
            write_batches(write_map, values, depth, write)
            return
        if depth >= MAX_DEPTH and values:
            raise too_deep(EncodeError, next(iter(values.values())).__class__.__qualname__)
        depth += 1
        keys = FIRST
        key: Any = None
        each: Any = None
        try:
            for key, each in values.items():
                write(keys[key])
                writers[each.__class__](each, depth, write)
                keys = NEXT
        except EncodeError as error:
            raise error.under(key) from None
        except KeyError:
            if each.__class__ in writers:
                raise
            raise EncodeError.expected(each, f"a {name}").under(key) from None
        except TypeError as error:
            raise key_fault(key, error) from None
        write("}" if values else "{}")

    return write_map
