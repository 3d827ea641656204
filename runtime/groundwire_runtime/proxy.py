"""Which proxy a call goes through, as the environment says."""

from __future__ import annotations

import base64
import urllib.request
from typing import Final
from urllib.parse import unquote

from attrs import field, frozen

from .loopback import is_loopback, split_url

METADATA_HOSTS: Final = frozenset(
    {"169.254.169.254", "fd20:ce::254", "fd00:ec2::254", "metadata.google.internal", "metadata"}
)
"""The metadata server of a machine in the cloud: it hands out tokens in the clear, over a link of its own."""


@frozen
class Proxy:
    """Where a proxy is, and what it is told of who asks."""

    url: str
    authorization: str | None = field(default=None, repr=False)


def proxy_for(url: str) -> Proxy | None:
    """The proxy for a URL (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`); none for loopback and the metadata server."""
    parts = split_url(url)
    host = parts.hostname or ""
    if is_loopback(host) or host in METADATA_HOSTS:
        return None
    proxies = urllib.request.getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    if not found or urllib.request.proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    return _proxy(found if "://" in found else f"http://{found}")


def _proxy(url: str) -> Proxy:
    """The login of a proxy's URL as the header that carries it (RFC 7617)."""
    scheme, _, rest = url.partition("://")
    login, at, place = rest.rpartition("@")
    if not at:
        return Proxy(url)
    encoded = base64.b64encode(unquote(login).encode()).decode()
    return Proxy(f"{scheme}://{place}", f"Basic {encoded}")
