"""HTTP statuses: those that prove that a request was refused, and equivalents of unknown ones."""

from __future__ import annotations

from typing import Final

_REFUSALS: Final = frozenset(
    {400, 401, 403, 404, 405, 407, 409, 410, 411, 412, 413, 414, 415, 417, 421, 422, 425, 426, 428, 429, 431}
)
"""HTTP statuses that say that a request was not carried out. Source: RFC 9110 15.5, RFC 6585, RFC 8470 (425).

Not 402 and 418 (no defined meaning), 406 (about the form of the answer), 408 and 499 (somebody stopped waiting). A
redirect, a 5xx and a status that is not registered may come from a gateway whose upstream acted.
"""
_UNSETTLED: Final = frozenset(
    {"CANCELLED", "UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}
)
"""Codes that say nothing about what was done, whatever the HTTP status. Source: google/rpc/code.proto."""
RATE_LIMITS: Final = frozenset({"RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded"})
"""Reasons of a rate limit, which may arrive as 403. Source: google/api/error_reason.proto, the error guides of Drive and Calendar."""
_KNOWN: Final = frozenset({400, 401, 403, 404, 408, 409, 410, 412, 429, 499, 500, 501, 502, 503, 504})
"""Statuses with a meaning of their own for clients."""


def proves_no_effect(http_status: int, code: str) -> bool:
    """Return True if both the HTTP status and the google.rpc code say that a request was refused."""
    return http_status in _REFUSALS and code not in _UNSETTLED


def equivalent_status(http_status: int, reason: str = "") -> int:
    """Return the HTTP status to treat an answer as.

    A rate limit sent as 403 is a 429; an unknown 4xx is a 400 and an unknown 5xx a 500 (RFC 9110 15).
    """
    if http_status == 403 and reason in RATE_LIMITS:
        return 429
    if http_status in _KNOWN or not 400 <= http_status < 600:
        return http_status
    return http_status // 100 * 100
