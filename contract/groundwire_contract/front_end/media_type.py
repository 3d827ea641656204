"""The content type of a body: JSON in UTF-8, or a form whose names count as query parameters."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl

from ..errors import Refusal, invalid_argument
from ..exchange import Exchange

_JSON: Final = re.compile(
    r"application/(?:json|[\w.+-]{1,80}\+json)\s*(?:;\s*charset\s*=\s*\"?(?:utf-?8|us-ascii)\"?\s*)?",
    re.IGNORECASE,
)
_FORM: Final = re.compile(r"application/x-www-form-urlencoded\s*(?:;.*)?", re.IGNORECASE)
_QUOTED: Final = 80
MOST_NAMES: Final = 1000
"""Names of a form that are looked at."""


def refused(exchange: Exchange) -> Refusal | None:
    """The refusal of a body that is not sent as JSON, which is then not looked at; None for any other."""
    if not exchange.length:
        return None
    coding = exchange.headers.get("content-encoding", "identity")
    if coding.strip().lower() != "identity":
        return _unsupported(f"Content encoding {_shown(coding)} is not supported: send the body as it is.")
    said = exchange.headers.get("content-type")
    if said is None:
        return _unsupported("The body has no content type: send it as application/json.")
    if _JSON.fullmatch(said.strip()):
        return None
    return _unsupported(f"Content type {_shown(said)} is not supported: send application/json in UTF-8.")


def is_form(exchange: Exchange) -> bool:
    """Whether the body says that it is a form, as it does when a caller names no content type to its tool."""
    return exchange.length > 0 and bool(_FORM.fullmatch(exchange.headers.get("content-type", "").strip()))


def read_form(exchange: Exchange) -> tuple[tuple[str, str], ...] | Refusal:
    """The names and values of a form."""
    try:
        text = exchange.body.decode("utf-8", "replace")
        return tuple(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_NAMES))
    except ValueError:
        return _unsupported(f"A form has at most {MOST_NAMES} names: send application/json.")


def _unsupported(message: str) -> Refusal:
    return invalid_argument("media-type", message)


def _shown(said: str) -> str:
    return repr(said if len(said) <= _QUOTED else said[:_QUOTED] + "...")
