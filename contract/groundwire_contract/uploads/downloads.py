"""Downloads of media: `alt=media` in place of JSON, and parts of them (RFC 9110 14)."""

from __future__ import annotations

import re
from typing import Final

from attrs import evolve
from groundwire_codegen.ir import Method

from ..exchange import Exchange, Reply
from ..rules.error_bodies import Refusal

_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def is_medium_asked(exchange: Exchange) -> bool:
    """Return True for a request for a medium."""
    return ("alt", "media") in exchange.query


def medium_unanswered(method: Method) -> Refusal:
    """Refuse a download that no test has answered: there are no bytes to invent."""
    words = f"No medium for {method.id}: give it bytes, as answers({method.id!r}, b'...')."
    return Refusal(rule="medium-unanswered", code=501, message=words)


def part_of(reply: Reply, exchange: Exchange) -> Reply:
    """Return the part of a medium that a request asks for; all of it where it asks for all, or another one is meant."""
    found = _RANGE.fullmatch(exchange.headers.get("range", ""))
    if found is None or reply.status != 200 or found[0] == "bytes=-":
        return reply
    headers = dict(reply.headers)
    known = (headers.get("etag"), headers.get("last-modified"))
    if exchange.headers.get("if-range", known[0]) not in known:
        return reply
    size = len(reply.body)
    if found[1]:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
    else:
        first, last = max(0, size - int(found[2])), size - 1
    if first >= size or last < first:
        unsatisfied = (*reply.headers, ("content-range", f"bytes */{size}"))
        return evolve(reply, status=416, body=b"", headers=unsatisfied)
    stated = (*reply.headers, ("content-range", f"bytes {first}-{last}/{size}"))
    return evolve(reply, status=206, body=reply.body[first : last + 1], headers=stated)
