"""Values of any JSON type, to a bounded depth."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined] # not in typeshed
from math import isfinite
from typing import Any, Final

from ..decode.values import MAX_LEVELS, SCALARS, check_levels
from ..errors import DecodeError, EncodeError
from .fault import expected

quote: Final[Callable[[str], str]] = encode_basestring
"""JSON text of a string, non-ASCII as it is; lone surrogates are found when the text becomes bytes."""


def _refuse(value: object) -> Any:
    raise expected(value, "a JSON value")


def _chunks_of() -> Callable[[Any, int], Iterable[str]]:
    """The standard library's encoder, without what `JSONEncoder.encode` sets up again for each call."""
    if c_make_encoder is None:  # pragma: no cover - an interpreter without the accelerator
        plain = json.JSONEncoder(default=_refuse, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return lambda value, _: plain.iterencode(value)
    found: Callable[[Any, int], Iterable[str]] = c_make_encoder(
        None, _refuse, encode_basestring, None, ":", ",", False, False, False
    )
    return found


chunks: Final = _chunks_of()


def any_value(value: Any, depth: int) -> str:  # noqa: ARG001 - every encoder has the same shape
    """Any JSON value of at most 512 levels. NaN and infinities are refused: JSON has no such numbers."""
    if value.__class__ is str:
        return quote(value)
    try:
        if value.__class__ is int:
            return int.__repr__(value)
        text = "".join(chunks(value, 0))
    except RecursionError:
        raise EncodeError("", "...", f"nested deeper than {MAX_LEVELS} JSON levels") from None
    except (ValueError, TypeError) as error:
        raise _where(value, error) from None
    # No value nests deeper than it has brackets: most need no closer look.
    if len(text) > MAX_LEVELS and text.count("[") + text.count("{") > MAX_LEVELS:
        _check_levels(value)
    if "{" in text:
        _check_keys(value)
    return text


def _check_levels(value: Any) -> None:
    try:
        check_levels(value)
    except DecodeError as error:
        raise EncodeError("", "...", error.rule) from None


def _where(value: Any, cause: Exception, levels: int = 0) -> EncodeError:
    """The error for the first part of a free-form value that is not JSON, with its path."""
    if isinstance(value, float) and not isfinite(value):
        return EncodeError("", value, "NaN and infinities are not JSON values")
    items: list[tuple[Any, Any]] = []
    if levels < MAX_LEVELS and isinstance(value, dict):
        items = list(value.items())
    elif levels < MAX_LEVELS and isinstance(value, (list, tuple)):
        items = list(enumerate(value))
    elif value.__class__ not in SCALARS:
        return expected(value, "a JSON value")
    for key, item in items:
        if item.__class__ in SCALARS and not (item.__class__ is float and not isfinite(item)):
            continue
        try:
            "".join(chunks(item, 0))
        except (ValueError, TypeError, RecursionError):
            return _where(item, cause, levels + 1).under(key)
    return EncodeError("", value, f"not a JSON value: {cause}")


def _check_keys(value: Any) -> None:
    """Refuse a key that is not a string, which the standard encoder would turn into one."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            for key in item:
                if not isinstance(key, str):
                    raise expected(key, "a string as key")
            waiting.extend(inner for inner in item.values() if inner.__class__ not in SCALARS)
        else:
            waiting.extend(inner for inner in item if inner.__class__ not in SCALARS)


def struct(value: Any, depth: int) -> str:
    """A JSON object of any values."""
    if not isinstance(value, Mapping):
        raise expected(value, "a mapping")
    return any_value(value if value.__class__ is dict else dict(value), depth)
