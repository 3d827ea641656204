"""Checksums of media: MD5, and CRC32C where google-crc32c is installed, compared with those that a service states."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final, cast

from attrs import define, field

from .errors import GroundwireError
from .jsontext import parse

_MOST: Final = 1024 * 1024
"""Bytes of an answer in which checksums are looked for."""
_FIELDS: Final = (("md5Hash", "md5"), ("md5Checksum", "md5"), ("crc32c", "crc32c"))
"""Fields of the resources of Cloud Storage and Drive, each with its checksum."""


class ChecksumError(GroundwireError):
    """The bytes that were sent or received are not those that the service names by its checksum."""


@cache
def _crc32c() -> Callable[[], Any] | None:
    """Return the class of a CRC32C: pure Python takes minutes for a gigabyte, so that it is left out without the library."""
    try:
        module: Any = import_module("google_crc32c")
    except ImportError:
        return None
    return cast("Callable[[], Any]", module.Checksum)


@define(eq=False)
class Digests:
    """The checksums of the first `size` bytes of a medium."""

    size: int = 0
    _states: dict[str, Any] = field(factory=dict[str, Any])

    def __attrs_post_init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin again."""
        self.size = 0
        self._states = {"md5": hashlib.md5(usedforsecurity=False)}
        crc32c = _crc32c()
        if crc32c is not None:
            self._states["crc32c"] = crc32c()

    def update(self, piece: bytes, offset: int) -> None:
        """Take the bytes at an offset; those that were taken before are left out."""
        new = piece[self.size - offset :] if offset < self.size else piece
        for state in self._states.values():
            state.update(new)
        self.size += len(new)

    def values(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name of each checksum with its value."""
        for name, state in self._states.items():
            yield name, state.digest()


def stated_in_headers(headers: Mapping[str, str]) -> dict[str, bytes]:
    """Return the checksums of `x-goog-hash: crc32c=...,md5=...`, by name.

    They are those of what is stored, so there are none where the service unpacked it, or where it is packed on the way.
    """
    stored = headers.get("x-goog-stored-content-encoding", "identity").lower()
    if "content-encoding" in headers or stored not in ("identity", ""):
        return {}
    found: dict[str, bytes] = {}
    for each in headers.get("x-goog-hash", "").split(","):
        name, _, text = each.strip().partition("=")
        value = _decoded(text)
        if value is not None:
            found[name.lower()] = value
    return found


def stated_in_resource(body: bytes) -> dict[str, bytes]:
    """Return the checksums that the JSON of an uploaded object states, by name."""
    if len(body) > _MOST:
        return {}
    try:
        resource = parse(body)
    except (ValueError, GroundwireError):
        return {}
    members = cast("dict[str, Any]", resource) if isinstance(resource, dict) else {}
    found = ((name, _decoded(members[key])) for key, name in _FIELDS if isinstance(members.get(key), str))
    return {name: value for name, value in found if value is not None}


def _decoded(text: str) -> bytes | None:
    """Return the value of a checksum in hexadecimal or Base64."""
    try:
        return bytes.fromhex(text) if len(text) == 32 else base64.b64decode(text, validate=True)
    except ValueError:
        return None


def check(digests: Digests, stated: Mapping[str, bytes], place: str, hint: str) -> None:
    """Raise ChecksumError where a checksum is not the one that is stated for all bytes. `place` begins the message."""
    for name, value in digests.values():
        expected = stated.get(name, b"")
        # A value of another size is none of this checksum.
        if len(expected) == len(value) and expected != value:
            raise ChecksumError(
                f"{place}: the {name} of {digests.size} bytes is {value.hex()}, the service states {expected.hex()}",
                hint=hint,
            )
