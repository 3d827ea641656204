"""Bodies of parts (RFC 7578), read in one pass: parts inside parts, and other headers of mail, are not looked into."""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from .media import MediaType, media_type

MAX_PARTS: Final = 10_000
_MAX_HEAD: Final = 16_384
"""Bytes of the head of a part."""
_BLANK: Final = re.compile(rb"\r?\n\r?\n")
_LINE_END: Final = re.compile(r"\r?\n(?![ \t])")


class MalformedError(ValueError):
    """A body that is not of its media type."""


@frozen
class BodyPart:
    """A part by its name. `type` is None where the part states none."""

    name: str
    content: bytes
    type: MediaType | None
    is_file: bool


def body_parts(data: bytes, boundary: str) -> Iterator[BodyPart]:
    """Yield the parts of a body. Raises MalformedError."""
    line = re.compile(
        rb"(?:\A|\r?\n)--" + re.escape(boundary.encode("utf-8", "replace")) + rb"(--)?[ \t]*(?:\r?\n|\Z)"
    )
    start: int | None = None
    count = 0
    position = 0
    while found := line.search(data, position):
        if start is not None:
            count += 1
            if count > MAX_PARTS:
                raise MalformedError(f"more than {MAX_PARTS} parts")
            yield _part(data[start : found.start()])
        if found[1]:
            start = None
            break
        start = found.end()
        # The end of this line may begin the next one: a part may be empty.
        position = start - (data[start - 1 : start] == b"\n") - (data[start - 2 : start] == b"\r\n")
    if not count or start is not None:
        raise MalformedError("no parts between its boundaries")


def _part(data: bytes) -> BodyPart:
    end = _BLANK.search(data, 0, _MAX_HEAD)
    if end is None:
        raise MalformedError("a part without an empty line behind its head")
    lines = (each.partition(":") for each in _LINE_END.split(data[: end.start()].decode("utf-8", "replace")))
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    disposition = media_type(headers.get("content-disposition", ""))
    name = disposition.parameter("name")
    if name is None:
        raise MalformedError("a part without a name")
    stated = headers.get("content-type")
    names = {key for key, _ in disposition.parameters}
    return BodyPart(
        name,
        _decoded(data[end.end() :], headers.get("content-transfer-encoding", "").lower()),
        None if stated is None else media_type(stated),
        not names.isdisjoint(("filename", "filename*")),
    )


def _decoded(content: bytes, coding: str) -> bytes:
    """Return content without the encoding of mail, which RFC 7578 4.7 deprecates."""
    try:
        return (
            binascii.a2b_base64(content)
            if coding == "base64"
            else quopri.decodestring(content)
            if coding == "quoted-printable"
            else content
        )
    except binascii.Error as error:
        raise MalformedError(f"a part that is no base64: {error}") from None
