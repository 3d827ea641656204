"""Facts about an expression's image without computing it: band types, and whether it is bounded.

Only certain facts count: a function that is not listed here makes the answer unknown.
"""

from __future__ import annotations

from collections.abc import Collection
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
"""Functions that give all bands one type. The names of the 8-bit types are inferred."""
CASTS: Final = frozenset(_TYPES)
"""Those functions: without one, no type is certain."""
_SAME_BANDS: Final = {
    "Image.clip": "input",
    "Image.clipToBoundsAndScale": "input",
    "Image.rename": "input",
    "Image.reproject": "image",
    "Image.updateMask": "image",
}
"""Functions that keep the band types of one argument."""
_JOINS: Final = {"Image.addBands": ("dstImg", "srcImg")}
_UNBOUNDED: Final = frozenset(
    {
        "Image.constant",
        "Image.addBands",
        "Image.cat",
        "Image.rename",
        "Image.reproject",
        "Image.setDefaultProjection",
    }
    | {"Projection", *_TYPES}
    | {f"Image.{name}" for name in ("add", "subtract", "multiply", "divide")}
)
"""Functions that do not bound an image."""
_DEEPEST: Final = 200


def band_types(expression: JsonObject) -> tuple[str, ...]:
    """Return the band types of the result in order, without duplicates; empty if they are not certain."""
    types = _Types(expression).of({"valueReference": expression.get("result")}, _DEEPEST)
    return () if types is None else tuple(dict.fromkeys(types))


def is_unbounded(called: Collection[str]) -> bool:
    """Return True if an image of these functions is certainly made of constants only, and nothing bounds it."""
    return "Image.constant" in called and _UNBOUNDED.issuperset(called)


class _Types:
    """The band types of the nodes of one expression; each node is examined once."""

    def __init__(self, expression: JsonObject) -> None:
        values = expression.get("values")
        self._values: JsonObject = values if isinstance(values, dict) else {}
        self._known: dict[str, tuple[str, ...] | None] = {}

    def of(self, node: JsonValue, deep: int) -> tuple[str, ...] | None:
        """Return the band types of a node; None if they are not certain or nested too deeply."""
        if not deep or not isinstance(node, dict):
            return None
        reference = node.get("valueReference")
        if not isinstance(reference, str):
            return self._called(node.get("functionInvocationValue"), deep)
        if reference not in self._known:
            # A cyclic reference has no type.
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
        # `overwrite` drops bands of the first image.
        if name not in _JOINS or "overwrite" in arguments:
            return None
        joined = [self.of(arguments.get(argument), deep - 1) for argument in _JOINS[name]]
        if any(types is None for types in joined):
            return None
        return tuple(dict.fromkeys(type_ for types in joined if types for type_ in types))
