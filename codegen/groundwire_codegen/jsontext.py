"""Reading a document's JSON text: strict, bounded, and free of surprises before anything looks at it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Final, cast

from .problem import Problem, SpecError

MAX_BYTES: Final = 64 * 1024 * 1024
"""A document larger than this is refused unread; the largest that Google publishes has 8 MB."""
MAX_DEPTH: Final = 64
"""JSON levels of a document; the deepest that Google publishes has about 30."""


def read_json(data: bytes, source: str) -> dict[str, Any]:
    """Parse a document. Raises SpecError for its size, encoding, syntax, repeated keys, depth or root."""

    def refused(message: str, pointer: str = "", hint: str = "") -> SpecError:
        return SpecError([Problem(source, pointer, message, hint)])

    if len(data) > MAX_BYTES:
        raise refused(f"larger than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refused(f"not UTF-8 at byte {error.start}", hint="save the document as UTF-8") from None
    if text.startswith("\ufeff"):
        raise refused("starts with a byte order mark", hint="save it as UTF-8 without one")
    too_deep = refused(f"nested deeper than {MAX_DEPTH} levels")
    if _depth(text) > MAX_DEPTH:
        raise too_deep
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            counts = Counter(key for key, _ in pairs)
            repeated.extend(key for key, count in counts.items() if count > 1)
        return found

    def constant(token: str) -> Any:
        raise ValueError(f"{token} is not JSON")

    try:
        value = json.loads(text, object_pairs_hook=unique, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise refused(f"not JSON at line {error.lineno} column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise too_deep from None
    except ValueError as error:
        raise refused(f"not JSON: {error}") from None
    if repeated:
        raise SpecError(
            Problem(source, "", f"duplicate key {key!r} at {_second_place(text, key)}") for key in repeated
        )
    if not isinstance(value, dict):
        raise refused("the root is not an object")
    return cast("dict[str, Any]", value)


def _depth(text: str) -> int:
    """The deepest nesting, counted without parsing, since a parser may recurse."""
    deepest = depth = 0
    in_string = escaped = False
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return 0
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "{[":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                return deepest
        elif character in "}]":
            depth -= 1
    return deepest


def _second_place(text: str, key: str) -> str:
    """Line and column where a repeated key may stand: its last appearance as a key."""
    position = text.rfind(json.dumps(key, ensure_ascii=False))
    if position < 0:
        return "an unknown place"
    return f"line {text.count(chr(10), 0, position) + 1} column {position - text.rfind(chr(10), 0, position)}"
