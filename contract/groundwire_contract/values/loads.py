"""The assets that an expression loads by constant ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from ..exchange import JsonObject, JsonValue

_LOADERS: Final = {
    "Image.load": ("Image", "id"),
    "ImageCollection.load": ("ImageCollection", "id"),
    "Collection.loadTable": ("Collection", "tableId"),
}
LOADERS: Final = frozenset(_LOADERS)
"""Functions that load assets."""
_WITHIN: Final = (list, dict)


@frozen
class Load:
    """A call that loads an asset: the function, the kind of asset in its words, and the id."""

    function: str
    kind: str
    id: str


def calls(value: JsonValue) -> Iterator[JsonObject]:
    """Iterate over all function calls within a JSON value."""
    left: list[JsonValue] = [value]
    while left:
        here = left.pop()
        if isinstance(here, list):
            left.extend(item for item in reversed(here) if isinstance(item, _WITHIN))
        elif isinstance(here, dict):
            call = here.get("functionInvocationValue")
            if isinstance(call, dict):
                yield call
            if "constantValue" not in here:
                left.extend(item for item in reversed(here.values()) if isinstance(item, _WITHIN))


def loads(expression: JsonObject) -> tuple[Load, ...]:
    """Return the assets that are loaded by constant ids, in the order of the body, without duplicates."""
    nodes = expression.get("values")
    found: dict[Load, None] = {}
    for call in calls(nodes):
        loader = _LOADERS.get(str(call.get("functionName")))
        if loader is None:
            continue
        arguments = call.get("arguments")
        node = arguments.get(loader[1]) if isinstance(arguments, dict) else None
        if isinstance(node, dict) and isinstance(node.get("valueReference"), str) and isinstance(nodes, dict):
            node = nodes.get(str(node["valueReference"]))
        id_ = node.get("constantValue") if isinstance(node, dict) else None
        if isinstance(id_, str):
            found[Load(str(call["functionName"]), loader[0], id_)] = None
    return tuple(found)
