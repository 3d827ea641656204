"""Checks of a request's head by RFC 9112: version, method, target, Host and transfer coding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from attrs import frozen

from .host import normalized_host

Headers: TypeAlias = "Sequence[tuple[bytes, bytes]]"
"""Headers in the order in which they were sent, with lower-case names."""
_ABSOLUTE: Final = re.compile(rb"https?://([^/?#]*)([^#]*)", re.IGNORECASE)
_CHUNKED: Final = [b"chunked"]


class HeadError(ValueError):
    """An invalid head, with the HTTP status to answer and the reason."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        super().__init__(reason)


@frozen
class Target:
    """A request target in origin form, and the authority if it was sent in absolute form."""

    origin: bytes
    authority: bytes | None = None


def read_target(version: str, method: bytes, target: bytes, headers: Headers) -> Target:
    """Check a head and return its target. Raises HeadError.

    RFC 9112 3.2: exactly one valid Host, optional in HTTP/1.0. RFC 9112 6.1: only `chunked` is supported.
    """
    if version not in ("1.0", "1.1"):
        raise HeadError(400 if version == "0.9" else 505, "only HTTP/1.0 and HTTP/1.1 are spoken")
    if method == b"CONNECT":
        raise HeadError(501, "this is no proxy")
    _check_transfer_coding(version, [value for name, value in headers if name == b"transfer-encoding"])
    _check_host(version, [value for name, value in headers if name == b"host"])
    return _target(method, target)


def _check_transfer_coding(version: str, lines: list[bytes]) -> None:
    if not lines:
        return
    if version == "1.0":
        raise HeadError(400, "HTTP/1.0 has no transfer coding")
    codings = [coding.strip(b" \t").lower() for coding in b",".join(lines).split(b",")]
    codings = [coding for coding in codings if coding]
    if codings[-1:] != _CHUNKED or codings.count(b"chunked") > 1:
        raise HeadError(400, "the end of the body cannot be found")
    if codings != _CHUNKED:
        raise HeadError(501, "no transfer coding but chunked is known")


def _check_host(version: str, lines: list[bytes]) -> None:
    if len(lines) > 1 or (not lines and version != "1.0"):
        raise HeadError(400, "a request has one Host")
    if lines and not normalized_host(lines[0].decode("latin-1")):
        raise HeadError(400, "the Host is no host")


def _target(method: bytes, target: bytes) -> Target:
    if target.startswith(b"/") and b"#" not in target:
        return Target(target)
    if target == b"*" and method == b"OPTIONS":
        return Target(target)
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None or not normalized_host(absolute[1].decode("latin-1")):
        raise HeadError(400, "the target is no path of this server")
    rest = absolute[2]
    return Target(rest if rest.startswith(b"/") else b"/" + rest, absolute[1])
