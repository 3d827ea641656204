"""From the bytes of a body to a JSON object, or the refusal that the front end gives.

Stricter than Python's json module: no NaN or Infinity, no name twice, UTF-8 only. A fault is quoted with the 20
characters on either side and a caret under it.
"""

from __future__ import annotations

import json
import re
from typing import Final

from ..errors import Fault, Refusal, bad_request, invalid_argument
from ..exchange import JsonObject, JsonValue

_CONTEXT: Final = 20
_PREFIX: Final = "Invalid JSON payload received. "
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]|NaN|-?Infinity', re.DOTALL)
_SAID: Final = (
    ("Expecting ':' delimiter", "Expected : between key:value pair."),
    ("Expecting property name", "Expected an object key or }."),
    ("Illegal trailing comma before end of object", "Expected an object key or }."),
    ("Illegal trailing comma before end of array", "Expected a value."),
    ("Unterminated string", "Closing quote expected in string."),
    ("Invalid \\", "Invalid escape sequence."),
    ("Extra data", "Parsing terminated before end of input."),
    ("Expecting value", "Unexpected token."),
)


class _DuplicateKeyError(Exception):
    pass


class _ConstantError(Exception):
    pass


def read_body(data: bytes) -> JsonObject | Refusal:
    """Read a body as a JSON object; an empty one is an object without fields."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return invalid_argument("malformed-json", _PREFIX + "Encountered non UTF-8 code points.")
    if not text:
        return {}
    try:
        root: JsonValue = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        return _malformed(_message(error.msg, text, error.pos), text, error.pos)
    except _DuplicateKeyError as error:
        name = json.dumps(error.args[0], ensure_ascii=False)
        return invalid_argument("duplicate-key", f"{_PREFIX}Duplicate name {name}.")
    except _ConstantError:
        return _malformed("Unexpected token.", text, _constant_at(text))
    except RecursionError:
        return invalid_argument("message-too-deep", f"{_PREFIX}Message too deep.")
    except ValueError:  # A number of more digits than Python converts.
        return invalid_argument("malformed-json", f"{_PREFIX}Unable to parse number.")
    return as_message(root)


def as_message(root: JsonValue) -> JsonObject | Refusal:
    """A JSON value as the root of a body."""
    if not isinstance(root, dict):
        message = f'{_PREFIX}Unknown name "": Root element must be a message.'
        return bad_request((Fault(rule="root-not-object", message=message),))
    return root


def _object(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _DuplicateKeyError(name)
            seen.add(name)
    return found


def _constant(name: str) -> JsonValue:
    raise _ConstantError(name)


def _constant_at(text: str) -> int:
    return next(
        (found.start() for found in _TOKEN.finditer(text) if found[0][0] in "NI-"),
        0,
    )


def _message(said: str, text: str, position: int) -> str:
    if position >= len(text) and not said.startswith("Unterminated"):
        return "Unexpected end of string."
    if said.startswith("Expecting ',' delimiter"):
        inside_list = _container(text, position) == "["
        return (
            "Expected , or ] after array value." if inside_list else "Expected , or } after key:value pair."
        )
    return next((ours for theirs, ours in _SAID if said.startswith(theirs)), "Unexpected token.")


def _container(text: str, position: int) -> str:
    """The bracket that is open at a position of the text."""
    open_brackets: list[str] = []
    for found in _TOKEN.finditer(text, 0, position):
        if found[0] in "{[":
            open_brackets.append(found[0])
        elif found[0] in "}]" and open_brackets:
            open_brackets.pop()
    return open_brackets[-1] if open_brackets else "{"


def _malformed(message: str, text: str, position: int) -> Refusal:
    begin = max(0, position - _CONTEXT)
    quoted = text[begin : position + _CONTEXT]
    caret = " " * (position - begin) + "^"
    return invalid_argument("malformed-json", f"{_PREFIX}{message}\n{quoted}\n{caret}")
