"""Lists and maps of the variants of a family."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..decode.values import MAX_LEVELS
from ..errors import EncodeError
from ..messages import EMPTY, MAX_DEPTH
from .containers import BATCH, Write, Writer, mapping_of, sequence_of, write_batches
from .fault import expected, too_deep
from .names import FIRST, NEXT
from .values import chunks

MANY: Final = 8
"""Values of one kind that are worth writing at once."""


def family_list(
    writers: Mapping[type, Writer], name: str, free: type | None = None, free_key: str = ""
) -> Writer:
    """`messages_list` for the variants of a family, one look-up a value.

    `free` is the variant that holds a value of any kind, `free_key` its key: many of them, such as the corners of a
    geometry, are written at once.
    """

    def encode(value: Any, depth: int, write: Write) -> None:
        values = value if value.__class__ is tuple else sequence_of(value)
        if len(values) > BATCH:
            write_batches(encode, values, depth, write)
            return
        if depth >= MAX_DEPTH and values:
            raise too_deep(values[0])
        if len(values) >= MANY and values[-1].__class__ is free:
            text = _written_at_once(values, free, free_key)
            if text is not None:
                write(text)
                return
        depth += 1
        opening, index, each = "[", -1, None
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
            raise expected(each, f"a {name}").under(index) from None
        write("]" if values else "[]")

    return encode


def _written_at_once(values: Sequence[Any], free: Any, key: str) -> str | None:
    """A list of variants that hold free-form values, or None where one of them needs a closer look."""
    plain = [{key: each.value} for each in values if each.__class__ is free and each.unknown_fields is EMPTY]
    if len(plain) < len(values):
        return None
    try:
        text = "".join(chunks(plain, 0))
    except (EncodeError, RecursionError, TypeError, ValueError):
        return None
    # One more brace is an object, whose keys are to be looked at, or part of a text.
    return text if text.count("{") == len(plain) and text.count("[") <= MAX_LEVELS else None


def family_map(writers: Mapping[type, Writer], name: str) -> Writer:
    """`messages_map` for the variants of a family, one look-up a value."""

    def encode(value: Any, depth: int, write: Write) -> None:
        values = value if value.__class__ is dict else mapping_of(value)
        if len(values) > BATCH:
            write_batches(encode, values, depth, write)
            return
        if depth >= MAX_DEPTH and values:
            raise too_deep(next(iter(values.values())))
        depth += 1
        names = FIRST
        key: Any = None
        each: Any = None
        try:
            for key, each in values.items():
                write(names[key])
                writers[each.__class__](each, depth, write)
                names = NEXT
        except EncodeError as error:
            raise error.under(key) from None
        except KeyError:
            if each.__class__ in writers:
                raise
            raise expected(each, f"a {name}").under(key) from None
        except TypeError:
            if isinstance(key, str):
                raise
            raise expected(key, "a string as key") from None
        write("}" if values else "{}")

    return encode
