"""Reading JSON values: the leaves and containers that the generated decoders are made of.

Every decoder takes `(value, depth)`: a parsed JSON value and the number of messages around it. It takes what
proto3 JSON takes, and raises `DecodeError` whose path grows while the error unwinds. Generated decoders
consume the dicts they are given (what is left over is unknown), so they are only ever given parsed ones.
"""

from __future__ import annotations

from .containers import Decoder, Members, family_list, family_map, list_of, map_of
from .fault import conflict, expected, too_deep
from .objects import (
    MISSING,
    builder,
    family,
    joined,
    new,
    one_text,
    one_value,
    put_unknown_fields,
    renamed,
    setter,
)
from .packed import packed
from .scalars import (
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
    wrapped,
)
from .text import parse
from .values import MAX_LEVELS, SCALARS, any_value, check_levels, struct

__all__ = [
    "MAX_LEVELS",
    "MISSING",
    "SCALARS",
    "Decoder",
    "Members",
    "any_value",
    "boolean",
    "builder",
    "byte",
    "check_levels",
    "conflict",
    "double",
    "duration",
    "enum",
    "expected",
    "family",
    "family_list",
    "family_map",
    "field_mask",
    "float32",
    "int32",
    "int64",
    "joined",
    "list_of",
    "map_of",
    "new",
    "one_text",
    "one_value",
    "packed",
    "parse",
    "put_unknown_fields",
    "renamed",
    "setter",
    "string",
    "struct",
    "timestamp",
    "too_deep",
    "uint32",
    "uint64",
    "wrapped",
]
