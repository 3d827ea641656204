"""Schemas of OpenAPI 3.0 as 3.1 would state them, one node at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..cursor import as_list

_CHANGED: Final = frozenset(("exclusiveMinimum", "exclusiveMaximum", "nullable", "items"))
_EXCLUSIVE: Final = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))


def modern(members: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the keywords of a schema in the words of 3.1; those below it are left as they are.

    `nullable` becomes a type of null where a type is stated, and is left where none is. An exclusive bound that is
    a flag takes the bound's place. Documents of 3.1 that use these words all the same are read as they were meant.
    """
    if _CHANGED.isdisjoint(members):
        return members
    found = dict(members)
    for flag, bound in _EXCLUSIVE:
        if isinstance(found.get(flag), bool):
            exclusive = found.pop(flag)
            if exclusive and bound in found:
                found[flag] = found.pop(bound)
    if found.get("nullable") is True and "type" in found:
        stated = as_list(found["type"]) or [found["type"]]
        found["type"] = [*stated, "null"]
        del found["nullable"]
    elif found.get("nullable") is False:
        del found["nullable"]
    if isinstance(found.get("items"), list):
        # The tuples of JSON Schema's earlier drafts.
        found["prefixItems"] = found.pop("items")
        if "additionalItems" in found:
            found["items"] = found.pop("additionalItems")
    return found
