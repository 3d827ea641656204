"""Hosts of URLs, and which of them are this machine: the only ones that plain HTTP may carry credentials to."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urlsplit

_PLACE: Final = re.compile(r"(?:[^@]*@)?(?:\[([^][@]*)\]|[^][:@]*)(?::[0-9]*)?", re.DOTALL)


def split_url(url: str) -> SplitResult:
    """Split a URL whose authority is exactly `[userinfo@]host[:port]` (RFC 3986 3.2), or empty. Raises ValueError.

    `urlsplit` of Python 3.11 reads the host `::1` from `http://[::1]evil.example/`, and takes any text in brackets.
    """
    parts = urlsplit(url)
    place = _PLACE.fullmatch(parts.netloc)
    if place is None:
        raise ValueError("not [userinfo@]host[:port]")
    if place[1] is not None:
        ipaddress.IPv6Address(place[1])
    _ = parts.port
    return parts


@lru_cache(256)
def is_loopback(host: str) -> bool:
    """Whether a host is `localhost` or a loopback address."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
