"""Answers as bytes: well-formed ones, and every way to break one."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Sequence
from typing import Literal

from attrs import frozen

PATIENCE = 10.0
"""Seconds after which anything that waits here gives up."""


@frozen(kw_only=True)
class Reply:
    """Bytes to send, piece by piece, and what becomes of the connection after them."""

    pieces: Sequence[bytes] = ()
    then: Literal["keep", "close", "reset"] = "keep"
    held: bool = False
    """Wait for `Wire.release` before the first byte."""
    every: float = 0.0
    """Seconds between pieces."""


Answers = Sequence[Reply] | Callable[[bytes], Reply]


def http(body: bytes | str = b"{}", status: str = "200 OK", *, sized: bool = True, **headers: str) -> bytes:
    """A well-formed response."""
    data = body.encode() if isinstance(body, str) else body
    names = {"content_type": "application/json", **headers}
    if sized:
        names.setdefault("content_length", str(len(data)))
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in names.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + data


def plain(body: bytes | str = b"{}", status: str = "200 OK", **headers: str) -> Reply:
    return Reply(pieces=[http(body, status, sized=True, **headers)])


def interim(status: str = "103 Early Hints", **headers: str) -> bytes:
    """An answer before the answer."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def cut(data: bytes) -> Reply:
    """These bytes, then the end of the connection."""
    return Reply(pieces=[data], then="close")


def drip(data: bytes, every: float) -> Reply:
    return Reply(pieces=[bytes([byte]) for byte in data], every=every)


def echo(request: bytes) -> Reply:
    """The path of the request as the body."""
    return plain(request.split(b" ")[1])


RESET = Reply(then="reset")
SILENCE = Reply(held=True, then="close")


def chunked(body: bytes, size: int = 40, **headers: str) -> bytes:
    """A body in chunks of a size, the head included."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))
    return http(framed, sized=False, transfer_encoding="chunked", **headers)


def zipped(body: bytes, *, sized: bool = True, **headers: str) -> bytes:
    """A compressed body, the head included."""
    return http(gzip.compress(body, mtime=0), sized=sized, content_encoding="gzip", **headers)


def bomb(size: int) -> bytes:
    """Compressed zeros that become `size` bytes (a multiple of 1 MiB), the head included."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()
    return http(packed, content_encoding="gzip")
