"""Write messages as JSON text."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from .errors import ArgumentError, EncodeError
from .jsontext import MAX_LEVELS, Writer, chunks, quote, too_deep, write_object
from .message_keys import Key, Row
from .messages import EMPTY, MAX_DEPTH, Message


def message_writer(cls: type[Any], rows: Sequence[Row]) -> Writer:
    """Return the writer of a message, or of what stands beside the variant of a family."""
    table = tuple((row.name, row.absent, row.key, row) for row in rows if row.name)
    nulls = {key.null_name: (row, key) for row in rows for key in row.keys}
    known = frozenset(key.name for _, key in nulls.values())
    variants = frozenset(variant for row in rows if not row.name for variant in row.by_class)

    def write(message: Any, depth: int) -> str:
        if message.__class__ is not cls and message.__class__ not in variants:
            raise EncodeError.expected(message, cls.__qualname__)
        if depth >= MAX_DEPTH:
            raise too_deep(EncodeError, message.__class__.__qualname__)
        depth += 1
        text = ""
        key: Key | None = None
        try:
            for name, absent, key, row in table:
                value = getattr(message, name)
                if value is None or value is absent:
                    if row.null:
                        text += f"{row.opening(text)}null"
                    elif row.required and name not in message.null_fields:
                        _check_missing(message, row)
                    continue
                if key is None:
                    key = row.by_class.get(value.__class__) or _refuse_member(value, row)
                    if key.wraps:
                        value = value.value
                elif key.check is not None:
                    key.check(value, message)
                text += key.next if text else key.first
                if key.text and value.__class__ is str:
                    text += quote(value)
                else:
                    text += key.write(value, depth)
        except EncodeError as error:
            raise error.under(None if key is None else key.name) from None
        if message.unknown_fields is not EMPTY or message.null_fields:
            for member in (*_unknown_texts(message, known), *_null_texts(message, nulls)):
                text += f"{',' if text else '{'}{member}"
        text += "}" if text else "{}"
        return text

    return write


def variant_writer(cls: type[Any], family: Row, write_rest: Writer, *, alone: bool) -> Writer:
    """Return the writer of a family; `write_rest` writes what stands beside the variant, `alone` tells of nothing."""
    variants = family.by_class

    def write(message: Any, depth: int) -> str:
        key = variants.get(message.__class__)
        if key is None or depth >= MAX_DEPTH:
            if family.required and message.__class__ is cls and message.unknown_fields is EMPTY:
                raise EncodeError("", message, family.required)
            return write_rest(message, depth)
        value = message.value
        if key.text and value.__class__ is str:
            text = quote(value)
        else:
            write_value = key.write
            try:
                text = write_value(value, depth + 1)
            except EncodeError as error:
                raise error.under(key.name) from None
        if alone and message.unknown_fields is EMPTY and not message.null_fields:
            return f"{key.first}{text}}}"
        rest = write_rest(message, depth)
        return f"{key.first}{text}{',' if len(rest) > 2 else ''}{rest[1:]}"

    return write


def written_at_once(variant: type, key: Key, values: Sequence[Any], depth: int) -> str | None:
    """Write free-form values, with commas between; None where one of them is another variant, or needs a closer look."""
    if depth >= MAX_DEPTH or values[-1].__class__ is not variant:
        return None
    plain = [
        {key.name: each.value}
        for each in values
        if each.__class__ is variant and each.unknown_fields is EMPTY and not each.null_fields
    ]
    if len(plain) < len(values):
        return None
    try:
        text = "".join(chunks(plain, 0))
    except (EncodeError, RecursionError, TypeError, ValueError):
        return None
    # One more brace is an object, whose keys are to be looked at, or part of a text.
    return text[1:-1] if text.count("{") == len(plain) and text.count("[") <= MAX_LEVELS else None


def _check_missing(message: Any, row: Row) -> None:
    """Refuse a required attribute that is missing; a union may be set by a member newer than this client."""
    if row.key is not None:
        raise EncodeError("", None, row.required)
    if message.unknown_fields is EMPTY:
        raise EncodeError(f"/{row.name}", None, row.required)


def _refuse_member(value: object, row: Row) -> NoReturn:
    names = " or ".join(sorted(cls.__qualname__ for cls in row.by_class))
    raise EncodeError.expected(value, names).under(row.name)


def _unknown_texts(message: Message, known: frozenset[str]) -> list[str]:
    """Write the fields that this client does not know, as they came."""
    fields: Any = message.unknown_fields
    if not isinstance(fields, Mapping):
        raise EncodeError.expected(fields, "a mapping").under("unknown_fields")
    clash = next((key for key in fields if key in known), None)
    if clash is not None:
        raise EncodeError(f"/{clash}", fields[clash], "a known field cannot be among the unknown ones")
    return [write_object(fields, 0)[1:-1]] if fields else []


def _null_texts(message: Message, nulls: Mapping[str, tuple[Row, Key]]) -> Iterator[str]:
    """Write the fields that are null on purpose.

    Raises ArgumentError for a name that is no field: a class does not know the members of its unions, its table does.
    """
    for name in sorted(message.null_fields):
        if name not in nulls:
            near = get_close_matches(name, nulls, cutoff=0.5) or sorted(nulls)[:10]
            raise ArgumentError(
                f"{message.__class__.__qualname__}.null_fields: {name!r} is no field",
                hint=f"Fields are named as attributes: {', '.join(near)}.",
            )
        row, key = nulls[name]
        value = getattr(message, row.name) if row.name else message
        is_set = (
            row.by_class.get(value.__class__) is key
            if row.by_class
            else value is not None and value is not row.absent
        )
        if is_set:
            raise EncodeError(f"/{key.name}", value, "cannot be null and have a value")
        yield f"{key.next[1:]}null"
