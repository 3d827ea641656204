"""The keyword `required`, which OpenAPI changes for properties that travel one way alone (3.1.1, 4.8.24.2)."""

# Values of any type arrive here and are told apart by their class: what is inside them is unknown on purpose.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from groundwire_codegen.problem import escape
from groundwire_codegen.read.cursor import Cursor, as_list

from .found import Checks, Flaw, Found, finding
from .values import quoted


def required(check: Checks, node: Cursor, schema: Any, value: Any, pointer: str) -> Found:
    """Hold an object to the names that it must have; what is read-only is left out of a request, write-only of an answer."""
    if not isinstance(value, dict):
        return finding()
    members = cast("dict[str, Any]", value)
    missing = [each for each in as_list(schema["required"]) if isinstance(each, str) and each not in members]
    free = "readOnly" if check.sent else "writeOnly"
    return finding(
        *(
            (f"{pointer}/{escape(name)}", "required", f"{quoted(name)} is required.")
            for name in missing
            if not _has(check, node, name, free)
        )
    )


def is_free(check: Checks, node: Cursor, flaw: Flaw, pointer: str) -> bool:
    """Return True for a missing name that another part of a schema says to travel the other way."""
    name = flaw.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    if flaw.keyword != "required" or flaw.pointer != f"{pointer}/{escape(name)}":
        return False
    return _has(check, node, name, "readOnly" if check.sent else "writeOnly")


def _has(check: Checks, node: Cursor, name: str, flag: str) -> bool:
    """Return True if a property has a flag, wherever the schema or one that it is made of states the property."""
    for each in _parts(check, node):
        properties = each.value.get("properties")
        if isinstance(properties, dict) and name in properties:
            stated = each.at("properties", None).at(name, properties[name])
            if any(part.value.get(flag) is True for part in _parts(check, stated)):
                return True
    return False


def _parts(check: Checks, node: Cursor) -> Iterator[Cursor]:
    """Yield a schema and those that it is made of, each once: what references lead to, and the branches of `allOf`."""
    waiting = [node]
    seen: set[tuple[str, str]] = set()
    while waiting:
        node = waiting.pop()
        if not isinstance(node.value, dict) or (node.source, node.pointer) in seen:
            continue
        seen.add((node.source, node.pointer))
        yield node
        ref = node.value.get("$ref")
        target = check.documents.target(node, ref) if isinstance(ref, str) else None
        waiting += [] if target is None else [target]
        place = node.at("allOf", None)
        waiting += (place.at(index, each) for index, each in enumerate(as_list(node.value.get("allOf"))))
