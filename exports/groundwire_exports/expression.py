"""Expressions from an `ee` object, its serialized text, or a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeAlias, runtime_checkable

from groundwire import Expression, decode
from groundwire.codecs import CODECS
from groundwire_runtime.errors import ArgumentError


@runtime_checkable
class Serializable(Protocol):
    """A computed object of the official client, such as `ee.Image`."""

    def serialize(self) -> str:
        """Return the object as the JSON text of an expression graph."""
        ...


ExpressionLike: TypeAlias = Serializable | str | Mapping[str, object] | Expression


def expression(image: ExpressionLike) -> Expression:
    """Return the expression that computes `image`.

    Accepts a computed object of the `ee` package (which is not needed otherwise), the text of its `serialize()`, or
    that text parsed. Raises ArgumentError for anything else, including the legacy serialization, and DecodeError, with
    a JSON pointer, for a malformed graph.
    """
    if isinstance(image, Expression):
        return image
    found = _read(image)
    if found.result is None or found.result not in found.values:
        raise ArgumentError(
            "expression: `result` does not name one of `values`",
            hint="Pass an ee object, the text of its serialize(), or a mapping with `result` and `values`.",
        )
    return found


def _read(image: ExpressionLike) -> Expression:
    if isinstance(image, str):
        return _read_text(image)
    if isinstance(image, Mapping):
        return CODECS.structure(dict(image), Expression)
    # A class has `serialize` too, but nothing to serialize.
    if isinstance(image, Serializable) and not isinstance(image, type):
        return _read_text(image.serialize())
    raise ArgumentError(
        f"expression: cannot make one of {type(image).__name__}",
        hint="Pass an ee object, the text of its serialize(), or a mapping with `result` and `values`.",
    )


def _read_text(text: object) -> Expression:
    if not isinstance(text, str):
        raise ArgumentError(f"expression: serialize() gave {type(text).__name__}, not text")
    return decode(Expression, text.encode("utf-8", "surrogatepass"))
