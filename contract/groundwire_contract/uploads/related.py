"""A body of two parts (multipart/related, RFC 2387): the JSON, then the medium."""

from __future__ import annotations

from itertools import islice

from ..rest.media import media_type
from ..rest.multipart import MalformedError, Part, parts


def related_parts(data: bytes, content_type: str) -> tuple[Part, Part]:
    """Return both parts of a body. Raises MalformedError."""
    kind = media_type(content_type)
    if kind.name != "multipart/related":
        raise MalformedError("the content type is not multipart/related")
    found = tuple(islice(parts(data, kind), 3))
    if len(found) != 2:
        raise MalformedError("the body has more than two parts, or fewer")
    return found
