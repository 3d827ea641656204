"""The reasons for a refusal, as tests and the page show them: the message, the place, and an excerpt of the body there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final

from attrs import evolve

from .exchange import JsonValue, Reason, Recorded

MOST: Final = 20
"""Reasons of one refusal that are kept."""
EXCERPT: Final = 160
"""Characters of an excerpt."""
MAX_MESSAGE: Final = 1000
_MAX_BODY: Final = 1_000_000
"""Bytes above which no excerpt is made."""
_INDENT: Final = "    "
_SOURCES: Final = {"x-groundwire-answer": "answer", "x-groundwire-example": "example"}


def with_excerpts(reasons: Sequence[Reason], sent: bytes) -> tuple[Reason, ...]:
    """Return the first reasons, those in the body with what the body has there."""
    kept = [evolve(each, message=_clipped(each.message, MAX_MESSAGE)) for each in reasons[:MOST]]
    if not sent or len(sent) > _MAX_BODY or all(each.place != "body" for each in kept):
        return tuple(kept)
    try:
        body: JsonValue = json.loads(sent)
    except (ValueError, RecursionError):
        return tuple(kept)
    return tuple(
        evolve(each, excerpt=_excerpt(body, each.pointer)) if each.place == "body" else each for each in kept
    )


def _excerpt(body: JsonValue, pointer: str) -> str:
    """Return the name and value at a JSON pointer (RFC 6901); of the nearest one that exists."""
    value, name = body, ""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value, name = value[key], key
        elif isinstance(value, list) and key.isascii() and key.isdecimal() and int(key[:9]) < len(value):
            value, name = value[int(key)], ""
        else:
            break
    text = _beginning(value)
    return f"{json.dumps(_clipped(name, 80), ensure_ascii=False)}: {text}" if name else text


def _beginning(value: JsonValue) -> str:
    parts: list[str] = []
    length = 0
    try:
        for part in json.JSONEncoder(ensure_ascii=False).iterencode(value):
            parts.append(part)
            length += len(part)
            if length > EXCERPT:
                break
    except RecursionError:
        return ""
    return _clipped("".join(parts), EXCERPT)


def _clipped(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}\u2026"


def told(requests: Sequence[Recorded], blamed: Iterable[str]) -> tuple[str, ...]:
    """Return a paragraph for each request that one of the `blamed` rules refused."""
    rules = frozenset(blamed)
    return tuple(
        _paragraph(number, len(requests), request)
        for number, request in enumerate(requests, 1)
        if request.verdict in rules
    )


def _paragraph(number: int, count: int, request: Recorded) -> str:
    reasons = request.reasons or (Reason(message=""),)
    head = f"{request.verb} {request.path}: {request.status} {request.verdict}: {_inner(reasons[0].message)}"
    lines = [head, *_where(reasons[0])]
    for reason in reasons[1:]:
        lines += [f"{_INDENT}and: {_inner(reason.message)}", *_where(reason)]
    method = request.method or "no method"
    lines.append(f"{_INDENT}request {number} of {count}, {method}")
    return "\n".join(lines)


def _where(reason: Reason) -> list[str]:
    names = {
        "body": "in the body",
        "query": "in the query",
        "path": "in the path",
        "header": "in the headers",
    }
    at = " ".join(part for part in (reason.pointer, names.get(reason.place, reason.place)) if part)
    if not reason.pointer and not reason.excerpt:
        return []
    place = at if not reason.pointer and at in names.values() else f"at {at}"
    return [f"{_INDENT}{place}" + (f": {reason.excerpt}" if reason.excerpt else "")]


def _inner(message: str) -> str:
    return message.replace("\n", f"\n{_INDENT}")


def source_of(reply_headers: Iterable[tuple[str, str]], accepted: bool) -> str:
    """Return where an answer is from: `answer` of the test, `example`, or `behaviour`; empty for a refusal."""
    for name, _ in reply_headers:
        if name in _SOURCES:
            return _SOURCES[name]
    return "behaviour" if accepted else ""
