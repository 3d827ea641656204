"""Filling a URI template (RFC 6570, `{name}` and `{+name}`, with one value or several) so that a value can never change the path around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final
from urllib.parse import quote

from .errors import ArgumentError

_EXPRESSION: Final = re.compile(r"\{(\+?)([^{}]+)\}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_ESCAPE: Final = re.compile(r"%[0-9A-Fa-f]{2}")


@cache
def _pieces(template: str) -> tuple[tuple[str, bool, str], ...]:
    """Literal, whether slashes stay, variable name: one triple an expression, the rest with an empty name."""
    pieces: list[tuple[str, bool, str]] = []
    position = 0
    for found in _EXPRESSION.finditer(template):
        pieces.append((template[position : found.start()], bool(found[1]), found[2]))
        position = found.end()
    return (*pieces, (template[position:], False, ""))


def variables(template: str) -> frozenset[str]:
    """The names of the template's variables."""
    return frozenset(name for _, _, name in _pieces(template) if name)


def expand(template: str, values: Mapping[str, str | Sequence[str]]) -> str:
    """The path with every variable percent-encoded; `{+name}` keeps its slashes, commas part several values.

    Raises ArgumentError.
    """
    parts: list[str] = []
    for literal, reserved, name in _pieces(template):
        parts.append(literal)
        if name:
            value = values[name]
            texts = [value] if isinstance(value, str) else value
            parts.append(",".join([_segments(name, text, reserved) for text in texts]))
    return "".join(parts)


def _segments(name: str, value: str, reserved: bool) -> str:
    check_printable(name, value)
    if not value:
        raise ArgumentError(f"{name}: empty", hint="Name what the call is about.")
    segments = value.split("/") if reserved else [value]
    if any(segment in (".", "..") for segment in segments):
        raise ArgumentError(f"{name}: {value[:200]!r} has a dot segment")
    if reserved:
        if "" in segments:
            raise ArgumentError(f"{name}: {value[:200]!r} has an empty segment")
        if "?" in value or "#" in value or _ESCAPE.search(value):
            raise ArgumentError(
                f"{name}: {value[:200]!r} has a character that ends a path, or an escape",
                hint="Pass the plain name; the client encodes it.",
            )
    return "/".join(quote(segment, safe="") for segment in segments)


def check_printable(name: str, value: str) -> None:
    """Refuse control characters and lone surrogates."""
    if _CONTROL.search(value):
        raise ArgumentError(f"{name}: {value[:200]!r} has a control character")
    check_unicode(name, value)


def check_unicode(name: str, value: str) -> None:
    """Refuse lone surrogates, which no URL can carry."""
    if value.isascii():
        return
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ArgumentError(f"{name}: {value[:200]!a} has a lone surrogate") from None
