"""The token that opens the control API and the page to other machines."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Final

from ..exchange import Exchange

SHORTEST: Final = 16
"""Characters of a token, so that it cannot be guessed."""


class ControlToken:
    """A token of the control API, compared in constant time and never shown. Raises ValueError for one that is too short."""

    def __init__(self, text: str) -> None:
        if len(text) < SHORTEST or not text.isascii() or not all("!" <= each <= "~" for each in text):
            raise ValueError(
                f"a control token has {SHORTEST} visible ASCII characters or more, and no spaces"
            )
        self._secret = text.encode("ascii")

    def admits(self, exchange: Exchange) -> bool:
        """Return True if a request has the token, as a bearer token or as the password of Basic authentication."""
        sent = _sent(exchange.headers.get("authorization", ""))
        return hmac.compare_digest(sent, self._secret)


def _sent(header: str) -> bytes:
    """Return the secret of an Authorization header; empty without one. A browser can send Basic alone (RFC 7617)."""
    scheme, _, value = header.partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer":
        return value.encode("utf-8", "replace")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(value, validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""
