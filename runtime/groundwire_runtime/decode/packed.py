"""Values that name their own type in `@type`: `google.protobuf.Any`."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..errors import DecodeError
from ..messages import MAX_DEPTH
from .containers import Decoder
from .fault import expected, too_deep
from .scalars import (
    boolean,
    byte,
    double,
    duration,
    field_mask,
    float32,
    int32,
    int64,
    string,
    timestamp,
    uint32,
    uint64,
)
from .values import any_value, struct


def packed(types: Mapping[str, Decoder], sent: frozenset[str]) -> Decoder:
    """A decoder for a mapping that names its type in `@type`: a known one becomes its message.

    `sent` holds the URLs that encoding writes anyway; another URL of a known type is kept as an unknown field.
    Any other type stays a mapping, in which the value of a well-known one is checked and written as proto3 JSON
    prints it.
    """

    def decode(value: Any, depth: int) -> Any:
        if value.__class__ is not dict:
            raise expected(value, "an object")
        url = value.get("@type")
        known = types.get(url) if url.__class__ is str else None
        if known is None:
            return _mapping(any_value(value, depth), depth)
        if url in sent:
            del value["@type"]
        return known(value, depth)

    return decode


def _mapping(value: dict[str, Any], depth: int) -> dict[str, Any]:
    if depth >= MAX_DEPTH:
        raise too_deep(value)
    if "@type" not in value:
        return value
    name = _type_name(value["@type"])
    read = _WELL_KNOWN.get(name)
    if read is not None and "value" in value:
        try:
            value["value"] = read(value["value"], depth + 1)
        except DecodeError as error:
            raise error.under("value") from None
    return value


def _type_name(url: Any) -> str:
    """The full name of a type, which stands behind the last slash of its URL."""
    host, _, name = url.rpartition("/") if isinstance(url, str) else ("", "", "")
    if not host or not name:
        raise expected(url, "the URL of a type").under("@type")
    return name


def _number(read: Callable[[Any, int], float]) -> Decoder:
    """NaN and infinities stay the text that they are in JSON."""

    def decode(value: Any, depth: int) -> Any:
        number = read(value, depth)
        return value if value in ("NaN", "Infinity", "-Infinity") else number

    return decode


def _nested(value: Any, depth: int) -> dict[str, Any]:
    return _mapping(struct(value, depth), depth)


_WELL_KNOWN: Final[Mapping[str, Decoder]] = {
    "google.protobuf.Any": _nested,
    "google.protobuf.BoolValue": boolean,
    "google.protobuf.BytesValue": lambda value, depth: base64.b64encode(byte(value, depth)).decode("ascii"),
    "google.protobuf.DoubleValue": _number(double),
    "google.protobuf.Duration": lambda value, depth: duration(value, depth).text(),
    "google.protobuf.FieldMask": field_mask,
    "google.protobuf.FloatValue": _number(float32),
    "google.protobuf.Int32Value": int32,
    "google.protobuf.Int64Value": lambda value, depth: str(int64(value, depth)),
    "google.protobuf.StringValue": string,
    "google.protobuf.Struct": struct,
    "google.protobuf.Timestamp": lambda value, depth: timestamp(value, depth).text(),
    "google.protobuf.UInt32Value": uint32,
    "google.protobuf.UInt64Value": lambda value, depth: str(uint64(value, depth)),
}
"""What a well-known type is read as, and kept as: JSON values."""
