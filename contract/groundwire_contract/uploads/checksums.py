"""Checksums of a medium that a request states, compared with those of its bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

from ..exchange import JsonObject
from ..rules.error_bodies import Refusal, invalid_argument

_FIELDS: Final = {"md5Hash": "md5", "crc32c": "crc32c"}
"""Fields of a resource that state a checksum of its medium, in base64."""
_NAMES: Final = {"md5": "MD5 hash", "crc32c": "CRC32C"}
_POLYNOMIAL: Final = 0x82F63B78
"""CRC32C, reversed (RFC 3720, appendix B.4)."""


def _table() -> list[int]:
    rows = list(range(256))
    for _ in range(8):
        rows = [row >> 1 ^ (_POLYNOMIAL if row & 1 else 0) for row in rows]
    return rows


_TABLE: Final = _table()


def crc32c(data: bytes) -> bytes:
    """Return the CRC32C of bytes, in network order."""
    state = 0xFFFFFFFF
    for byte in data:
        state = state >> 8 ^ _TABLE[(state ^ byte) & 0xFF]
    return (state ^ 0xFFFFFFFF).to_bytes(4, "big")


def checksum_refusal(medium: bytes, resource: JsonObject, headers: Mapping[str, str]) -> Refusal | None:
    """Return the refusal of a medium that is not the one that the request states; None where it is."""
    for name, text in _stated(resource, headers):
        try:
            wanted = base64.b64decode(text, validate=True)
        except binascii.Error:
            wanted = b""
        found = hashlib.md5(medium, usedforsecurity=False).digest() if name == "md5" else crc32c(medium)
        if wanted != found:
            own = base64.b64encode(found).decode()
            label = _NAMES[name]
            message = f'Provided {label} "{text[:100]}" doesn\'t match calculated {label} "{own}".'
            return invalid_argument("upload-checksum", message)
    return None


def _stated(resource: JsonObject, headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the checksums that a request states, by name: in the resource, `Content-MD5` and `x-goog-hash`."""
    for field, name in _FIELDS.items():
        value = resource.get(field)
        if isinstance(value, str):
            yield name, value
    if "content-md5" in headers:
        yield "md5", headers["content-md5"].strip()
    for part in headers.get("x-goog-hash", "").split(","):
        name, _, text = part.strip().partition("=")
        if name in _NAMES:
            yield name, text
