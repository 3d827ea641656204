"""The body of an answer: read in pieces, unpacked within a bound, and known to be whole."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

from .errors import ResponseTooLarge, TransportError
from .http import Request

PIECE: Final = 256 * 1024
"""Bytes read at a time."""


class Readable(Protocol):
    """An answer whose head was read."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    def read(self, amt: int | None = None) -> bytes:
        """At most so many bytes more, none at the end; without a number, all."""
        ...


def read_body(answer: Readable, headers: Mapping[str, str], request: Request, most: int) -> bytes:
    """A body of at most `most` bytes, unpacked. Raises ResponseTooLarge and TransportError."""
    length = headers.get("content-length", "")
    if len(length) > 18 or int(length or 0) > most:
        raise _too_large(request, most)
    unpack = _unpacker(headers, request)
    pieces: list[bytes] = []
    size = 0
    # What is not packed, and of a known length, is bounded already.
    amount = None if length and unpack is None else PIECE
    while raw := answer.read(amount):
        for piece in (raw,) if unpack is None else _unpacked(unpack, raw, request):
            size += len(piece)
            if size > most:
                raise _too_large(request, most)
            pieces.append(piece)
    if unpack is not None and not unpack.eof and (pieces or int(length or 0)) and request.verb != "HEAD":
        raise TransportError(f"{request.method_id}: content-encoding gzip: the answer was cut off", sent=True)
    body = b"".join(pieces)
    if not length and "transfer-encoding" not in headers:
        _check_whole(body, headers, request, answer.status)
    return body


def _unpacker(headers: Mapping[str, str], request: Request) -> Any:
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        return zlib.decompressobj(16 + zlib.MAX_WBITS)
    if encoding not in ("identity", ""):
        raise TransportError(
            f"{request.method_id}: content-encoding {encoding[:40]!r} was not asked for",
            sent=True,
            retryable=False,
        )
    return None


def _unpacked(unpack: Any, raw: bytes, request: Request) -> Iterator[bytes]:
    """What compressed bytes hold, at most PIECE bytes at a time."""
    try:
        while True:
            piece: bytes = unpack.decompress(raw, PIECE)
            yield piece
            raw = unpack.unconsumed_tail
            if not raw and len(piece) < PIECE:
                break
        damaged = bool(unpack.unused_data)
    except zlib.error as error:
        raise TransportError(
            f"{request.method_id}: content-encoding gzip: the answer is damaged", sent=True
        ) from error
    if damaged:
        raise TransportError(
            f"{request.method_id}: content-encoding gzip: bytes follow the compressed answer", sent=True
        )


def _check_whole(body: bytes, headers: Mapping[str, str], request: Request, status: int) -> None:
    """A body that ends with its connection may have been cut: JSON tells."""
    if "json" not in headers.get("content-type", "").lower() or request.verb == "HEAD" or status == 204:
        return
    if not body and status >= 300:
        # The status alone says what is to be known.
        return
    try:
        json.loads(body)
    except (ValueError, RecursionError) as error:
        at = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise TransportError(
            f"{request.method_id}: the answer was cut off or is not JSON{at}", sent=True
        ) from error


def _too_large(request: Request, most: int) -> ResponseTooLarge:
    return ResponseTooLarge(
        f"{request.method_id}: the answer has more than {most} bytes",
        sent=True,
        retryable=False,
        hint="Ask for less, or raise Client(max_response_bytes=...).",
    )
