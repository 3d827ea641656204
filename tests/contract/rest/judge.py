"""The verdict of jsonschema, by the validators of openapi-schema-validator: the judge of our own verdicts."""

from __future__ import annotations

from typing import Any, Final

from openapi_schema_validator import OAS30Validator, OAS31Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

BASE: Final = "urn:document"


class Judge:
    """Says whether a value is valid by the schema at a pointer of a document. It checks no formats."""

    def __init__(self, document: Any) -> None:
        registry: Any = Registry().with_resource(BASE, Resource(contents=document, specification=DRAFT202012))
        cls: Any = OAS30Validator if document["openapi"].startswith("3.0") else OAS31Validator
        self._validator = cls({}, registry=registry)

    def refuses(self, pointer: str, value: Any) -> str | None:
        """Return why a value is refused; None for a valid one."""
        checked = self._validator.evolve(schema={"$ref": f"{BASE}#{pointer}"})
        error = next(iter(checked.iter_errors(value)), None)
        return (
            None if error is None else f"{list(error.absolute_path)} {error.validator}: {error.message[:200]}"
        )


def without_flags(node: Any) -> Any:
    """Return a document in which nothing is read-only or write-only: these are no matter of JSON Schema."""
    if isinstance(node, list):
        return [without_flags(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: without_flags(value)
        for key, value in node.items()
        if key not in ("readOnly", "writeOnly") or not isinstance(value, bool)
    }
