"""Which hosts are this machine: the only ones that plain HTTP may carry credentials to."""

from __future__ import annotations

import ipaddress
from functools import lru_cache


@lru_cache(256)
def is_loopback(host: str) -> bool:
    """Whether a host is `localhost` or a loopback address."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
