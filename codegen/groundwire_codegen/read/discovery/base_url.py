"""The base URL of an API: where a document may send credentials."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from groundwire_runtime.http import split_url

from ..cursor import Node

_URL: Final = re.compile(r"[A-Za-z0-9:/._~@?#&=%+$!'()*,;\[\]-]*", re.ASCII)
_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII)
"""Nothing that two readers of a URL read in two ways, as a backslash or a line end."""
HOSTS: Final = (".googleapis.com", ".google.com")
"""Domains that a document may send credentials to, unless the caller allows another host."""


def base_url(root: Node, allow_hosts: tuple[str, ...]) -> str:
    """`rootUrl` and `servicePath` in one. A host that is neither Google's nor allowed is a problem."""
    root_url = root.required("rootUrl")
    if not root_url:
        return ""
    url = f"{root_url.rstrip('/')}/{(root.text('servicePath') or '').lstrip('/')}"
    where = root.at("rootUrl", url)
    try:
        parts = split_url(url)
        host = (parts.hostname or "").lower()
        port = parts.port
    except ValueError:
        where.refuse("not a URL")
        return url
    if not _URL.fullmatch(url) or (host and host not in allow_hosts and not _HOST.fullmatch(host)):
        where.refuse(f"a character that does not belong in a URL: {url[:200]!r}")
        return url
    if parts.username is not None or parts.password is not None:
        where.refuse("a URL with user information is refused")
    if (
        parts.query
        or parts.fragment
        or any(segment in (".", "..") for segment in unquote(parts.path).split("/"))
    ):
        where.refuse("a query, a fragment or a dot segment does not belong in a base URL")
    if host in allow_hosts:
        return url
    if parts.scheme != "https" or port not in (None, 443):
        where.refuse("must be https on the standard port", f"allow it with --allow-host {host}")
    elif not any(host.endswith(suffix) for suffix in HOSTS):
        where.refuse(
            f"host {host!r} is not one of {', '.join(f'*{suffix}' for suffix in HOSTS)}",
            f"allow it with --allow-host {host}",
        )
    return url
