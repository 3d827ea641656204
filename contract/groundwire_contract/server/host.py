"""Loopback addresses and Host headers."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final, TypeAlias

_HOST: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._~!$&'()*+,;=%-]+))(?::[0-9]*)?")
"""`uri-host [ ":" port ]` of RFC 9110 7.2, without IPvFuture."""
_Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"


@lru_cache(256)
def is_loopback_address(address: str) -> bool:
    """Return True for a loopback address, including IPv4 mapped to IPv6."""
    parsed = _address(address)
    return parsed is not None and parsed.is_loopback


@lru_cache(256)
def normalized_host(host: str) -> str | None:
    """Return the host of a Host header: lower case, without port, brackets and trailing dot.

    Return None if it is invalid (RFC 9110 7.2) or empty.
    """
    match = _HOST.fullmatch(host)
    if match is None:
        return None
    if match[1] is not None:
        address = _address(match[1])
        return None if address is None else str(address)
    return match[2].lower().removesuffix(".") or None


def parse_host_name(text: str) -> str:
    """Parse a name to allow, normalized as `normalized_host` does; IPv6 brackets are optional. Raises ValueError."""
    address = _address(text)
    name = normalized_host(f"[{text}]" if address is not None and ":" in text else text)
    if name is None or (address is None and ":" in text.rpartition("]")[2]):
        raise ValueError(f"{text!r} is no name or address as a Host header has it, without a port.")
    return name


def is_own_host(host: str, address: str, allowed: Collection[str] = ()) -> bool:
    """Return True if a Host header names loopback, the address that received the request, or an `allowed`
    name.

    Protects against DNS rebinding: a page under any other name that resolves here could read the answer.
    Names are compared as `normalized_host` normalizes them.
    """
    name = normalized_host(host)
    if name is None:
        return False
    if name == "localhost" or name.endswith(".localhost") or is_loopback_address(name) or name in allowed:
        return True
    parsed = _address(name)
    return parsed is not None and parsed == _address(address.partition("%")[0])


def is_admitted(host: str | None, address: str, allowed: Collection[str] = ()) -> bool:
    """Return True if a request is answered under its Host. It may be missing in HTTP/1.0, which no browser
    speaks."""
    return host is None or is_own_host(host, address, allowed)


@lru_cache(256)
def _address(text: str) -> _Address | None:
    """Parse an address; return IPv4 for one mapped to IPv6, None for any other text."""
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed
