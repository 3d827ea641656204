"""How long to wait before a call is made again: full jitter, or as long as the service says."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

_SECONDS: Final = re.compile(r"\d{1,10}", re.ASCII)


def full_jitter(attempt: int, random: float, *, base: float = 1.0, cap: float = 60.0) -> float:
    """Seconds before attempt `attempt + 1`: evenly within [0, min(cap, base * 2^attempt)]; `random` is in [0, 1)."""
    return random * min(cap, base * 2.0 ** min(attempt, 32))


def retry_after(text: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for: delay or date in its three forms (RFC 9110 10.2.3).

    None when it is absent or malformed; 0 for a date that has passed. `now` is Unix time.
    """
    if text is None:
        return None
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    instant = _date(text)
    return None if instant is None else max(0.0, instant - now)


def _date(text: str) -> float | None:
    if len(text) > 64 or not text[:1].isalpha():
        return None
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # Without a zone it means UTC: this is how asctime's form comes out.
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
