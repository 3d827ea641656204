"""Parse and write JSON text strictly, free-form values included."""

# What is inside a value of any type is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined] # not in typeshed
from math import inf, isfinite
from typing import Any, Final, TypeAlias, TypeVar

from attrs import frozen

from .errors import DecodeError, EncodeError
from .messages import MAX_DEPTH

Reader: TypeAlias = Callable[[Any, int], Any]
"""Reads a parsed JSON value; the second argument counts the messages around it. Raises DecodeError."""
Writer: TypeAlias = Callable[[Any, int], str]
"""Returns a value as JSON text; the second argument counts the messages around it. Raises EncodeError."""
ItemsReader: TypeAlias = Callable[[Iterable[tuple[Any, Any]], int, Any], None]
"""Reads values into the places of a list or a dict. Raises DecodeError."""
ItemsWriter: TypeAlias = Callable[[Iterable[tuple[Any, Any]], int, Mapping[Any, str] | None], list[str]]
"""Returns values, which come with their places, as texts; before each, the text of its key. Raises EncodeError."""


@frozen
class Codec:
    """The functions that read and write the values of one type."""

    read: Reader
    write: Writer
    plain: frozenset[type] = frozenset()
    """Classes of parsed values that `read` returns as they are."""
    read_items: ItemsReader | None = None
    """Reads the items of a list or a map, faster than `read` does one by one."""
    read_many: Callable[[Sequence[Any], int], list[Any] | None] | None = None
    """Reads the first items of a list at once, as many as are alike; None where one of them needs a closer look."""
    write_items: ItemsWriter | None = None
    """Writes the items of a list or a map, faster than `write` does one by one."""
    write_many: Callable[[Sequence[Any], int], str | None] | None = None
    """Writes some items of a list at once, with commas between, where it can; else returns None."""


MAX_LEVELS: Final = 512
"""JSON levels that a free-form value may nest."""
SCALARS: Final[frozenset[type]] = frozenset({str, int, float, bool, type(None)})
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_PAIRED: Final = re.compile(
    r"(?:[^\\]|\\[^u]|\\u(?![dD][89a-fA-F])|\\u[dD][89abAB]..\\u[dD][c-fC-F])*+", re.DOTALL
)
"""Text up to the first escape of a lone surrogate."""


def _not_json(token: str) -> Any:
    raise ValueError(f"{token} is not JSON")


_read: Final = json.JSONDecoder(parse_constant=_not_json).decode


def parse(data: bytes) -> Any:
    """Parse strict JSON in UTF-8; of a repeated key the last wins.

    Raises DecodeError for another encoding, a byte order mark, `NaN` and `Infinity` tokens, lone surrogates,
    numbers of more than 4,300 digits, and nesting that Python cannot follow.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DecodeError("", data[:200], f"not UTF-8 at byte {error.start}") from None
    except AttributeError:
        raise DecodeError.expected(data, "bytes") from None
    try:
        value = _read(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno} (offset {error.pos})"
        raise DecodeError("", text[:200], f"not JSON at {where}: {error.msg}") from None
    except RecursionError:
        raise DecodeError("", text[:200], f"nested deeper than {MAX_LEVELS} JSON levels") from None
    except ValueError as error:
        digits = "digits" in str(error)
        rule = "a number of more digits than Python reads" if digits else f"not JSON: {error}"
        raise DecodeError("", text[:200], rule) from None
    if "\\" in text and _SURROGATE.search(text) is not None:
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            offset = len(text) - len(_PAIRED.sub("", text, 1))
            raise DecodeError("", text[:200], f"a lone surrogate is not text (offset {offset})") from None
    return value


quote: Final[Callable[[str], str]] = encode_basestring
"""JSON text of a string, non-ASCII as it is; lone surrogates are found when the text becomes bytes."""


def _refuse(value: object) -> Any:
    raise EncodeError.expected(value, "a JSON value")


def _encoder_of() -> Callable[[Any, int], Iterable[str]]:
    """The standard library's encoder, without what `JSONEncoder.encode` sets up again for each call."""
    if c_make_encoder is None:  # pragma: no cover - an interpreter without the accelerator
        plain = json.JSONEncoder(default=_refuse, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return lambda value, _: plain.iterencode(value)
    encoder: Callable[[Any, int], Iterable[str]] = c_make_encoder(
        None, _refuse, encode_basestring, None, ":", ",", False, False, False
    )
    return encoder


chunks: Final = _encoder_of()
"""JSON text of a value in pieces. Raises EncodeError, RecursionError, TypeError and ValueError."""


FaultT = TypeVar("FaultT", DecodeError, EncodeError)


def too_deep(fault: type[FaultT], value: object) -> FaultT:
    """Return the error for one message too many inside the others."""
    return fault("", value, f"more than {MAX_DEPTH} nested messages")


def read_any(value: Any, depth: int) -> Any:  # noqa: ARG001 - every reader has the same shape
    """Return any JSON value of at most 512 levels as it is. Raises DecodeError for a number that no float holds, too."""
    cls = value.__class__
    if cls is float:
        read_finite(value)
    elif cls not in SCALARS:
        check_levels(value)
    return value


def read_finite(value: float) -> float:
    """Return a float. Raises DecodeError for what the parser makes of `1e999`."""
    if isfinite(value):
        return value
    raise DecodeError("", value, "out of the range of a double")


def read_object(value: Any, depth: int) -> Any:
    """Return a JSON object of any values as it is."""
    if value.__class__ is not dict:
        raise DecodeError.expected(value, "an object")
    return read_any(value, depth)


def check_levels(value: Any) -> None:
    """Refuse a list or dict that nests too deeply, or holds an infinity; whole levels at a time, since most are alike."""
    level: Collection[Any] = value.values() if isinstance(value, dict) else value
    for _ in range(MAX_LEVELS):
        kinds = set(map(type, level))
        finite = float not in kinds or (kinds == {float} and isfinite(sum(level)))
        if not finite and (inf in level or -inf in level):
            raise DecodeError("", inf if inf in level else -inf, "out of the range of a double")
        if kinds <= SCALARS:
            return
        if kinds == {list}:
            level = list(chain.from_iterable(level))
            continue
        lists = [item for item in level if isinstance(item, (list, tuple))]
        objects = [item.values() for item in level if isinstance(item, dict)]
        level = list(chain.from_iterable((*lists, *objects)))
    raise DecodeError("", value, f"nested deeper than {MAX_LEVELS} JSON levels")


def write_any(value: Any, depth: int) -> str:  # noqa: ARG001 - every writer has the same shape
    """Write any JSON value of at most 512 levels. NaN and infinities are refused: JSON has no such numbers."""
    try:
        if value.__class__ is int or (value.__class__ is float and isfinite(value)):
            return repr(value)
        if value.__class__ is str:
            return quote(value)
        text = "".join(chunks(value, 0))
    except RecursionError:
        raise EncodeError("", "...", f"nested deeper than {MAX_LEVELS} JSON levels") from None
    except (ValueError, TypeError) as error:
        raise _first_fault(value, error) from None
    # No value nests deeper than it has brackets: most need no closer look.
    if len(text) > MAX_LEVELS and text.count("[") + text.count("{") > MAX_LEVELS:
        _check_sent_levels(value)
    if "{" in text:
        _check_keys(value)
    return text


def write_object(value: Any, depth: int) -> str:
    """Write a JSON object of any values."""
    if not isinstance(value, Mapping):
        raise EncodeError.expected(value, "a mapping")
    return write_any(value if value.__class__ is dict else dict(value), depth)


def _check_sent_levels(value: Any) -> None:
    try:
        check_levels(value)
    except DecodeError as error:
        raise EncodeError("", "...", error.rule) from None


def _first_fault(value: Any, cause: Exception, levels: int = 0) -> EncodeError:
    """The error for the first part of a free-form value that is not JSON, with its path."""
    if isinstance(value, float) and not isfinite(value):
        return EncodeError("", value, "NaN and infinities are not JSON values")
    items: list[tuple[Any, Any]] = []
    if levels < MAX_LEVELS and isinstance(value, dict):
        items = list(value.items())
    elif levels < MAX_LEVELS and isinstance(value, (list, tuple)):
        items = list(enumerate(value))
    elif value.__class__ not in SCALARS:
        return EncodeError.expected(value, "a JSON value")
    for key, item in items:
        if item.__class__ in SCALARS and not (item.__class__ is float and not isfinite(item)):
            continue
        try:
            "".join(chunks(item, 0))
        except (ValueError, TypeError, RecursionError):
            return _first_fault(item, cause, levels + 1).under(key)
    return EncodeError("", value, f"not a JSON value: {cause}")


def _check_keys(value: Any) -> None:
    """Refuse a key that is not a string, which the standard encoder would turn into one."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            for key in item:
                if not isinstance(key, str):
                    raise EncodeError.expected(key, "a string as key")
            waiting.extend(inner for inner in item.values() if inner.__class__ not in SCALARS)
        else:
            waiting.extend(inner for inner in item if inner.__class__ not in SCALARS)


ANY: Final = Codec(read_any, write_any, SCALARS)
"""Any JSON value; null is one."""
STRUCT: Final = Codec(read_object, write_object)
"""A JSON object of any values."""
