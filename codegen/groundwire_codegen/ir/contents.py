"""Bodies and answers: what they hold, by media type."""

from __future__ import annotations

import enum

from attrs import frozen

from .messages import NO_RULES, Rules
from .types import TypeRef


class Style(enum.StrEnum):
    """The style in which a list or an object is written as a parameter (OpenAPI 3.1, 4.8.12.2). CONTENT: as JSON."""

    FORM = "form"
    SIMPLE = "simple"
    SPACE = "spaceDelimited"
    PIPE = "pipeDelimited"
    DEEP = "deepObject"
    LABEL = "label"
    MATRIX = "matrix"
    CONTENT = "content"


class Encoding(enum.StrEnum):
    """The form in which a body is written and read, by its media type."""

    JSON = "json"
    LINES = "lines"
    """ndjson, json-seq."""
    EVENTS = "events"
    """text/event-stream."""
    FORM = "form"
    MULTIPART = "multipart"
    PATCH = "patch"
    """The operations of a JSON Patch, where the document does not type them."""
    TEXT = "text"
    BYTES = "bytes"


@frozen(kw_only=True)
class Part:
    """The form of one property of a form or multipart body, where the document states it (`encoding`)."""

    wire: str
    content_type: str | None = None
    style: Style | None = None
    """None: it is written by its content type."""
    explode: bool = True
    reserved: bool = False


@frozen(kw_only=True)
class Content:
    """A body in one media type, which is kept as it is written: `application/geo+json`, `image/*`."""

    media_type: str
    type: TypeRef
    encoding: Encoding = Encoding.JSON
    parts: tuple[Part, ...] = ()
    rules: Rules = NO_RULES
    """Bounds of a body that is sent, where it is no message."""


@frozen(kw_only=True)
class Body:
    """A request body: one of several contents. `envelope` is the key under which a JSON body travels."""

    contents: tuple[Content, ...]
    required: bool = True
    """True if the stub takes it as an argument that cannot be left out, as first published."""
    needed: bool = False
    """True if the document says that the service refuses a call without it."""
    envelope: str | None = None


@frozen(kw_only=True)
class Response:
    """An answer for a range of status codes, (200, 299) for instance. No contents: the answer is empty."""

    low: int
    high: int
    contents: tuple[Content, ...] = ()
    envelope: str | None = None

    @property
    def success(self) -> bool:
        """Return True for statuses that are returned, not raised."""
        return self.low >= 200 and self.high < 300
