"""Checksums of a medium that a request states, compared with those of its bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
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


_PLANES: Final = tuple(bytes(row >> shift & 0xFF for row in _TABLE) for shift in (0, 8, 16, 24))
"""Each byte of the rows of the table."""
_BLOCK: Final = 1024
_MANY: Final = 64 * _BLOCK
"""Bytes from which on blocks are computed beside each other."""


def crc32c(data: bytes) -> bytes:
    """Return the CRC32C of bytes, in network order. A large medium takes a second for each 64 MiB, not eight."""
    state, blocks = 0xFFFFFFFF, len(data) // _BLOCK if len(data) >= _MANY else 0
    if blocks:
        low, second, third, high = _zeros_appended()
        for block in _states_of_blocks(data, blocks):
            state = (
                low[state & 0xFF] ^ second[state >> 8 & 0xFF] ^ third[state >> 16 & 0xFF] ^ high[state >> 24]
            )
            state ^= block
    return (_advanced(state, data[blocks * _BLOCK :]) ^ 0xFFFFFFFF).to_bytes(4, "big")


def _advanced(state: int, data: bytes) -> int:
    for byte in data:
        state = state >> 8 ^ _TABLE[(state ^ byte) & 0xFF]
    return state


def _states_of_blocks(data: bytes, blocks: int) -> Iterator[int]:
    """Yield the state after each block alone, from 0: a CRC is linear, so that states can be added up.

    All blocks take a step at once: `translate` looks up their bytes, and integers of any length XOR them.
    """
    planes = [0, 0, 0, 0]
    for place in range(_BLOCK):
        column = int.from_bytes(data[place : blocks * _BLOCK : _BLOCK], "little")
        index = (planes[0] ^ column).to_bytes(blocks, "little")
        rows = [int.from_bytes(index.translate(plane), "little") for plane in _PLANES]
        planes = [planes[1] ^ rows[0], planes[2] ^ rows[1], planes[3] ^ rows[2], rows[3]]
    for low, second, third, high in zip(*(each.to_bytes(blocks, "little") for each in planes), strict=True):
        yield low | second << 8 | third << 16 | high << 24


@cache
def _zeros_appended() -> tuple[list[int], ...]:
    """Return tables of the state after a block of zeros, for each byte of the state before it."""
    zeros, tables = bytes(_BLOCK), list[list[int]]()
    for shift in (0, 8, 16, 24):
        table = [0]
        for bit in range(8):
            value = _advanced(1 << shift + bit, zeros)
            table += [each ^ value for each in table]
        tables.append(table)
    return tuple(tables)


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
