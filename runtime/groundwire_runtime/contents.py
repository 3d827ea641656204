"""Bodies by media type: how each is written and read, and which one is meant (RFC 9110 8.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from attrs import frozen

from .errors import ArgumentError, DecodeError, EncodeError
from .forms import RestPart, essence, is_json, multipart, urlencoded
from .http import BodySource, Response
from .parameters import checked_header
from .streams import stream_of
from .uploads import FilePart, Upload

if TYPE_CHECKING:
    from .bounds import Bounds
    from .codec import Codecs
    from .schema import Type

_CHARSETS: Final = frozenset(
    {
        "ascii",
        "big5",
        "euc-jp",
        "euc-kr",
        "gb18030",
        "gbk",
        "koi8-r",
        "latin-1",
        "latin1",
        "shift_jis",
        "us-ascii",
        "utf-16",
    }
)
_CODE_PAGE: Final = re.compile(r"(?:iso-8859-|windows-|cp)\d{1,4}", re.ASCII)
_ANY: Final = "*/*"


@frozen
class WithMediaType:
    """A body and the media type to send it as, where the method takes several, or a range such as `image/*`."""

    value: Any
    media_type: str


@frozen(kw_only=True)
class RestContent:
    """A body in one media type: JSON of a type, a form, text, or bytes as they are. The media type may be a range.

    `parts` are the properties of a form whose encoding is stated, `bounds` hold for JSON and text that is sent.
    """

    media_type: str
    type: Type | None = None
    encoding: Literal["json", "form", "multipart", "lines", "events", "text", "bytes", "patch"] = "json"
    parts: tuple[RestPart, ...] = ()
    bounds: Bounds | None = None

    def sent(
        self, value: object, codecs: Codecs, new_id: Callable[[], str], media_type: str | None = None
    ) -> tuple[bytes | BodySource, str]:
        """Return a value as a body with its media type. Raises EncodeError for one of another type, and ArgumentError."""
        if self.encoding == "multipart" and self.type is not None:
            boundary = new_id()
            kind = f"{essence(media_type or self.media_type)}; boundary={boundary}"
            return multipart(self.type, value, self.parts, codecs, boundary), checked_header(
                "media_type", kind
            )
        data = self._written(value, codecs)
        if self.bounds is not None:
            self.bounds.check(value)
        if media_type is not None:
            return data, checked_header("media_type", media_type)
        return data, sent_media_type(self, data)

    def _written(self, value: object, codecs: Codecs) -> bytes | BodySource:
        if self.encoding == "json" and self.type is not None:
            return codecs.write(self.type, value)
        if self.encoding == "form" and self.type is not None:
            return urlencoded(self.type, value, self.parts, codecs)
        if self.encoding == "patch":
            return _patch(value, codecs)
        if self.encoding == "bytes" and isinstance(value, FilePart):
            return Upload.of(value)
        if self.encoding == "text" and isinstance(value, str):
            return _encoded_text(value, self.media_type)
        if self.encoding == "bytes" and isinstance(value, (bytes, bytearray, memoryview)):
            return bytes(cast("bytes", value))
        raise EncodeError.expected(
            value, "a str" if self.encoding == "text" else "bytes or a FilePart of a path or an open file"
        )

    @property
    def is_stream(self) -> bool:
        """True for items that come one by one."""
        return self.encoding in ("lines", "events")

    def read(self, response: Response, codecs: Codecs) -> Any:
        """Return a body as a value, a stream of items as they come. Raises DecodeError."""
        if self.is_stream:
            return stream_of(response, None if self.encoding == "events" else self.type, codecs)
        if self.encoding == "json" and self.type is not None:
            return codecs.read(self.type, response.body)
        return _decoded_text(response) if self.encoding == "text" else response.body


@frozen
class RestAnswer:
    """The contents of an answer whose status is in a range; none for an answer without a body."""

    low: int
    high: int
    contents: tuple[RestContent, ...] = ()

    @property
    def success(self) -> bool:
        """Return True for statuses that are returned, not raised."""
        return self.low >= 200 and self.high < 300


def matching(contents: tuple[RestContent, ...] | None, media_type: str) -> RestContent | None:
    """Return the content of a media type: stated with its parameters, without them, as a range, or as JSON of one kind.

    Without a media type it is the only content. None where the type is not described.
    """
    if not contents:
        return None
    if not media_type.strip():
        return contents[0] if len(contents) == 1 else None
    kind = essence(media_type)
    stated = {_normal(each.media_type): each for each in reversed(contents)}
    by_essence = {essence(each.media_type): each for each in reversed(contents)}
    found = stated.get(_normal(media_type))
    family, _, name = kind.partition("/")
    for key in (kind, f"{family}/*+{name.rpartition('+')[2]}", f"{family}/*", _ANY):
        found = found or by_essence.get(key)
    if found is not None:
        return found
    json = [each for each in contents if each.encoding == "json"]
    return json[0] if len(json) == 1 and is_json(kind) else None


def _normal(media_type: str) -> str:
    return "".join(media_type.lower().split())


def sent_media_type(content: RestContent, data: bytes | BodySource) -> str:
    """Return the media type to send a body as. Raises ArgumentError where the document states a range alone."""
    kind = content.media_type
    if essence(kind) == _ANY:
        return {"json": "application/json", "text": "text/plain; charset=utf-8"}.get(
            content.encoding, "application/octet-stream"
        )
    if "*" in essence(kind):
        raise ArgumentError(
            f"request: {kind} is a range", hint='Name the type: WithMediaType(value, "image/png").'
        )
    is_ascii = not isinstance(data, bytes) or data.isascii()
    plain = content.encoding == "text" and not is_ascii and "charset" not in kind.lower()
    return f"{kind}; charset=utf-8" if plain else kind


def _patch(value: object, codecs: Codecs) -> bytes:
    """Return the operations of a JSON Patch as JSON: each writes itself. Raises EncodeError."""
    operations = cast("Sequence[Any]", value if isinstance(value, (list, tuple)) else (value,))
    for index, each in enumerate(operations):
        if not hasattr(each, "written"):
            error = EncodeError.expected(each, "an operation of a JSON Patch")
            raise error.under(index) if operations is value else error
    text = ",".join(each.written(codecs) for each in operations)
    try:
        return f"[{text}]".encode()
    except UnicodeEncodeError:
        raise EncodeError("", text, "a lone surrogate is not text") from None


def _charset(media_type: str) -> str:
    """Return the charset of a media type, UTF-8 where it is none of those in use: a codec of Python may be anything."""
    parameters: Iterator[tuple[str, str, str]] = (each.partition("=") for each in media_type.split(";")[1:])
    stated = next((value for name, _, value in parameters if name.strip().lower() == "charset"), "")
    charset = stated.strip(' "').lower()
    return charset if charset in _CHARSETS or _CODE_PAGE.fullmatch(charset) else "utf-8"


def _encoded_text(text: str, media_type: str) -> bytes:
    try:
        return text.encode(_charset(media_type))
    except (UnicodeError, LookupError) as error:
        raise EncodeError("", text, f"cannot be written as {media_type}: {error}") from None


def _decoded_text(response: Response) -> str:
    kind = response.headers.get("content-type", "")
    try:
        return response.body.decode(_charset(kind))
    except (UnicodeError, LookupError) as error:
        raise DecodeError("", response.body[:200], f"not text as {kind[:80]}: {error}") from None
