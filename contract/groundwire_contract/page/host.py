"""Which names of the server a browser may read the page under."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_ours(host: str, address: str) -> bool:
    """Whether a Host header names this machine to itself, or is the very address that the request came to."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        named = ipaddress.ip_address(name)
    except ValueError:
        return False
    return named.is_loopback or named == ipaddress.ip_address(address)
