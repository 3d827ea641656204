"""The allowlist of addresses for descriptions: Google's own, and hosts that the caller names."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, quote

from groundwire_runtime.http import split_url

from ..problem import Problem, SpecError

DOMAIN: Final = "googleapis.com"
"""Strangers can put files below it, as in storage.googleapis.com: only the addresses of descriptions are trusted."""
_URL: Final = re.compile(r"[A-Za-z0-9:/._~?&=%+$!'()*,;@#\[\]-]+", re.ASCII)
_HOST: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.ASCII)
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,62}", re.ASCII)
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII)
_DIRECTORY: Final = re.compile(rf"/discovery/v1/apis/({_NAME.pattern})/({_VERSION.pattern})/rest", re.ASCII)


def checked(url: str, allow_hosts: tuple[str, ...] = (), id_: str = "") -> str:
    """Return the URL if it may be asked: a description at Google's own addresses, or anything on a host of `allow_hosts`.

    `id_`, if given, is the API whose description it must be at Google. Raises SpecError.
    """

    def refused(message: str, hint: str = "") -> SpecError:
        return SpecError([Problem(url, "", message, hint)])

    if not _URL.fullmatch(url):
        raise refused("a character that does not belong in a URL")
    parts = _split(url)
    if parts is None:
        raise refused("not a URL")
    if parts.scheme != "https":
        raise refused(f"{parts.scheme or 'no'} scheme is refused", "only https is fetched")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise refused("a URL with user information or a fragment is refused")
    host = host_of(url)
    if host in allow_hosts:
        return url
    if not _HOST.fullmatch(host):
        raise refused(f"not a host: {host!r}")
    found = described(url)
    if not found:
        raise refused("not an address of Google's descriptions", f"allow it with --allow-host {host}")
    if id_ and found != id_:
        raise refused(f"the description of {found}, not of {id_}", f"allow it with --allow-host {host}")
    return url


def described(url: str) -> str:
    """Return the id (`drive:v3`) of the API whose description Google has at this address; empty for any other address."""
    parts = _split(url)
    if parts is None or parts.scheme != "https" or parts.fragment or parts.port not in (None, 443):
        return ""
    host = parts.netloc.lower().removesuffix(":443")
    if host == f"www.{DOMAIN}" and not parts.query:
        found = _DIRECTORY.fullmatch(parts.path)
        return f"{found[1]}:{found[2]}" if found else ""
    name, version = host.removesuffix(f".{DOMAIN}"), parts.query.removeprefix("version=")
    if parts.path != "/$discovery/rest" or host == name or version == parts.query:
        return ""
    return f"{name}:{version}" if _NAME.fullmatch(name) and _VERSION.fullmatch(version) else ""


def host_of(url: str) -> str:
    """Return the host of a URL in lower case; empty if it has none."""
    parts = _split(url)
    return "" if parts is None else (parts.hostname or "").lower()


def _split(url: str) -> SplitResult | None:
    try:
        return split_url(url)
    except ValueError:
        return None


def addresses_of(name: str, version: str) -> tuple[str, ...]:
    """Return the possible addresses of a description: at its own host, or in Google's directory. Raises SpecError."""
    check_names(name, version)
    return (
        f"https://{name}.{DOMAIN}/$discovery/rest?version={quote(version)}",
        f"https://www.{DOMAIN}/discovery/v1/apis/{name}/{quote(version)}/rest",
    )


def split_id(text: str) -> tuple[str, str | None]:
    """Return the name and the version of an API's id, `drive:v3`; any other text as it is, and None."""
    name, _, version = text.partition(":")
    if len(name) > 1 and _NAME.fullmatch(name) and _VERSION.fullmatch(version):
        return name, version
    return text, None


def check_names(name: str, version: str) -> None:
    """Refuse what is no name or no version of an API: it becomes part of a host, or of a path. Raises SpecError."""
    problems = [
        Problem("options", "", f"{text[:80]!r} is no {what} of an API")
        for what, text, shape in (("name", name, _NAME), ("version", version, _VERSION))
        if not shape.fullmatch(text)
    ]
    if problems:
        raise SpecError(problems)
