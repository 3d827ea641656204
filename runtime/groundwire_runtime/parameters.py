"""Path and query parameters: values as text, their rules, and URI templates (RFC 6570); and headers of a call."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, Final, Literal, cast
from urllib.parse import quote

from attrs import frozen

from . import scalars
from .errors import ArgumentError, EncodeError, shortened
from .messages import Unlisted

CAP: Final = 2_048
"""Characters that a pattern is ever run over."""
_END: Final = re.compile(r"(?<!\\)((?:\\\\)*)\$\Z")
_EXPRESSION: Final = re.compile(r"\{(\+?)([^{}]+)\}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_ESCAPE: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_HEADER: Final = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")
_FRAMING: Final = frozenset(
    {"connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade"}
)
"""Headers that say where a request goes and where it ends: the client's own."""
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
OWN_HEADERS: Final = frozenset(
    {
        *("accept-encoding", "authorization", "connection", "content-length", "content-type", "cookie"),
        *("expect", "forwarded", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te"),
        *("trailer", "transfer-encoding", "upgrade", "user-agent", "x-goog-api-key"),
    }
)
"""Headers that only the client sets, or that are said by proxies."""
OTHER_VERB: Final = re.compile(r"x-(?:http-)?method(?:-override)?|x-forwarded-.*")
"""Headers that have a request carried out as another one: a GET as a DELETE for instance."""
_SECRET: Final = re.compile(r"auth|cookie|credential|key|password|secret|session|token")
"""Parts of the names of headers whose values are redacted."""


def _json_text(leaf: Callable[[Any, int], str]) -> Callable[[Any], str]:
    def text(value: Any) -> str:
        return str(json.loads(leaf(value, 0)))

    return text


def _boolean(value: Any) -> str:
    return str(scalars.BOOLEAN.write(value, 0))


def _date_time(value: Any) -> str:
    """Return a moment as text; a text stays: some services take one without an offset."""
    return value if isinstance(value, str) else _json_text(scalars.TIMESTAMP.write)(value)


def _limit(text: str) -> float:
    """A limit of the document; a whole one stays exact, since Python compares int and float exactly."""
    try:
        return int(text)
    except ValueError:
        return float(text)


_TEXTS: Final[Mapping[str, Callable[[Any], str]]] = {
    "boolean": _boolean,
    "int32": _json_text(scalars.INT32.write),
    "uint32": _json_text(scalars.UINT32.write),
    "int64": _json_text(scalars.INT64.write),
    "uint64": _json_text(scalars.UINT64.write),
    "double": _json_text(scalars.DOUBLE.write),
    "float": _json_text(scalars.FLOAT.write),
    "byte": _json_text(scalars.BYTES.write),
    "datetime": _date_time,
    "timestamp": _json_text(scalars.TIMESTAMP.write),
    "duration": _json_text(scalars.DURATION.write),
    "fieldmask": _json_text(scalars.FIELD_MASK.write),
}


@frozen(kw_only=True)
class Parameter:
    """A parameter of a method, by its wire name.

    `pattern` is one that was shown to match in linear time; `held` is the client attribute that fills the
    parameter when a call gives None; `prefix` is put before a value that lacks it.
    """

    name: str
    location: Literal["path", "query"]
    kind: str = "string"
    required: bool = False
    repeated: bool = False
    pattern: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    values: tuple[str, ...] = ()
    prefix: str | None = None
    held: str | None = None

    def texts(self, value: object) -> tuple[str, ...]:
        """The value as it stands in a URL, before encoding; one text, or one an item. Raises ArgumentError."""
        if not self.repeated:
            return (self._text(value),)
        if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
            raise self._refused(value, "expected a sequence")
        items = cast("Sequence[object]", value)
        return tuple(self._text(item) for item in items)

    def _text(self, value: object) -> str:
        write = _TEXTS.get(self.kind)
        if write is None:
            text = self._string(value)
        else:
            try:
                text = write(value)
            except EncodeError as error:
                raise self._refused(value, error.rule) from None
            self._check_range(value)
        # A query carries control characters, percent-encoded (RFC 3986 2.1).
        check_text(self.name, text, printable=self.location == "path")
        return text

    def _string(self, value: object) -> str:
        if not isinstance(value, str):
            raise self._refused(value, "expected a str")
        text = str.__str__(value)
        if self.values and text not in self.values and not isinstance(value, Unlisted):
            near = get_close_matches(text, self.values, cutoff=0.5) or self.values[:10]
            raise self._refused(value, f"expected one of {', '.join(near)}")
        if self.prefix and text and not text.startswith(self.prefix):
            text = self.prefix + text
        if self.location == "path" and not text:
            raise self._refused(value, "empty")
        if self.pattern is not None:
            check_text(self.name, text, printable=self.location == "path")
            if len(text) > CAP or not matcher(self.pattern).search(text):
                raise self._refused(value, f"must match {self.pattern}")
        return text

    def _check_range(self, value: Any) -> None:
        if self.minimum is not None and not value >= _limit(self.minimum):
            raise self._refused(value, f"must be at least {self.minimum}")
        if self.maximum is not None and not value <= _limit(self.maximum):
            raise self._refused(value, f"must be at most {self.maximum}")

    def _refused(self, value: object, rule: str) -> ArgumentError:
        return ArgumentError(f"{self.name}: {rule}, got {shortened(value)}")


@cache
def matcher(pattern: str) -> re.Pattern[str]:
    """A pattern that the generator found linear. A last `$` means the very end, as in JSON Schema.

    Python's own also stands before a last newline.
    """
    return re.compile(_END.sub(r"\1\\Z", pattern), re.ASCII)


@cache
def _pieces(template: str) -> tuple[tuple[str, bool, str], ...]:
    """Literal, whether slashes stay, variable name: one triple an expression, the rest with an empty name."""
    pieces: list[tuple[str, bool, str]] = []
    position = 0
    for found in _EXPRESSION.finditer(template):
        pieces.append((template[position : found.start()], bool(found[1]), found[2]))
        position = found.end()
    return (*pieces, (template[position:], False, ""))


@cache
def variables(template: str) -> frozenset[str]:
    """The names of the template's variables."""
    return frozenset(name for _, _, name in _pieces(template) if name)


def expand(template: str, values: Mapping[str, str | Sequence[str]]) -> str:
    """The path with every variable percent-encoded; `{+name}` keeps its slashes, commas part several values.

    Raises ArgumentError.
    """
    parts: list[str] = []
    for literal, reserved, name in _pieces(template):
        parts.append(literal)
        if name:
            value = values[name]
            texts = [value] if isinstance(value, str) else value
            parts.append(",".join([_segments(name, text, reserved) for text in texts]))
    return "".join(parts)


def _segments(name: str, value: str, reserved: bool) -> str:
    check_text(name, value)
    if not value:
        raise ArgumentError(f"{name}: empty", hint="Name what the call is about.")
    segments = value.split("/") if reserved else [value]
    if any(segment in (".", "..") for segment in segments):
        raise ArgumentError(f"{name}: {value[:200]!r} has a dot segment")
    if reserved:
        if "" in segments:
            raise ArgumentError(f"{name}: {value[:200]!r} has an empty segment")
        if "?" in value or "#" in value or _ESCAPE.search(value):
            raise ArgumentError(
                f"{name}: {value[:200]!r} has a character that ends a path, or an escape",
                hint="Pass the plain name; the client encodes it.",
            )
    return "/".join(quote(segment, safe="") for segment in segments)


def check_names(names: Iterable[str], known: Collection[str], method_id: str) -> None:
    """Raise ArgumentError for a name that is no parameter of a method."""
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, cutoff=0.5) or sorted(known)
            raise ArgumentError(
                f"{name}: {method_id} has no such parameter", hint=f"It has {', '.join(near)}."
            )


def missing(name: str, held: str | None, method_id: str) -> ArgumentError:
    """Return the error for a required parameter without a value."""
    client = f", or give the client one: Client({held}=...)" if held else ""
    return ArgumentError(f"{name}: {method_id} needs it", hint=f"Pass it{client}.")


def check_text(name: str, value: str, *, printable: bool = True) -> None:
    """Raise ArgumentError for a lone surrogate, which no URL can carry, and unless told otherwise for control characters."""
    if printable and _CONTROL.search(value):
        raise ArgumentError(f"{name}: {value[:200]!r} has a control character")
    if value.isascii():
        return
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ArgumentError(f"{name}: {value[:200]!a} has a lone surrogate") from None


def checked_header(name: str, text: str, *, is_secret: bool = False) -> str:
    """Return a header's value. Raises ArgumentError for what a header cannot carry as it is (RFC 9110 5.5)."""
    if text and not _HEADER.fullmatch(text):
        got = "" if is_secret else f", got {shortened(text)}"
        raise ArgumentError(f"{name}: a header carries printable ASCII without spaces at its ends{got}")
    return text


def checked_header_name(name: str) -> str:
    """Return a header's name in lower case. Raises ArgumentError for what is no name (RFC 9110 5.1)."""
    if not _TOKEN.fullmatch(name) or name.lower() in _FRAMING:
        raise ArgumentError(f"{shortened(name)} is no header that a caller may set")
    return name.lower()


def call_headers(given: object, sent: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the headers that a caller adds to those of a request, and what is secret of them. Raises ArgumentError."""
    if not isinstance(given, Mapping):
        raise ArgumentError(f"headers: expected a mapping of names to texts, got {type(given).__name__}")
    headers: dict[str, str] = {}
    for stated, value in cast("Mapping[object, object]", given).items():
        if not isinstance(stated, str) or not isinstance(value, str):
            raise ArgumentError("headers: expected names and values of type str")
        name = checked_header_name(stated)
        if name in headers:
            raise ArgumentError(f"headers: {name} is there twice")
        if name in OWN_HEADERS or OTHER_VERB.fullmatch(name) or sent.get(name, value) != value:
            raise ArgumentError(
                f"headers: {name} is set by the client itself",
                hint="Credentials, quota project, user agent and media types are options; a header of the method is an argument.",
            )
        headers[name] = checked_header(f"headers: {name}", value, is_secret=True)
    return headers, [value for name, value in headers.items() if _SECRET.search(name)]
