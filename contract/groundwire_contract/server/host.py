"""Addresses and names of this machine, and the Host headers under which the server answers."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from typing import Final, TypeAlias

_HOST: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._~!$&'()*+,;=%-]+))(?::[0-9]*)?")
"""`uri-host [ ":" port ]` of RFC 9110 7.2, without the address forms of the future."""
_Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"


def is_near(address: str) -> bool:
    """Whether an address is a loopback address, be it one of IPv4 written as IPv6."""
    found = _address(address)
    return found is not None and found.is_loopback


def named(host: str) -> str | None:
    """The name or address in a Host header: lower case, without port, brackets and trailing dot.

    None where it is invalid (RFC 9110 7.2); an empty one is.
    """
    found = _HOST.fullmatch(host)
    if found is None:
        return None
    if found[1] is not None:
        address = _address(found[1])
        return None if address is None else str(address)
    return found[2].lower().removesuffix(".") or None


def read_name(text: str) -> str:
    """A name that is to be allowed, as `named` gives it; brackets of IPv6 may be left out. Raises ValueError."""
    address = _address(text)
    name = named(f"[{text}]" if address is not None and ":" in text else text)
    if name is None or (address is None and ":" in text.rpartition("]")[2]):
        raise ValueError(f"{text!r} is no name or address as a Host header has it, without a port.")
    return name


def is_ours(host: str, address: str, allowed: Collection[str] = ()) -> bool:
    """Whether a Host header names loopback, the very address that the request came to, or an `allowed` name.

    Any other name may be a stranger's that leads here: a page under it could read what it gets (DNS rebinding).
    Names are compared as `named` gives them.
    """
    name = named(host)
    if name is None:
        return False
    if name == "localhost" or name.endswith(".localhost") or is_near(name) or name in allowed:
        return True
    found = _address(name)
    return found is not None and found == _address(address.partition("%")[0])


def is_admitted(host: str | None, address: str, allowed: Collection[str] = ()) -> bool:
    """Whether a request is answered under its Host header. Only HTTP/1.0 may leave it out, which no browser speaks."""
    return host is None or is_ours(host, address, allowed)


def _address(text: str) -> _Address | None:
    """An address, one of IPv4 also where it was written as IPv6; None for any other text."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
