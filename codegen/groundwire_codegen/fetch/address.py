"""Addresses that a description may be fetched from: https, and hosts that are allowed by whole labels."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit

from ..problem import Problem, SpecError

DOMAIN: Final = "googleapis.com"
"""It and its subdomains are always allowed."""
_URL: Final = re.compile(r"[A-Za-z0-9:/._~?&=%+$!'()*,;@#\[\]-]+", re.ASCII)
_HOST: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.ASCII)
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,62}", re.ASCII)
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII)


def checked(url: str, allow_hosts: tuple[str, ...] = ()) -> str:
    """The URL when it may be asked. `allow_hosts` are whole hosts besides the domain. Raises SpecError."""

    def refused(message: str, hint: str = "") -> SpecError:
        return SpecError([Problem(url, "", message, hint)])

    if not _URL.fullmatch(url):
        raise refused("a character that does not belong in a URL")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise refused("not a URL") from None
    if parts.scheme != "https":
        raise refused(f"{parts.scheme or 'no'} scheme is refused", "only https is fetched")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise refused("a URL with user information or a fragment is refused")
    if host in allow_hosts:
        return url
    if not _HOST.fullmatch(host):
        raise refused(f"not a host: {host!r}")
    if f".{host}".endswith(f".{DOMAIN}"):
        if port not in (None, 443):
            raise refused("not the standard port", f"allow it with --allow-host {host}")
        return url
    raise refused(f"host {host!r} is not {DOMAIN} or below it", f"allow it with --allow-host {host}")


def addresses_of(name: str, version: str) -> tuple[str, ...]:
    """Where the description of an API may be: at its own host, or in Google's directory. Raises SpecError."""
    check_names(name, version)
    return (
        f"https://{name}.{DOMAIN}/$discovery/rest?version={quote(version)}",
        f"https://www.{DOMAIN}/discovery/v1/apis/{name}/{quote(version)}/rest",
    )


def check_names(name: str, version: str) -> None:
    """Refuse what is no name or no version of an API: it becomes part of a host, or of a path. Raises SpecError."""
    problems = [
        Problem("options", "", f"{text[:80]!r} is no {what} of an API")
        for what, text, shape in (("name", name, _NAME), ("version", version, _VERSION))
        if not shape.fullmatch(text)
    ]
    if problems:
        raise SpecError(problems)
