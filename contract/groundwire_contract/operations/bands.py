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
    found = _Types(expression).of({"valueReference": expression.get("result")}, _DEEPEST)
    return () if found is None else tuple(dict.fromkeys(found))


def is_unbounded(expression: JsonObject) -> bool:
    """Whether the image is certainly made of constants only, with nothing that gives it bounds."""
    called = set(_functions(expression.get("values")))
    return "Image.constant" in called and called <= _UNBOUNDED


class _Types:
    """The types of the bands of the nodes of one expression, each node looked at once however often it is used."""

    def __init__(self, expression: JsonObject) -> None:
        values = expression.get("values")
        self._values: JsonObject = values if isinstance(values, dict) else {}
        self._known: dict[str, tuple[str, ...] | None] = {}

    def of(self, node: JsonValue, deep: int) -> tuple[str, ...] | None:
        """The types of a node's bands, None when they are not certain, or lie too deep."""
        if not deep or not isinstance(node, dict):
            return None
        reference = node.get("valueReference")
        if not isinstance(reference, str):
            return self._called(node.get("functionInvocationValue"), deep)
        if reference not in self._known:
            # A circle leads to nothing.
            self._known[reference] = None
            self._known[reference] = self.of(self._values.get(reference), deep - 1)
        return self._known[reference]

    def _called(self, call: JsonValue, deep: int) -> tuple[str, ...] | None:
        name, arguments = (
            (call.get("functionName"), call.get("arguments")) if isinstance(call, dict) else (None, None)
        )
        if not isinstance(name, str) or not isinstance(arguments, dict):
            return None
        if name in _TYPES:
            return (_TYPES[name],)
        if name in _SAME_BANDS:
            return self.of(arguments.get(_SAME_BANDS[name]), deep - 1)
        # With `overwrite`, bands of the first image go.
        if name not in _JOINS or "overwrite" in arguments:
            return None
        joined = [self.of(arguments.get(argument), deep - 1) for argument in _JOINS[name]]
        if any(types is None for types in joined):
            return None
        return tuple(dict.fromkeys(type_ for types in joined if types for type_ in types))


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
