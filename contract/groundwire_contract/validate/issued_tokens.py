"""Access tokens that the token endpoint has issued."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from typing import Final

from attrs import frozen

MOST: Final = 10_000
"""Tokens that are kept; the oldest is forgotten first, and refused like an unknown one."""
_PREFIX: Final = "ya29.contract-"


@frozen(kw_only=True)
class Grant:
    """The caller and the full scopes of a token. An expired one is refused like an unknown one."""

    caller: str
    scopes: frozenset[str] = frozenset()
    expired: bool = False


class IssuedTokens:
    """The grants of issued tokens. Thread-safe."""

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}
        self._lock = threading.Lock()

    def issue(self, grant: Grant, draw: Callable[[int], bytes]) -> str:
        """Return a new token with a grant. `draw` returns random bytes."""
        token = _PREFIX + base64.urlsafe_b64encode(draw(24)).decode("ascii")
        with self._lock:
            while len(self._grants) >= MOST:
                del self._grants[next(iter(self._grants))]
            self._grants[token] = grant
        return token

    def get(self, token: str) -> Grant | None:
        """Return the grant of a token; None for one that was not issued here."""
        return self._grants.get(token)
