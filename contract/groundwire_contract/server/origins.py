"""Cross-origin requests of web pages (Fetch Standard, CORS protocol): only the API is opened, and only to named origins."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from attrs import evolve

from ..exchange import Exchange, Pairs, Reply

ANY: Final = "*"
"""Stands for every origin. Requests carry tokens in a header and no cookies, so it gives no page more rights than another."""
_MAX_AGE: Final = "600"
_VERBS: Final = "DELETE, GET, HEAD, PATCH, POST, PUT"
_NAMES: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*,[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+)*")
_MAX_NAMES: Final = 2000
_OPEN: Final = frozenset(
    {
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    }
)
"""Headers that pages read of every answer (Fetch Standard, 2.2.2)."""


def parse_origin(text: str) -> str:
    """Return an origin as browsers send it: scheme and host in lower case, no default port. Raises ValueError."""
    if text == ANY:
        return text
    message = f"{text!r} is no origin: a scheme and a host without a path, such as http://localhost:3000; * is every origin"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError(message) from error
    rest = parts.path or parts.query or parts.fragment
    if not parts.scheme or not parts.hostname or rest or "@" in parts.netloc or not text.isascii():
        raise ValueError(message)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = port is not None and port != {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{host}{f':{port}' if shown else ''}"


def is_preflight(exchange: Exchange) -> bool:
    """Return True for the request by which a browser asks whether it may send another."""
    headers = exchange.headers
    return exchange.verb == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers


def preflight(exchange: Exchange, allowed: Collection[str]) -> Reply | None:
    """Answer a preflight of an allowed origin; None for any other request."""
    if not is_preflight(exchange) or not (headers := _allowance(exchange, allowed)):
        return None
    wanted = exchange.headers.get("access-control-request-headers", "")
    named = _NAMES.fullmatch(wanted) and len(wanted) <= _MAX_NAMES
    headers += (("access-control-allow-methods", _VERBS), ("access-control-max-age", _MAX_AGE))
    headers += (("access-control-allow-headers", wanted),) if named else ()
    if exchange.headers.get("access-control-request-private-network") == "true":
        headers += (("access-control-allow-private-network", "true"),)
    return Reply(status=204, body=b"", headers=headers)


def shared(reply: Reply, exchange: Exchange, allowed: Collection[str]) -> Reply:
    """Return an answer with the headers that let a page of an allowed origin read it, and all of its headers."""
    headers = _allowance(exchange, allowed)
    if not headers:
        return reply
    # What clients need differs by call: places and ranges of uploads, ETags, links, and headers that a test gives.
    exposed = ", ".join(sorted({"date", *(name.lower() for name in reply.head)} - _OPEN))
    return evolve(reply, headers=(*reply.headers, *headers, ("access-control-expose-headers", exposed)))


def _allowance(exchange: Exchange, allowed: Collection[str]) -> Pairs:
    origin = exchange.headers.get("origin")
    if origin is None or not allowed or (ANY not in allowed and origin not in allowed):
        return ()
    return (("access-control-allow-origin", ANY if ANY in allowed else origin), ("vary", "origin"))
