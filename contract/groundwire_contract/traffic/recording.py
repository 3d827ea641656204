"""Recorded traffic: one exchange a record, one record a line of JSONL.

A line is an object with `method`, `path`, `query` and `headers` (lists of pairs), `body` (parsed JSON, or
null), `raw_body` (text, if the body was not strict JSON), `body_bytes`, and `response` (`status` and `body`;
null if no answer came; absent if answers were not recorded). Other members are ignored.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NoReturn, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from attrs import field, frozen

from ..exchange import JsonObject, JsonValue, Pairs

RECORD_LIMIT: Final = 64 * 1024 * 1024
"""Maximum bytes of one line."""
_ELIDED: Final = re.compile(r"<[0-9]+ bytes>")


class UnreadableError(ValueError):
    """Invalid traffic: the problem, and the line if there are lines."""

    def __init__(self, message: str, line: int | None = None) -> None:
        self.message = message
        self.line = line
        super().__init__(message if line is None else f"line {line}: {message}")


@frozen
class Parsed:
    """A body that was recorded as a JSON value."""

    value: JsonValue = field(repr=False)


Body: TypeAlias = "bytes | Parsed | None"
"""A recorded body: its bytes, its JSON value, or None."""


@frozen(kw_only=True)
class Answer:
    """The service's answer."""

    status: int
    body: Body = field(default=None, repr=False)
    content_type: str | None = None


@frozen(kw_only=True)
class Record:
    """One exchange: its number from 1, its line, the request, and the answer.

    `answer` is None if none came; `answered` is False if it is unknown whether one came. `caller` identifies
    a user and is not a credential.
    """

    number: int
    line: int | None = None
    verb: str
    path: str
    query: Pairs = field(default=(), repr=False)
    headers: Pairs = field(default=(), repr=False)
    body: Body = field(default=b"", repr=False)
    length: int = 0
    answer: Answer | None = None
    answered: bool = True
    caller: str = ""

    @property
    def is_preflight(self) -> bool:
        """True for the question of a browser whether it may send another request; a recording may lack headers."""
        return self.verb == "OPTIONS" and (
            not self.headers or self.header("access-control-request-method") is not None
        )

    def header(self, name: str) -> str | None:
        """Return the last header of a name, ignoring case."""
        return next((value for key, value in reversed(self.headers) if key.lower() == name), None)


def read_jsonl(stream: BinaryIO, limit: int = RECORD_LIMIT) -> Iterator[Record]:
    """Iterate over the records of a JSONL file, skipping blank lines. Raises UnreadableError."""
    number = line = 0
    while text := stream.readline(limit + 1):
        line += 1
        if len(text) > limit:
            raise UnreadableError(f"The record has more than {limit} bytes.", line)
        if not text.strip():
            continue
        number += 1
        try:
            yield read_record(_parsed(text), number, line)
        except UnreadableError as error:
            raise UnreadableError(error.message, line) from error


def read_record(row: JsonValue, number: int, line: int | None = None) -> Record:
    """Parse the object of one line. Raises UnreadableError."""
    if not isinstance(row, dict):
        raise UnreadableError("A record is a JSON object.")
    path, query = split_target(text_of(row, "path"))
    headers = _pairs(row, "headers")
    body, length = _body(row)
    return Record(
        number=number,
        line=line,
        verb=text_of(row, "method"),
        path=path,
        query=(*query, *_pairs(row, "query")),
        headers=headers,
        body=body,
        length=length,
        answer=_answer(row),
        answered="response" in row,
        caller=text_of(row, "caller") if "caller" in row else caller(headers),
    )


def raw_bytes(text: str) -> bytes:
    """Return the bytes of a body recorded as text, in which invalid UTF-8 is lone surrogates."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def split_target(target: str) -> tuple[str, Pairs]:
    """Return the path and query of a request target or URL, without login and host."""
    try:
        parts = urlsplit(target) if not target.startswith("/") else urlsplit("//host" + target)
        return parts.path or "/", tuple(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError as error:
        raise UnreadableError("The address of a request cannot be read.") from error


def caller(headers: Pairs) -> str:
    """Return a digest of the credentials, which identifies the caller."""
    sent = next((value for name, value in headers if name.lower() == "authorization"), "")
    return hashlib.sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()


def parsed_json(text: str) -> JsonValue:
    """Parse strict JSON. Raises UnreadableError, which never quotes the text, since it may hold a secret."""
    try:
        value: JsonValue = json.loads(text, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"No JSON: {error.msg} (column {error.colno}).") from None
    except RecursionError as error:
        raise UnreadableError("No JSON that can be read: too deep.") from error
    except UnreadableError:
        raise
    except ValueError as error:  # A number with more digits than Python converts.
        raise UnreadableError("No JSON that can be read: a number is too long.") from error
    return value


def _parsed(text: bytes) -> JsonValue:
    try:
        return parsed_json(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UnreadableError(f"No JSON: not UTF-8 at byte {error.start}.") from None


def _constant(name: str) -> NoReturn:
    raise UnreadableError(f"No JSON: {name} is no JSON number.")


def text_of(holder: JsonObject, name: str) -> str:
    """Return a required text member. Raises UnreadableError."""
    value = holder.get(name)
    if not isinstance(value, str):
        raise UnreadableError(f"`{name}` must be a string.")
    return value


def _pairs(row: JsonObject, name: str) -> Pairs:
    pairs = row.get(name)
    parsed: list[tuple[str, str]] = []
    for pair in pairs if isinstance(pairs, list) else []:
        match pair:
            case [str(key), str(value)]:
                parsed.append((key, value))
            case _:
                raise UnreadableError(f"`{name}` must be a list of pairs of strings.")
    if pairs is not None and not isinstance(pairs, list):
        raise UnreadableError(f"`{name}` must be a list of pairs of strings.")
    return tuple(parsed)


def _body(row: JsonObject) -> tuple[Body, int]:
    """Return the body of a request and its length; a body that was too large has only a length."""
    raw, value, size = row.get("raw_body"), row.get("body"), row.get("body_bytes")
    length = size if isinstance(size, int) and size > 0 else 0
    if raw is not None:
        text = raw_bytes(text_of(row, "raw_body"))
        return text, max(length, len(text))
    if value is not None:
        return Parsed(value), length
    return (None if length else b""), length


def _answer(row: JsonObject) -> Answer | None:
    answer = row.get("response")
    if answer is None:
        return None
    if not isinstance(answer, dict):
        raise UnreadableError("`response` must be an object.")
    status = answer.get("status")
    if not isinstance(status, int) or isinstance(status, bool):
        raise UnreadableError("`status` of `response` must be a whole number.")
    raw, body, kind = answer.get("raw_body"), answer.get("body"), answer.get("content_type")
    kind = kind if isinstance(kind, str) else None
    if raw is not None:
        return Answer(status=status, body=raw_bytes(text_of(answer, "raw_body")), content_type=kind)
    if isinstance(body, str) and _ELIDED.fullmatch(body):
        return Answer(status=status)
    return Answer(status=status, body=Parsed(body) if body is not None else None, content_type=kind)
