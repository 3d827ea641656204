"""Parameters as OpenAPI writes them: every style of the Specification's table, in paths, queries, headers and cookies.

Sources: OpenAPI Specification 3.1.1, 4.8.12 and its appendixes C to E; RFC 6570, whose expansions the styles are. A value is
turned into JSON by its codec, then written: booleans are `true` and `false`, numbers are as JSON has them, and a null in a
list or an object is left out. A space is `%20`. A list or an object inside another one, for which the table has no form, is
written as JSON.
"""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from urllib.parse import quote

from attrs import Factory, field, frozen

from .errors import ArgumentError, EncodeError, shortened
from .messages import Unlisted
from .parameters import check_text, checked_header
from .schema import STRING, Bounds, Field, Type

if TYPE_CHECKING:
    from .codec import Codecs

Style: TypeAlias = Literal[
    "matrix", "label", "form", "simple", "spaceDelimited", "pipeDelimited", "deepObject", "content"
]
Location: TypeAlias = Literal["path", "query", "header", "cookie"]
Encode: TypeAlias = Callable[[str], str]
STYLES: Final[Mapping[str, Style]] = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
"""The style of each location where the document states none."""
_SEPARATORS: Final = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}
_RESERVED: Final = ":/?@!$'()*,;=%"
"""Reserved characters that a query carries as they are; the others (`#[]&+`) would end the value or become another one."""
_BARE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
_EXPRESSION: Final = re.compile(r"\{([^{}]+)\}")


@frozen(kw_only=True)
class StyledParameter:
    """A parameter of a method. `name` is the key of its value in a call, `wire` its name in the request.

    `reserved`: a query keeps reserved characters as they are, a path keeps slashes. `values` are the known ones of an enum
    without a class. `prefix` is put before a text that lacks it. `held` is the client attribute that fills the parameter when
    a call gives None.
    """

    name: str
    location: Location
    type: Type = STRING
    style: Style = Factory(lambda self: STYLES[self.location], takes_self=True)
    explode: bool = Factory(lambda self: self.style in ("form", "deepObject"), takes_self=True)
    reserved: bool = False
    required: bool = False
    bounds: Bounds | None = None
    values: tuple[str, ...] = ()
    prefix: str | None = None
    held: str | None = None
    wire: str = Factory(lambda self: self.name, takes_self=True)
    _bounded: Type = field(
        init=False,
        repr=False,
        eq=False,
        default=Factory(
            lambda self: (
                Field(self.name, self.type, self.name, bounds=self.bounds) if self.bounds else self.type
            ),
            takes_self=True,
        ),
    )

    def pairs(self, value: object, codecs: Codecs) -> list[tuple[str, str]]:
        """Return the encoded names and values of a query or of cookies; none for an empty list. Raises ArgumentError."""
        return self.json_pairs(self._json(value, codecs))

    def json_pairs(self, json_value: Any) -> list[tuple[str, str]]:
        """Return the same of a JSON value, with its numbers as texts that JSON has for them."""
        # In a cookie, a semicolon would begin another one.
        encode = _encode_reserved if self.reserved and self.location == "query" else encode_all
        name = encode_all(self.wire)
        if self.style == "content":
            return [(name, encode(json_value))]
        if self.style == "deepObject":
            return list(self._deep(self.wire, json_value, encode))
        if not isinstance(json_value, (list, dict)):
            return [(name, encode(self._text(json_value)))]
        if not self.explode:
            items = self._items(json_value, encode)
            return [(name, _SEPARATORS.get(self.style, ",").join(items))] if items else []
        if isinstance(json_value, list):
            return [(name, encode(self._text(item))) for item in _present(json_value)]
        return list(self._members(json_value, encode))

    def segment(self, value: object, codecs: Codecs) -> str:
        """Return the encoded text for the place of the parameter in a path. Raises ArgumentError."""
        encode = _encode_segments if self.reserved else encode_all
        json_value = self._json(value, codecs)
        if self.style == "content":
            return encode_all(json_value)
        if self.style == "matrix":
            return self._matrix(json_value, encode)
        if self.style == "label":
            return f".{('.' if self.explode else ',').join(self._simple(json_value, encode))}"
        text = ",".join(self._simple(json_value, encode))
        if not text:
            raise ArgumentError(f"{self.name}: empty", hint="Name what the call is about.")
        return text

    def header(self, value: object, codecs: Codecs) -> str | None:
        """Return the value of a header, which is not encoded; None for an empty list. Raises ArgumentError."""
        json_value = self._json(value, codecs)
        if self.style == "content":
            return _ascii_json(json_value)
        text = ",".join(self._simple(json_value, str))
        if not text and isinstance(json_value, (list, dict)):
            return None
        return checked_header(self.name, text)

    def _json(self, value: object, codecs: Codecs) -> Any:
        """Return the value as JSON, with its numbers as text; of a content parameter the JSON text itself."""
        if self.values:
            self._check_known(value)
        if self.prefix and isinstance(value, str) and value and not value.startswith(self.prefix):
            value = self.prefix + value
        try:
            text = codecs.write(self._bounded, value).decode()
        except EncodeError as error:
            raise ArgumentError(
                f"{self.name}{error.path}: {error.rule}, got {shortened(error.value)}", hint=error.own_hint
            ) from None
        return text if self.style == "content" else parsed(text)

    def _check_known(self, value: object) -> None:
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(item, str) and not isinstance(item, Unlisted) and item not in self.values:
                near = get_close_matches(item, self.values, cutoff=0.5) or self.values[:10]
                raise ArgumentError(f"{self.name}: expected one of {', '.join(near)}, got {shortened(item)}")

    def _text(self, item: object) -> str:
        """Return a JSON value as text: a text as it is, any other as JSON."""
        if isinstance(item, str):
            # A query carries control characters, percent-encoded (RFC 3986 2.1).
            check_text(self.name, item, printable=self.location != "query")
            return item
        return "" if item is None else json_text(item)

    def _simple(self, value: Any, encode: Encode) -> list[str]:
        if isinstance(value, dict) and self.explode:
            return [f"{name}={text}" for name, text in self._members(value, encode)]
        return self._items(value, encode) if isinstance(value, (list, dict)) else [encode(self._text(value))]

    def _items(self, value: Any, encode: Encode) -> list[str]:
        """Return the items of a list, or the keys and values of an object, one after the other."""
        if isinstance(value, list):
            return [encode(self._text(item)) for item in _present(value)]
        members = value.items()
        pairs = ((encode(key), encode(self._text(item))) for key, item in members if item is not None)
        return [text for pair in pairs for text in pair]

    def _members(self, value: dict[str, Any], encode: Encode) -> Iterable[tuple[str, str]]:
        """Yield the members of an exploded object; a list in one is repeated."""
        for key, item in value.items():
            items = item if isinstance(item, list) else [item]
            yield from ((encode(key), encode(self._text(each))) for each in _present(items))

    def _matrix(self, value: Any, encode: Encode) -> str:
        name = encode_all(self.wire)
        pairs: list[tuple[str, str]]
        if not isinstance(value, (list, dict)):
            pairs = [(name, encode(self._text(value)))]
        elif not self.explode:
            pairs = [(name, ",".join(self._items(value, encode)))]
        elif isinstance(value, list):
            pairs = [(name, encode(self._text(item))) for item in _present(value)]
        else:
            pairs = list(self._members(value, encode))
        return "".join([f";{key}={text}" if text else f";{key}" for key, text in pairs])

    def _deep(self, name: str, value: Any, encode: Encode) -> Iterable[tuple[str, str]]:
        """Yield `name[key]=value` for each member; a list is repeated."""
        if isinstance(value, dict):
            for key, item in value.items():
                yield from self._deep(f"{name}[{key}]", item, encode)
        elif isinstance(value, list):
            for item in _present(value):
                yield encode_all(name), encode(self._text(item))
        elif value is not None:
            yield encode_all(name), encode(self._text(value))


def expand(template: str, texts: Mapping[str, str]) -> str:
    """Return a path with each variable replaced by its encoded text.

    Raises ArgumentError for a missing one, and for `.` and `..` as a segment, which would lead elsewhere.
    """

    def text(found: re.Match[str]) -> str:
        if found[1] not in texts:
            raise ArgumentError(f"{found[1]}: {template!r} needs it")
        return texts[found[1]]

    path = _EXPRESSION.sub(text, template)
    if any(segment in (".", "..") for segment in path.split("/")):
        raise ArgumentError(f"{path[:200]!r} has a dot segment", hint="Pass another value for its path.")
    return path


def encode_all(text: str) -> str:
    """Percent-encode everything but unreserved characters."""
    return quote(text, safe="")


def _encode_segments(text: str) -> str:
    if not all(text.split("/")):
        raise ArgumentError(f"{text[:200]!r} has an empty segment")
    return quote(text, safe="/")


def _encode_reserved(text: str) -> str:
    """Percent-encode as `allowReserved` says: escapes that the text has stay."""
    return quote(_BARE_PERCENT.sub("%25", text), safe=_RESERVED)


class Digits(str):
    """A number as JSON has it."""

    __slots__ = ()


def parsed(text: str | bytes, number: Callable[[str], Any] = Digits) -> Any:
    """Return JSON with each number as the text that it has; `number` makes one of a text with a fraction or an exponent."""
    return json.loads(text, parse_int=Digits, parse_float=number)


def json_text(value: Any) -> str:
    """Return a value of `parsed` as JSON."""
    if isinstance(value, Digits):
        return str(value)
    if isinstance(value, list):
        return f"[{','.join(map(json_text, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{json_text(key)}:{json_text(item)}' for key, item in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)


def _present(items: Iterable[Any]) -> Iterable[Any]:
    return (item for item in items if item is not None)


def _ascii_json(text: str) -> str:
    """Return JSON text in ASCII: characters beyond it stand only in texts, where JSON may escape them."""
    return _BEYOND_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text)
