"""Writing JSON text: the leaves and containers that the generated encoders are made of.

Every encoder takes the value and the number of messages around it. That of a leaf returns JSON text; that of a
message, a `Writer`, hands its pieces to a third argument.
A wrong type, a broken bound or a message too deep raises `EncodeError`, whose path grows while it unwinds.
"""

from __future__ import annotations

from .containers import Write, Writer, list_of, map_of, messages_list, messages_map
from .families import family_list, family_map
from .fault import expected, too_deep
from .objects import not_a_member, packed, unknown
from .scalars import (
    Encoder,
    boolean,
    byte,
    double,
    duration,
    enum,
    field_mask,
    float32,
    int32,
    int64,
    string,
    timestamp,
    uint32,
    uint64,
    whole,
)
from .values import any_value, quote, struct

__all__ = [
    "Encoder",
    "Write",
    "Writer",
    "any_value",
    "boolean",
    "byte",
    "double",
    "duration",
    "enum",
    "expected",
    "family_list",
    "family_map",
    "field_mask",
    "float32",
    "int32",
    "int64",
    "list_of",
    "map_of",
    "messages_list",
    "messages_map",
    "not_a_member",
    "packed",
    "quote",
    "string",
    "struct",
    "timestamp",
    "too_deep",
    "uint32",
    "uint64",
    "unknown",
    "whole",
]
