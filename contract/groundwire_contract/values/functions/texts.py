"""Functions on strings."""

from __future__ import annotations

import json
import re
from typing import Final

from ..coercion import coerced, frozen_json
from ..elements import Value
from ..problem import ExpressionError, too_large, unsupported
from ..signature import Argument, Library
from ..steps import spend
from .arithmetic import text_of

LIBRARY: Final = Library()
_LONGEST: Final = 100_000
_ATTEMPTS: Final = 30_000_000
_SHARE: Final = 32
"""Attempts that cost one step."""
_LONGEST_REGEX: Final = 1000
_SIMPLE: Final = re.compile(
    r"(?:\\[dDsSwWbB]|\\[^A-Za-z0-9]|\[\^?(?:\\[dDsSwW]|\\[^A-Za-z0-9]|[^\[\]\\&])+\]|\{(?!\d)|[^\\\[\]{()*+?])"
    r"(?:[+*?](?![+*?]))?|[()](?![*+?{])"
)
"""A part of an expression that Java and Python read alike: a character, a class, or a group that does not repeat."""


@LIBRARY.add("String(input: Object)")
def string(value: Value) -> str:
    """Return the text of a string or a number."""
    return text_of(coerced(value, Argument("input", "Object"), "String"))


@LIBRARY.add("String.cat(string1: String, string2: String)")
def cat(one: str, other: str) -> str:
    """Return two strings as one."""
    if len(one) + len(other) > _LONGEST * 100:
        raise too_large("a string so long")
    return one + other


@LIBRARY.add("String.length(string: String)")
def length(text: str) -> int:
    """Return the number of characters."""
    return len(text)


@LIBRARY.add("String.slice(string: String, start: Integer, end?: Integer)")
def slice_(text: str, start: int, end: int | None) -> str:
    """Return a part; negative places count from the end."""
    return text[start:end]


@LIBRARY.add("String.index(target: String, pattern: String)")
def index(text: str, part: str) -> int:
    """Return the first place of a part, or -1."""
    return text.find(part)


@LIBRARY.add("String.rindex(target: String, pattern: String)")
def rindex(text: str, part: str) -> int:
    """Return the last place of a part, or -1."""
    return text.rfind(part)


@LIBRARY.add("String.toLowerCase(string: String)")
def lower(text: str) -> str:
    """Return a string in lower case."""
    return text.lower()


@LIBRARY.add("String.toUpperCase(string: String)")
def upper(text: str) -> str:
    """Return a string in upper case."""
    return text.upper()


@LIBRARY.add("String.trim(string: String)")
def trim(text: str) -> str:
    """Return a string without space at its ends."""
    return text.strip()


@LIBRARY.add("String.equals(reference: String, target: Object)")
def equals(text: str, other: Value) -> bool:
    """Compare two strings."""
    return isinstance(other, str) and text == other


@LIBRARY.add("String.compareTo(string1: String, string2: String)")
def compare(one: str, other: str) -> int:
    """Return -1, 0 or 1."""
    return (one > other) - (one < other)


@LIBRARY.add('String.split(string: String, regex: String, flags?: String = "")')
def split(text: str, regex: str, flags: str) -> tuple[str, ...]:
    """Return the parts between what an expression matches, or characters; without the empty ones at the end, as Java does."""
    if not regex:
        return tuple(text) or ("",)
    parts, place = list[str](), 0
    for found in _compiled(regex, flags, text).finditer(text):
        if not found[0]:
            raise unsupported(f"String.split by {regex[:100]!r}, which matches an empty string")
        parts.append(text[place : found.start()])
        place = found.end()
    parts.append(text[place:])
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return tuple(parts)


@LIBRARY.add('String.replace(input: String, regex: String, replacement: String, flags?: String = "")')
def replace(text: str, regex: str, replacement: str, flags: str) -> str:
    """Return a string with the first match replaced, or with the flag `g` all."""
    if "$" in replacement or "\\" in replacement:
        raise unsupported("a reference to a group in String.replace")
    compiled, count = _compiled(regex, flags, text), 0 if "g" in flags else 1
    places = sum(1 for _ in compiled.finditer(text)) if count == 0 else 1
    if len(text) + places * len(replacement) > _LONGEST * 100:
        raise too_large("a string so long")
    return compiled.sub(lambda _: replacement, text, count=count)


@LIBRARY.add('String.match(input: String, regex: String, flags?: String = "")')
def match(text: str, regex: str, flags: str) -> tuple[str, ...]:
    """Return the first match with its groups, or with the flag `g` all matches; empty without one."""
    compiled = _compiled(regex, flags, text)
    if "g" in flags:
        return tuple(found[0] for found in compiled.finditer(text))
    found = compiled.search(text)
    return () if found is None else (found[0], *(group or "" for group in found.groups()))


@LIBRARY.add("String.encodeJSON(object: Object)")
def encode_json(value: Value) -> str:
    """Return a value as JSON."""
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise unsupported("String.encodeJSON of this value") from error


@LIBRARY.add("String.decodeJSON(string: String)")
def decode_json(text: str) -> Value:
    """Return the value of a JSON text."""
    try:
        return frozen_json(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise ExpressionError("String.decodeJSON: The string is no JSON.") from error


def _compiled(regex: str, flags: str, text: str) -> re.Pattern[str]:
    """Compile an expression that is matched in little time: the attempts at a text of this length are bounded.

    A part that repeats multiplies them by the length; an optional part, and an alternative, by two.
    """
    place, repeats, choices = 0, 0, 0
    while place < len(regex):
        part = _SIMPLE.match(regex, place)
        repeats += part is not None and part[0][-1] in "+*" and len(part[0].replace("\\", "", 1)) > 1
        choices += part is not None and (part[0] == "|" or (part[0][-1] == "?" and part[0] != "\\?"))
        if (
            part is None
            or repeats > 2
            or set(flags) - set("gi")
            or len(text) > _LONGEST
            or len(regex) > _LONGEST_REGEX
        ):
            raise unsupported(f"the expression {regex[:100]!r}")
        place = part.end()
    attempts = max(1, len(text)) ** (repeats + 1) << min(choices, 64)
    if attempts > _ATTEMPTS:
        raise too_large(f"the expression {regex[:100]!r} on a text so long")
    spend(len(regex) + attempts // _SHARE)
    try:
        return re.compile(regex, re.IGNORECASE if "i" in flags else 0)
    except re.error as error:
        raise ExpressionError(f"Invalid regular expression '{regex[:100]}': {error}.") from error
