"""Leaves: scalars by type and format, literals, and the bounds of a value."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from typing import Any, Final, TypeAlias, TypeGuard, cast

from ...ir import (
    NO_RULES,
    Const,
    Encoding,
    Enum,
    EnumValue,
    JsonScalar,
    Kind,
    Nullable,
    Rules,
    Scalar,
    TypeRef,
)
from ..cursor import as_list
from ..safe_regex import is_linear
from .references import Documents
from .shape import Shape, Site
from .vocabulary import FORMATS, MISSPELT, PLAIN, media_encoding

ANY: Final = Scalar(Kind.ANY)
STRUCT: Final = Scalar(Kind.STRUCT)
STRING: Final = Scalar(Kind.STRING)
_BOUNDS: Final = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "exclusiveMaximum": "exclusive_maximum",
    "multipleOf": "multiple_of",
}
_SIZES: Final = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_items",
    "maxItems": "max_items",
}
_RANGES: Final = {
    Kind.INT32: (-(2**31), 2**31 - 1),
    Kind.UINT32: (0, 2**32 - 1),
    Kind.LONG: (-(2**63), 2**63 - 1),
    Kind.ULONG: (0, 2**64 - 1),
}
"""Bounds that a kind has in any case."""
_FLOATS: Final = {
    "float": (-3.4028235677973366e38, 3.4028235677973366e38),
    "double": (-sys.float_info.max, sys.float_info.max),
}
"""Bounds that a number has by its format."""
_STATED: Final = frozenset((*_BOUNDS, *_SIZES, "pattern"))
ScalarWords: TypeAlias = tuple[object, ...]
"""The document, and the keywords of a schema of one plain type with their values, each with its own type: 1 is not true."""
_SCALAR_WORDS: Final = _STATED | {
    *("type", "format", "nullable", "title", "description", "default", "deprecated", "readOnly", "writeOnly"),
    *("example", "examples"),
}
_UNSAID: Final = frozenset(("example", "examples"))


def scalar_words(sites: Sequence[Site]) -> ScalarWords | None:
    """Return the words of a schema that is a scalar, or a reference, and no more; None for any other schema."""
    node = sites[0].node
    if len(sites) > 1 or node.value.__class__ is not dict:
        return None
    stated = cast("dict[str, Any]", node.value)
    if "$ref" in stated and len(stated) == 1:
        return (node.source, stated["$ref"]) if isinstance(stated["$ref"], str) else None
    if not stated.keys() <= _SCALAR_WORDS:
        return None
    words: list[object] = [node.source]
    for keyword, value in stated.items():
        if keyword in _UNSAID:
            continue
        if value.__class__ in (dict, list):
            return None
        words += (keyword, value, value.__class__)
    return tuple(words) if stated.get("type") in PLAIN else None


def read_scalar(kind: str, shape: Shape, documents: Documents) -> Scalar:
    """Return the scalar of a type and its format; a format that is no type is documentation."""
    format_ = shape.words.get("format")
    if not isinstance(format_, str):
        format_ = None
    if format_ in MISSPELT and (kind, MISSPELT[format_]) in FORMATS:
        documents.warn(shape.node.at("format", None), f"format {format_!r} is read as {MISSPELT[format_]!r}")
        format_ = MISSPELT[format_]
    if kind == "string" and format_ is None:
        encoding, media = shape.words.get("contentEncoding"), shape.words.get("contentMediaType")
        if encoding == "base64":
            return Scalar(Kind.BYTES)
        if encoding is None and isinstance(media, str) and media_encoding(media) in (None, Encoding.BYTES):
            return Scalar(Kind.BINARY)
    return Scalar(FORMATS.get((kind, format_ or ""), PLAIN[kind]))


def is_json_scalar(value: Any) -> TypeGuard[JsonScalar]:
    """Return True for a JSON value that is neither an object nor an array, and is finite."""
    return (
        value is None
        or isinstance(value, str | bool | int)
        or (isinstance(value, float) and math.isfinite(value))
    )


def is_whole(value: Any) -> bool:
    """Return True for a whole number, true and false apart."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_finite(value: Any) -> bool:
    return is_whole(value) or (isinstance(value, float) and math.isfinite(value))


def literals(shape: Shape, documents: Documents) -> tuple[JsonScalar, ...] | None:
    """Return the values that a shape lists, without null; None where it lists none, or other than scalars."""
    if shape.enum is None:
        return None
    values = tuple(each for each in shape.enum if is_json_scalar(each))
    if len(values) < len(shape.enum):
        documents.warn(shape.node, "constants that are objects or lists are not read")
        return None
    if shape.types == ("string",) and not all(isinstance(each, str) for each in values):
        documents.warn(shape.node.at("enum", None), "values of an enum of strings are read as text")
        values = tuple(each if isinstance(each, str) else text_of(each) for each in values)
    if shape.types == ("integer",) and any(isinstance(each, str) for each in values):
        documents.warn(shape.node.at("enum", None), "texts in an enum of integers are read as numbers")
        values = tuple(
            int(each) if isinstance(each, str) and each.lstrip("-").isdecimal() and len(each) < 20 else each
            for each in values
        )
    # true and 1 are two values, so the pairs are told apart by type as well.
    return tuple(each for _, each in dict.fromkeys((type(each), each) for each in values))


def literal_type(values: tuple[JsonScalar, ...]) -> TypeRef | None:
    """Return the type of literals that make no enum: constants, or all booleans; None for an enum."""
    if set(values) == {True, False} and all(isinstance(each, bool) for each in values):
        return Scalar(Kind.BOOLEAN)
    if len(values) > 1 and (all(isinstance(each, str) for each in values) or all(map(is_whole, values))):
        return None
    return Const(values)


def enum_of(shape: Shape, place: str, values: tuple[JsonScalar, ...]) -> Enum:
    """Return an enum; extensions that describe its values are read where they fit."""
    docs = as_list(shape.node.any("x-enumDescriptions") or shape.node.any("x-enum-descriptions"))
    said: list[Any] = docs if len(docs) == len(values) else [""] * len(values)
    return Enum(
        place=place,
        values=tuple(
            EnumValue(wire=text_of(value), doc=doc if isinstance(doc, str) else "")
            for value, doc in zip(values, said, strict=True)
        ),
        whole=not isinstance(values[0], str),
        doc=shape.text("description"),
        pointer=shape.node.pointer,
    )


def text_of(value: Any) -> str:
    """Return a JSON value as it is written in a URL: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def is_bytes(shape: Shape) -> bool:
    """Return True for texts that may stand for bytes."""
    format_ = shape.words.get("format")
    kind = FORMATS.get(("string", format_)) if isinstance(format_, str) else None
    return kind in (Kind.BYTES, Kind.BINARY) or bool(
        shape.words.keys() & {"contentEncoding", "contentMediaType"}
    )


def nullable(type_: TypeRef | None, shape: Shape) -> TypeRef | None:
    """Return the type, or null where the shape allows it."""
    if type_ is None or not shape.null or type_ in (ANY, Const((None,))) or isinstance(type_, Nullable):
        return type_
    return Nullable(type_)


def default_of(shape: Shape) -> JsonScalar:
    """Return the default that a schema states, an object or a list as JSON text; None for one that is not finite."""
    value = shape.words.get("default")
    if isinstance(value, list | dict):
        return text_of(value)
    return value if is_json_scalar(value) else None


def read_rules(shape: Shape, documents: Documents) -> Rules:
    """Return the bounds that a schema states. One that is no number is a warning."""
    if _STATED.isdisjoint(shape.words):
        return NO_RULES
    found: dict[str, Any] = {}
    for keyword, name in (*_BOUNDS.items(), *_SIZES.items()):
        value: Any = shape.words.get(keyword)
        if value is None:
            continue
        if isinstance(value, float) and keyword in _SIZES and value.is_integer():
            value = int(value)
        size = keyword in _SIZES
        if (is_whole(value) and value >= 0) if size else _is_finite(value):
            found[name] = value
        else:
            documents.warn(shape.node.at(keyword, None), "a bound that is no number is ignored")
    if found.get("multiple_of") is not None and found["multiple_of"] <= 0:
        del found["multiple_of"]
    format_ = shape.words.get("format")
    known = FORMATS.get((shape.kinds[0] if shape.kinds else "", format_ if isinstance(format_, str) else ""))
    low, high = _FLOATS.get(format_, (None, None)) if isinstance(format_, str) else (None, None)
    low, high = (low, high) if known is None else _RANGES.get(known, (low, high))
    if (found.get("minimum"), found.get("maximum")) == (low, high) and low is not None:
        del found["minimum"], found["maximum"]
    pattern = shape.words.get("pattern")
    is_text = known is None and shape.words.get("contentEncoding") is None
    if isinstance(pattern, str) and is_text and shape.kinds in (("string",), ()):
        found["pattern"] = pattern
        found["pattern_is_linear"] = is_linear(pattern)
    return Rules(**found)
