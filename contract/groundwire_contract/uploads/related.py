"""A body of two parts (multipart/related, RFC 2387): the JSON, then the medium."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from ..rest.media import media_type
from ..rest.multipart import MalformedError

_MAX_HEAD: Final = 16_384
"""Bytes of the head of a part."""
_BOUNDARY: Final = re.compile(r"[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]", re.ASCII)
"""RFC 2046 5.1.1."""
_LINE_END: Final = re.compile(r"\r?\n(?![ \t])")
_AS_IS: Final = ("", "7bit", "8bit", "binary")


@frozen
class Part:
    """A part of a body: its headers by their names in lower case, and its content."""

    headers: Mapping[str, str]
    content: bytes


def related_parts(data: bytes, content_type: str) -> tuple[Part, Part]:
    """Return both parts of a body. Raises MalformedError."""
    kind = media_type(content_type)
    boundary = kind.parameter("boundary") or ""
    if kind.name != "multipart/related" or not _BOUNDARY.fullmatch(boundary):
        raise MalformedError("the content type is not multipart/related with a boundary")
    line = b"--" + boundary.encode("ascii")
    begin = re.match(re.escape(line) + rb"[ \t]*(\r?\n)", data)
    if begin is None:
        raise MalformedError("the body does not begin with its boundary")
    # The line end before a boundary belongs to it: only the one that the body uses, since a medium may end with the other.
    end = begin[1]
    delimiter = re.compile(
        re.escape(end + line) + rb"(?:(--)[ \t]*(?:\r?\n)?\Z|[ \t]*" + re.escape(end) + rb")"
    )
    start, parts = begin.end(), list[Part]()
    for found in delimiter.finditer(data, start):
        parts.append(_part(data[start : found.start()], end))
        start = found.end()
        if found[1] or len(parts) > 2:
            if len(parts) != 2:
                raise MalformedError("the body has more than two parts, or fewer")
            return parts[0], parts[1]
    raise MalformedError("the body does not end with its boundary")


def _part(data: bytes, end: bytes) -> Part:
    if data.startswith(end):
        head, content = b"", data[len(end) :]
    else:
        place = data.find(end + end, 0, _MAX_HEAD)
        if place < 0:
            raise MalformedError("a part has no empty line behind its head")
        head, content = data[:place], data[place + 2 * len(end) :]
    lines = (each.partition(":") for each in _LINE_END.split(head.decode("utf-8", "replace")))
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    coding = headers.get("content-transfer-encoding", "").lower()
    if coding == "base64":
        try:
            content = base64.b64decode(b"".join(content.split()), validate=True)
        except binascii.Error:
            raise MalformedError("a part is no base64") from None
    elif coding not in _AS_IS:
        raise MalformedError(f"the content transfer encoding {coding[:40]!r} is not supported")
    return Part(headers, content)
