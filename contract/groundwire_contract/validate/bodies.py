"""Request bodies: content type, forms, and JSON objects, or the front end's refusal.

Stricter than Python's json module: no NaN or Infinity, no duplicate names, UTF-8 only. An error quotes the 20
characters on either side of the fault, with a caret.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl

from ..exchange import Exchange, JsonObject, JsonValue
from ..rules.error_bodies import Fault, Refusal, bad_request, invalid_argument

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

_JSON_TYPE: Final = re.compile(
    r"application/(?:json|[\w.+-]{1,80}\+json)\s*(?:;\s*charset\s*=\s*\"?(?:utf-?8|us-ascii)\"?\s*)?",
    re.IGNORECASE,
)
_FORM_TYPE: Final = re.compile(r"application/x-www-form-urlencoded\s*(?:;.*)?", re.IGNORECASE)
_LONGEST_QUOTE: Final = 80
MAX_FORM_NAMES: Final = 1000
"""Maximum names of a form."""


class _DuplicateKeyError(Exception):
    pass


class _ConstantError(Exception):
    pass


def read_body(data: bytes, *, duplicates: bool = False) -> JsonObject | Refusal:
    """Parse a body as a JSON object; an empty body is an empty object. With `duplicates`, the last of a name counts."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return invalid_argument("malformed-json", _PREFIX + "Encountered non UTF-8 code points.")
    if not text:
        return {}
    try:
        root: JsonValue = (_LENIENT if duplicates else _DECODER).decode(text)
    except json.JSONDecodeError as error:
        return _malformed(_message(error.msg, text, error.pos), text, error.pos)
    except _DuplicateKeyError as error:
        name = json.dumps(error.args[0], ensure_ascii=False)
        return invalid_argument("duplicate-key", f"{_PREFIX}Duplicate name {name}.")
    except _ConstantError:
        return _malformed("Unexpected token.", text, _constant_at(text))
    except RecursionError:
        return invalid_argument("message-too-deep", f"{_PREFIX}Message too deep.")
    except ValueError:  # A number with more digits than Python converts.
        return invalid_argument("malformed-json", f"{_PREFIX}Unable to parse number.")
    return as_message(root)


def as_message(root: JsonValue) -> JsonObject | Refusal:
    """Return a JSON value as the root of a body, or the refusal of one that is not an object."""
    if not isinstance(root, dict):
        message = f'{_PREFIX}Unknown name "": Root element must be a message.'
        return bad_request((Fault(rule="root-not-object", message=message),))
    return root


def _object(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _DuplicateKeyError(name)
            seen.add(name)
    return members


def _constant(name: str) -> JsonValue:
    raise _ConstantError(name)


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
_LENIENT: Final = json.JSONDecoder(parse_constant=_constant)


def _constant_at(text: str) -> int:
    return next(
        (match.start() for match in _TOKEN.finditer(text) if match[0][0] in "NI-"),
        0,
    )


def _message(reason: str, text: str, position: int) -> str:
    if position >= len(text) and not reason.startswith("Unterminated"):
        return "Unexpected end of string."
    if reason.startswith("Expecting ',' delimiter"):
        inside_list = _container(text, position) == "["
        return (
            "Expected , or ] after array value." if inside_list else "Expected , or } after key:value pair."
        )
    return next((ours for theirs, ours in _SAID if reason.startswith(theirs)), "Unexpected token.")


def _container(text: str, position: int) -> str:
    """Return the bracket that is open at a position."""
    open_brackets: list[str] = []
    for match in _TOKEN.finditer(text, 0, position):
        if match[0] in "{[":
            open_brackets.append(match[0])
        elif match[0] in "}]" and open_brackets:
            open_brackets.pop()
    return open_brackets[-1] if open_brackets else "{"


def _malformed(message: str, text: str, position: int) -> Refusal:
    begin = max(0, position - _CONTEXT)
    quoted = text[begin : position + _CONTEXT]
    caret = " " * (position - begin) + "^"
    return invalid_argument("malformed-json", f"{_PREFIX}{message}\n{quoted}\n{caret}")


def media_type_refusal(exchange: Exchange) -> Refusal | None:
    """Return the refusal of a body that is not declared as JSON, which is then not parsed; None otherwise."""
    if not exchange.length:
        return None
    coding = exchange.headers.get("content-encoding", "identity")
    if coding.strip().lower() != "identity":
        return _unsupported(f"Content encoding {_quote(coding)} is not supported: send the body as it is.")
    content_type = exchange.headers.get("content-type")
    if content_type is None:
        return _unsupported("The body has no content type: send it as application/json.")
    if _is_json_type(content_type):
        return None
    return _unsupported(
        f"Content type {_quote(content_type)} is not supported: send application/json in UTF-8."
    )


def is_form(exchange: Exchange) -> bool:
    """Return True if the body is declared as a form, as by tools whose user sets no content type."""
    return exchange.length > 0 and _is_form_type(exchange.headers.get("content-type", ""))


@lru_cache(64)
def _is_json_type(content_type: str) -> bool:
    return _JSON_TYPE.fullmatch(content_type.strip()) is not None


@lru_cache(64)
def _is_form_type(content_type: str) -> bool:
    return _FORM_TYPE.fullmatch(content_type.strip()) is not None


def read_form(exchange: Exchange) -> tuple[tuple[str, str], ...] | Refusal:
    """Parse the names and values of a form."""
    try:
        text = exchange.body.decode("utf-8", "replace")
        return tuple(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FORM_NAMES))
    except ValueError:
        return _unsupported(f"A form has at most {MAX_FORM_NAMES} names: send application/json.")


def _unsupported(message: str) -> Refusal:
    return invalid_argument("media-type", message)


def _quote(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "...")
