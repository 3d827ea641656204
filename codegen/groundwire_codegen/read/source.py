"""Parse a document's JSON text strictly, within limits on size and depth."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection
from typing import Any, Final, cast

from ..problem import Problem, SpecError

MAX_BYTES: Final = 32 * 1024 * 1024
"""A document larger than this is refused unread; the largest that Google publishes has 6 MB."""
MAX_VALUES: Final = 1_000_000
"""JSON values of a document, counted before it is parsed; the largest that Google publishes has 170,000."""
MAX_DEPTH: Final = 64
"""JSON levels of a document; the deepest that Google publishes has 25."""
_TOO_DEEP: Final = f"nested deeper than {MAX_DEPTH} levels"
_STRING: Final = re.compile(r'("(?:[^"\\]|\\.)*+")(\s*+:)?+')
"""A string of a JSON text; the second group is there where it is a key."""
_HOLDERS: Final = frozenset((dict, list))
_REPEATED: Final = 20
"""Repeated keys that are shown."""


def read_json(data: bytes, source: str) -> dict[str, Any]:
    """Parse a document. Raises SpecError for its size, encoding, syntax, repeated keys, depth or root."""

    def refused(message: str, hint: str = "") -> SpecError:
        return SpecError([Problem(source, "", message, hint)])

    if len(data) > MAX_BYTES:
        raise refused(f"larger than {MAX_BYTES} bytes")
    # Commas in texts count too: this bounds the values from above.
    if sum(map(data.count, (b",", b"{", b"["))) > MAX_VALUES:
        raise refused(f"more than {MAX_VALUES} values")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refused(f"not UTF-8 at byte {error.start}", hint="save the document as UTF-8") from None
    if text.startswith("\ufeff"):
        raise refused("starts with a byte order mark", hint="save it as UTF-8 without one")
    try:
        value, repeated = _parsed(text)
    except json.JSONDecodeError as error:
        raise refused(f"not JSON at line {error.lineno} column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise refused(_TOO_DEEP) from None
    except ValueError as error:
        raise refused(f"not JSON: {error}") from None
    if repeated:
        places = _last_places(text, {*repeated[:_REPEATED]})
        raise SpecError(
            Problem(source, "", f"duplicate key {key[:80]!r} at {place}") for key, place in places.items()
        )
    if not isinstance(value, dict):
        raise refused("the root is not an object")
    if is_deep(value):
        raise refused(_TOO_DEEP)
    return cast("dict[str, Any]", value)


def _parsed(text: str) -> tuple[Any, list[str]]:
    """Return the value of a JSON text, and the keys that an object has more than once."""
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            counts = Counter(key for key, _ in pairs)
            repeated.extend(key for key, count in counts.items() if count > 1)
        return found

    def constant(token: str) -> Any:
        raise ValueError(f"{token} is not JSON")

    return json.loads(text, object_pairs_hook=unique, parse_constant=constant), repeated


def is_deep(value: Any) -> bool:
    """Return True if a value nests deeper than the limit; goes level by level, without recursion."""
    level: list[Any] = [value] if value.__class__ in _HOLDERS else []
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for holder in level
            for inner in (holder.values() if holder.__class__ is dict else holder)
            if inner.__class__ in _HOLDERS
        ]
    return bool(level)


def _last_places(text: str, keys: Collection[str]) -> dict[str, str]:
    """Line and column where each of these keys appears last, however it is escaped."""
    strings = ((found.start(), found[1]) for found in _STRING.finditer(text) if found[2] is not None)
    places = {key: start for start, string in strings if (key := json.loads(string)) in keys}
    return {
        key: f"line {text.count(chr(10), 0, start) + 1} column {start - text.rfind(chr(10), 0, start)}"
        for key, start in places.items()
    }
