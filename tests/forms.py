"""Bodies of forms as parsers apart from the runtime read them: urllib's, and email's."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

_DISPOSITION: Final = re.compile(r'form-data; name="([^"\r\n]*)"(?:; filename="([^"\r\n]*)")?')
"""As HTML writes it: a backslash is one, where email's parser takes it for an escape."""


class Part(NamedTuple):
    """A part of multipart/form-data; None where it states no file name, or no type."""

    name: str
    filename: str | None
    content_type: str | None
    content: bytes


def pairs(body: bytes) -> list[tuple[str, str]]:
    """Return the names and values of application/x-www-form-urlencoded."""
    return parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body))


def parts(content_type: str, body: bytes) -> list[Part]:
    """Return the parts of a body of multipart/form-data; none of one that has its last boundary alone."""
    if body.startswith(b"--") and body.strip().endswith(b"--") and body.count(b"\r\n") == 1:
        return []
    head = f"content-type: {content_type}\r\n\r\n".encode()
    message: Any = BytesParser(EmailMessage, policy=HTTP).parsebytes(head + body)
    assert message.is_multipart()
    assert not message.defects, message.defects
    return [_part(each) for each in message.iter_parts()]


def _part(part: Any) -> Part:
    headers = {
        key.lower(): value.encode("ascii", "surrogateescape").decode() for key, value in part.raw_items()
    }
    found = _DISPOSITION.fullmatch(headers["content-disposition"])
    assert found is not None, headers
    return Part(found[1], found[2], headers.get("content-type"), part.get_payload(decode=True))
