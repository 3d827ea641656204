"""What an expression says of its image without computing it: the types of its bands, and whether it has bounds.

Only what is certain counts: any function that is not known here makes the answer unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..exchange import JsonObject, JsonValue

_CASTS: Final = {
    "int8": "Int8", "uint8": "UInt8", "byte": "UInt8", "int16": "Int16", "short": "Int16", "uint16": "UInt16",
    "int32": "Int32", "int": "Int32", "uint32": "UInt32", "float": "Float32", "double": "Float64",
}  # fmt: skip
_TYPES: Final = {
    f"Image.{spelling}": type_
    for name, type_ in _CASTS.items()
    for spelling in (name, f"to{name.capitalize()}")
}
"""Functions after which all bands have one type. The names of the types of 8 bits are inferred."""
_SAME_BANDS: Final = {
    "Image.clip": "input",
    "Image.clipToBoundsAndScale": "input",
    "Image.rename": "input",
    "Image.reproject": "image",
    "Image.updateMask": "image",
}
"""Functions that keep the types of the bands of an argument."""
_JOINS: Final = {"Image.addBands": ("dstImg", "srcImg")}
_UNBOUNDED: Final = frozenset(
    {"Image.constant", "Image.addBands", "Image.cat", "Image.rename", *_TYPES}
    | {f"Image.{name}" for name in ("add", "subtract", "multiply", "divide")}
)
"""Functions that make no bounds."""
_DEEPEST: Final = 200


def band_types(expression: JsonObject) -> tuple[str, ...]:
    """The types of the bands of the result, in order, each once; empty when they are not certain."""
    found = _types(expression, _result(expression), _DEEPEST)
    return () if found is None else tuple(dict.fromkeys(found))


def is_unbounded(expression: JsonObject) -> bool:
    """Whether the image is certainly made of constants only, with nothing that gives it bounds."""
    called = set(_functions(expression.get("values")))
    return "Image.constant" in called and called <= _UNBOUNDED


def _types(expression: JsonObject, node: JsonValue, deep: int) -> tuple[str, ...] | None:
    node = _followed(expression, node)
    call = node.get("functionInvocationValue")
    if not deep or not isinstance(call, dict):
        return None
    name, arguments = call.get("functionName"), call.get("arguments")
    if not isinstance(name, str) or not isinstance(arguments, dict):
        return None
    if name in _TYPES:
        return (_TYPES[name],)
    if name in _SAME_BANDS:
        return _types(expression, arguments.get(_SAME_BANDS[name]), deep - 1)
    # With `overwrite`, bands of the first image go.
    if name not in _JOINS or "overwrite" in arguments:
        return None
    found: tuple[str, ...] = ()
    for joined in _JOINS[name]:
        types = _types(expression, arguments.get(joined), deep - 1)
        if types is None:
            return None
        found = tuple(dict.fromkeys((*found, *types)))
    return found


def _result(expression: JsonObject) -> JsonValue:
    return {"valueReference": expression.get("result")}


def _followed(expression: JsonObject, node: JsonValue) -> JsonObject:
    """A node, or the value that it refers to; nothing for a reference to nothing, or in a circle."""
    values = expression.get("values")
    for _ in range(_DEEPEST):
        reference = node.get("valueReference") if isinstance(node, dict) else None
        if not isinstance(reference, str) or not isinstance(values, dict):
            break
        node = values.get(reference)
    return node if isinstance(node, dict) else {}


def _functions(value: JsonValue) -> Iterator[str]:
    """The names of all functions that are called, and an empty one for a function that has none."""
    left: list[JsonValue] = [value]
    while left:
        here = left.pop()
        if isinstance(here, list):
            left.extend(here)
        elif isinstance(here, dict):
            call = here.get("functionInvocationValue")
            if isinstance(call, dict):
                name = call.get("functionName")
                yield name if isinstance(name, str) else ""
            left.extend(here.values())
