"""Path and query parameters: what a value looks like in a URL, and the rules that it keeps."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final, Literal, cast

from attrs import frozen

from . import scalars
from .errors import ArgumentError, EncodeError, shortened
from .messages import Unlisted
from .path import check_printable, check_unicode
from .pattern import CAP, matcher


def _json_text(leaf: Callable[[Any, int], str]) -> Callable[[Any], str]:
    def text(value: Any) -> str:
        return str(json.loads(leaf(value, 0)))

    return text


def _boolean(value: Any) -> str:
    return str(scalars.BOOLEAN.write(value, 0))


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
        self._check_characters(text)
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
            self._check_characters(text)
            if len(text) > CAP or not matcher(self.pattern).search(text):
                raise self._refused(value, f"must match {self.pattern}")
        return text

    def _check_characters(self, text: str) -> None:
        """Refuse what a URL cannot carry. A query carries control characters, percent-encoded (RFC 3986 2.1)."""
        check = check_printable if self.location == "path" else check_unicode
        check(self.name, text)

    def _check_range(self, value: Any) -> None:
        if self.minimum is not None and not value >= _limit(self.minimum):
            raise self._refused(value, f"must be at least {self.minimum}")
        if self.maximum is not None and not value <= _limit(self.maximum):
            raise self._refused(value, f"must be at most {self.maximum}")

    def _refused(self, value: object, rule: str) -> ArgumentError:
        return ArgumentError(f"{self.name}: {rule}, got {shortened(value)}")
