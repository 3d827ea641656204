"""Bodies of parts (RFC 2046 5.1), read in one pass: parts inside parts, and other headers of mail, are not looked into.

Forms (RFC 7578), uploads of two parts (RFC 2387) and batches of calls are read here.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from .media import MediaType, media_type

MAX_PARTS: Final = 10_000
_MAX_HEAD: Final = 16_384
"""Bytes of the head of a part."""
_BOUNDARY: Final = re.compile(r"[ -~]{0,199}[!-~]")
"""Wider than RFC 2046 5.1.1, for clients send asterisks."""
_BLANK: Final = re.compile(rb"\r?\n\r?\n")
_LINE_END: Final = re.compile(r"\r?\n(?![ \t])")
_FOLD: Final = re.compile(r"\r?\n(?=[ \t])")
_AS_IS: Final = ("", "7bit", "8bit", "binary")


class MalformedError(ValueError):
    """A body that is not of its media type."""


@frozen
class Part:
    """A part of a body: its headers by their names in lower case, and its content without the encoding of mail."""

    headers: Mapping[str, str]
    content: bytes

    def message(self) -> tuple[bytes, bytes]:
        """Return the head and the body of an HTTP message that is the content; lines that end the part are no body."""
        blank = _BLANK.search(self.content)
        if blank is None:
            return self.content, b""
        return self.content[: blank.start()], self.content[blank.end() :].rstrip(b"\r\n")


@frozen
class BodyPart:
    """A part of a form by its name. `type` is None where the part states none."""

    name: str
    content: bytes
    type: MediaType | None
    is_file: bool


def parts(data: bytes, kind: MediaType) -> Iterator[Part]:
    """Yield the parts of a body by the boundary of its media type. Raises MalformedError, also after parts."""
    boundary = kind.parameter("boundary") or ""
    if not _BOUNDARY.fullmatch(boundary):
        raise MalformedError(f"the content type {kind.name[:80]} states no boundary")
    line = b"--" + re.escape(boundary.encode("ascii"))
    first = re.compile(rb"(?:\A|\n)" + line + rb"[ \t]*(\r?\n)").search(data)
    if first is None:
        raise MalformedError("no line is the boundary")
    # The line end before a boundary belongs to it: only the one that the body uses, since a content may end with the other.
    end = first[1]
    delimiter = re.compile(end + line + rb"(--)?[ \t]*(?:" + end + rb"|\Z)")
    start, count = first.end(), 0
    # The end of a boundary's line may begin the next one: a part may be empty.
    while found := delimiter.search(data, start - len(end)):
        count += 1
        if count > MAX_PARTS:
            raise MalformedError(f"more than {MAX_PARTS} parts")
        yield _part(data[start : found.start()], end)
        if found[1]:
            return
        start = found.end()
    raise MalformedError("the last boundary does not end with two hyphens")


def headers_of(head: bytes) -> Mapping[str, str]:
    """Return the headers of a head by their names in lower case; the last of a name counts."""
    lines = (each.partition(":") for each in _LINE_END.split(head.decode("utf-8", "replace")))
    return {name.strip().lower(): _FOLD.sub("", value).strip() for name, _, value in lines if name.strip()}


def body_parts(data: bytes, kind: MediaType) -> Iterator[BodyPart]:
    """Yield the parts of a form. Raises MalformedError."""
    for part in parts(data, kind):
        disposition = media_type(part.headers.get("content-disposition", ""))
        name, stated = disposition.parameter("name"), part.headers.get("content-type")
        if name is None:
            raise MalformedError("a part without a name")
        names = {key for key, _ in disposition.parameters}
        yield BodyPart(
            name,
            part.content,
            None if stated is None else media_type(stated),
            not names.isdisjoint(("filename", "filename*")),
        )


def _part(data: bytes, end: bytes) -> Part:
    if data.startswith(end):
        return Part({}, data[len(end) :])
    blank = _BLANK.search(data, 0, _MAX_HEAD)
    if blank is None:
        raise MalformedError("a part without an empty line behind its head")
    headers = headers_of(data[: blank.start()])
    coding = headers.get("content-transfer-encoding", "").lower()
    return Part(headers, _decoded(data[blank.end() :], coding))


def _decoded(content: bytes, coding: str) -> bytes:
    """Return content without the encoding of mail (RFC 2045 6)."""
    if coding in _AS_IS:
        return content
    if coding == "quoted-printable":
        return quopri.decodestring(content)
    if coding != "base64":
        raise MalformedError(f"the content transfer encoding {coding[:40]!r} is not supported")
    try:
        return binascii.a2b_base64(b"".join(content.split()), strict_mode=True)
    except binascii.Error:
        raise MalformedError("a part is no base64") from None
