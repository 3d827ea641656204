"""Shapes: the JSON types that a declared type is read from, and the Python classes that it is written from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Protocol

from attrs import frozen

from . import json_scalars, scalars
from .jsontext import ANY, STRUCT, Codec
from .messages import Unlisted
from .schema import Classes, Enum, ListOf, MapOf, Packed, Ref
from .uploads import FilePart

JSON_NAMES: Final[Mapping[type, str]] = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "an object",
    type(None): "null",
}
"""The classes of parsed JSON values, each in words."""


@frozen
class Shape:
    """The classes of the JSON values that a type is read from, and of the Python values that it is written from."""

    json: frozenset[type]
    python: tuple[type, ...]
    name: str

    def takes(self, value: object) -> bool:
        """Return True if a value may be written as this type. True is no number, and text no list."""
        if isinstance(value, (bool, str, bytes)) and object not in self.python:
            return any(isinstance(value, kind) for kind in self.python if kind not in (int, Sequence))
        return isinstance(value, self.python)


def shape(json: Iterable[type], python: Iterable[type], name: str = "") -> Shape:
    """Return a shape, which is called after its JSON types unless it is named."""
    kinds = frozenset(json)
    return Shape(
        kinds, tuple(python), name or " or ".join(JSON_NAMES[each] for each in JSON_NAMES if each in kinds)
    )


_NUMBERS: Final = shape((int, float), (int, float, Decimal), "a number")
_INTEGERS: Final = shape((int,), (int,))
_TEXT_INTEGERS: Final = shape((str,), (int,))
_TEXTS: Final = shape((str,), (str,))
_SCALARS: Final[tuple[tuple[Codec, Shape], ...]] = (
    (ANY, shape(JSON_NAMES, (object,), "a JSON value")),
    (STRUCT, shape((dict,), (Mapping,))),
    (scalars.STRING, _TEXTS),
    (scalars.FIELD_MASK, _TEXTS),
    (scalars.BOOLEAN, shape((bool,), (bool,))),
    (scalars.BYTES, shape((str,), (bytes, bytearray, memoryview), "bytes")),
    (json_scalars.BINARY, shape((str,), (bytes, bytearray, memoryview, FilePart), "bytes")),
    (scalars.TIMESTAMP, shape((str,), (datetime,), "a datetime")),
    (scalars.DURATION, shape((str,), (timedelta,), "a timedelta")),
    (json_scalars.DAY, shape((str,), (date,), "a date")),
    *((each, _NUMBERS) for each in (scalars.DOUBLE, scalars.FLOAT, json_scalars.NUMBER)),
    *((each, _INTEGERS) for each in (scalars.INT32, scalars.UINT32, json_scalars.INTEGER)),
    # Their texts are told from numbers, which another member of a union may take.
    *((each, _TEXT_INTEGERS) for each in (scalars.INT64, scalars.UINT64)),
    *(
        (each, _INTEGERS)
        for each in (json_scalars.INT32, json_scalars.UINT32, json_scalars.LONG, json_scalars.ULONG)
    ),
)


class Shaped(Protocol):
    """A declared type that knows its own shape."""

    def shape(self, classes: Classes) -> Shape:
        """Return the shape."""
        ...


def shape_of(type_: Any, classes: Classes) -> Shape:
    """Return the shape of a declared type."""
    if isinstance(type_, Codec):
        return next(known for codec, known in _SCALARS if codec is type_)
    if isinstance(type_, ListOf):
        return shape((list,), (Sequence,))
    if isinstance(type_, Enum):
        kind = int if issubclass(classes.named(type_.name), int) else str
        return shape((kind,), (kind, Unlisted), type_.name)
    if isinstance(type_, Ref):
        return shape((dict,), (classes.named(type_.name),), type_.name)
    if isinstance(type_, (MapOf, Packed)):
        return shape((dict,), (Mapping,))
    own: Shaped = type_
    return own.shape(classes)


def joined(shapes: Sequence[Shape]) -> Shape:
    """Return the shape of a value of any of some shapes."""
    return Shape(
        frozenset[type]().union(*(each.json for each in shapes)),
        tuple(dict.fromkeys(kind for each in shapes for kind in each.python)),
        " or ".join(dict.fromkeys(each.name for each in shapes)),
    )
