"""Form bodies: application/x-www-form-urlencoded and multipart/form-data, property by property.

Sources: OpenAPI Specification 3.1.1, 4.8.14 and 4.8.15 with its appendixes C to E; WHATWG URL 5 (urlencoded); RFC 7578 and RFC 2046
5.1 (multipart). A property whose style the description states is written as a query parameter of this style. Any other one is
written by its content type, each item of a list on its own: scalars as text, objects and nested lists as JSON. A null is left out.
"""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus, unquote

from attrs import evolve, frozen

from .errors import EncodeError
from .json_scalars import PART_SIGN, PARTS
from .parameters import checked_header
from .styles import Digits, Style, StyledParameter, json_text, parsed
from .uploads import FilePart, Upload

if TYPE_CHECKING:
    from .codec import Codecs
    from .schema import Type

JSON: Final = "application/json"
BYTES: Final = "application/octet-stream"
_ESCAPES: Final = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


@frozen(kw_only=True)
class RestPart:
    """The `encoding` of one property of a form. Without a style, it is written by its content type."""

    name: str
    content_type: str | None = None
    style: Style | None = None
    explode: bool | None = None
    reserved: bool = False

    def pairs(self, value: Any) -> list[tuple[str, str]]:
        """Return the percent-encoded names and values of a JSON value in its style."""
        explode = self.style in (None, "form", "deepObject") if self.explode is None else self.explode
        parameter = StyledParameter(
            name=self.name,
            location="query",
            style=self.style or "form",
            explode=explode,
            reserved=self.reserved,
        )
        return parameter.json_pairs(value)


def urlencoded(type_: Type, value: object, parts: Sequence[RestPart], codecs: Codecs) -> bytes:
    """Return a body of application/x-www-form-urlencoded. Raises EncodeError or ArgumentError."""
    pairs: list[str] = []
    for part, item in _properties(parsed(codecs.write(type_, value)), parts):
        if part.style is not None:
            pairs += [f"{name}={text}" for name, text in part.pairs(item)]
        else:
            name = quote_plus(part.name)
            pairs += [f"{name}={quote_plus(_text(each, part.content_type))}" for each in _items(item)]
    return "&".join(pairs).encode()


def multipart(
    type_: Type, value: object, parts: Sequence[RestPart], codecs: Codecs, boundary: str
) -> bytes | Upload:
    """Return a body of multipart/form-data, files last; they are read when it is sent. Raises EncodeError or ArgumentError."""
    properties = _properties(_collected(type_, value, codecs), parts)
    written = [each for part, item in properties for each in _written(part, item)]
    # Services that read a body as it comes want to know what a file is for before it begins.
    written.sort(key=lambda each: each[2])
    pieces: list[bytes | FilePart] = []
    for head, content, _ in written:
        # A name of a file may have bytes that are no text.
        pieces += [f"--{boundary}\r\n{head}\r\n\r\n".encode(errors="replace"), content, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    plain = [each for each in pieces if isinstance(each, bytes)]
    return b"".join(plain) if len(plain) == len(pieces) else Upload.of(*pieces)


def _collected(type_: Type, value: object, codecs: Codecs) -> Any:
    """Return a value as JSON whose binary values are as they came."""
    collected: list[bytes | FilePart] = []
    token = PARTS.set(collected)
    try:
        text = codecs.write(type_, value)
    finally:
        PARTS.reset(token)

    def number(digits: str) -> Any:
        return collected[int(digits[len(PART_SIGN) :])] if digits.startswith(PART_SIGN) else Digits(digits)

    return parsed(text, number)


def _properties(value: Any, parts: Sequence[RestPart]) -> Iterator[tuple[RestPart, Any]]:
    """Yield the properties of an object, each with its encoding. Raises EncodeError for another value."""
    if not isinstance(value, dict):
        raise EncodeError.expected(value, "an object: a form has named values")
    stated = {each.name: each for each in parts}
    for name, item in value.items():
        if item is None:
            continue
        yield stated.get(name) or RestPart(name=name), item


def _items(value: Any) -> Iterable[Any]:
    return (each for each in value if each is not None) if isinstance(value, list) else (value,)


def _text(value: Any, content_type: str | None) -> str:
    """Return a scalar as text, and anything else as JSON."""
    is_text = isinstance(value, str) and not isinstance(value, Digits)
    return value if is_text and not is_json(essence(content_type or "")) else json_text(value)


def essence(media_type: str) -> str:
    """Return a media type without its parameters, in lower case (RFC 9110 8.3.1)."""
    return media_type.partition(";")[0].strip().lower()


def is_json(kind: str) -> bool:
    """Return True for JSON, and for a type that is written in it (RFC 6839 3.1)."""
    return kind == JSON or kind.endswith("+json")


def _written(part: RestPart, value: Any) -> Iterator[tuple[str, bytes | FilePart, bool]]:
    """Yield the head and the content of each part that a property becomes, and True for a file; a file has no style."""
    if part.style is not None and not any(isinstance(each, (bytes, FilePart)) for each in _items(value)):
        for name, text in evolve(part, reserved=False).pairs(_inside(value, part.name)):
            yield _head(unquote(name), None, None), unquote(text).encode(), False
        return
    for item in _items(value):
        if isinstance(item, (bytes, FilePart)):
            file = item if isinstance(item, FilePart) else FilePart(item)
            stated = file.content_type or _only_type(part.content_type) or BYTES
            yield _head(part.name, stated, file.name or part.name), item, True
        else:
            complex_ = JSON if isinstance(item, (dict, list)) else None
            kind = _only_type(part.content_type) or complex_
            yield _head(part.name, kind, None), _text(_inside(item, part.name), kind).encode(), False


def _inside(value: Any, path: str) -> Any:
    """Return a JSON value whose binary values are base64. Raises EncodeError for a file, which is a part of its own."""
    if isinstance(value, list):
        return [_inside(each, f"{path}/{index}") for index, each in enumerate(value)]
    if isinstance(value, dict):
        return {key: _inside(each, f"{path}/{key}") for key, each in value.items()}
    if isinstance(value, FilePart):
        raise EncodeError(f"/{path}", value, "a file is a part of its own: it cannot be inside another value")
    return b64encode(value).decode() if isinstance(value, bytes) else value


def _only_type(content_type: str | None) -> str | None:
    """Return the stated media type, where it is one alone."""
    return None if content_type is None or "*" in content_type or "," in content_type else content_type


def _head(name: str, content_type: str | None, filename: str | None) -> str:
    disposition = f'content-disposition: form-data; name="{name.translate(_ESCAPES)}"'
    if filename is not None:
        disposition += f'; filename="{filename.translate(_ESCAPES)}"'
    kind = "" if content_type is None else f"\r\ncontent-type: {checked_header('content_type', content_type)}"
    return disposition + kind
