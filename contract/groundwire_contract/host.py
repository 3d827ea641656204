"""Which addresses are of this machine, and under which names a browser reaches it there."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_near(address: str) -> bool:
    """Whether an address is a loopback address, be it one of IPv4 written as IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def named(host: str) -> str | None:
    """The name or address in a Host header, in lower case and without its port; None where it cannot be read."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return None


def is_ours(host: str, address: str) -> bool:
    """Whether a Host header names this machine to itself, or is the very address that the request came to."""
    name = named(host)
    if name is None:
        return False
    if name == "localhost" or name.endswith(".localhost") or is_near(name):
        return True
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(address)
    except ValueError:
        return False
