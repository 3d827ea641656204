"""openapi-spec-validator, where it is installed: its findings are advice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import islice
from typing import Any, Final, cast

from ..problem import Problem, escape

_LONGEST: Final = 300
_MOST: Final = 50
"""Findings that are shown."""
_CLASSES: Final = {"3.0": "OpenAPIV30SpecValidator", "3.1": "OpenAPIV31SpecValidator"}


def findings(document: Mapping[str, Any], source: str) -> tuple[Problem, ...]:
    """Return what openapi-spec-validator says of an OpenAPI document; nothing where it is not installed.

    It is not run on a document that refers to others: it would fetch them.
    """
    try:
        module: Any = import_module("openapi_spec_validator")
    except ImportError:
        return ()
    outside = next(_outside(document), None)
    if outside is not None:
        words = f"openapi-spec-validator is not run: the document refers to {outside[:200]!r}"
        return (Problem(source, "", words),)
    try:
        validator = getattr(module, _CLASSES[str(document["openapi"])[:3]])(document)
        found = [_finding(each, source) for each in islice(validator.iter_errors(), _MOST)]
    except Exception as error:  # noqa: BLE001 - it fails in many ways on documents that are read here
        return (
            Problem(source, "", f"openapi-spec-validator failed: {type(error).__name__}: {error}"[:_LONGEST]),
        )
    return tuple(sorted(set(found)))


def _finding(error: Any, source: str) -> Problem:
    pointer = "".join(f"/{escape(str(each))}" for each in getattr(error, "absolute_path", ()))
    words = str(getattr(error, "message", error))
    return Problem(source, pointer, words if len(words) <= _LONGEST else f"{words[:_LONGEST]}...")


def _outside(value: object) -> Iterator[str]:
    """Yield every reference that leads out of the document."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            members = cast("Mapping[str, object]", each)
            reference = members.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                yield reference
            waiting += members.values()
        elif isinstance(each, list):
            waiting += cast("list[object]", each)
