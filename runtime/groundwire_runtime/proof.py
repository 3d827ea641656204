"""What an answer proves about the call that it ends."""

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


def proves_no_effect(http_status: int, code: str) -> bool:
    """Return True if both the HTTP status and the google.rpc code say that a request was refused."""
    return http_status in _REFUSALS and code not in _UNSETTLED
