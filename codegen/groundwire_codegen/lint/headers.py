"""Headers of answers, which the IR does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..ir import Method
from ..read.cursor import as_object

_REFERENCES: Final = 8
"""References that are followed in a row."""


def answer_headers(document: Mapping[str, Any], method: Method, status: str = "2") -> frozenset[str]:
    """Return the names, in lower case, of the headers of the answers whose status starts so."""
    responses = as_object(_at(document, method.pointer).get("responses"))
    return frozenset(
        name.lower()
        for key, response in responses.items()
        if str(key).startswith(status)
        for name in _headers(document, as_object(response))
    )


def _headers(document: Mapping[str, Any], response: dict[str, Any]) -> Iterator[str]:
    for _ in range(_REFERENCES):
        reference = response.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        response = _at(document, reference[1:])
    yield from as_object(response.get("headers"))


def _at(document: Mapping[str, Any], pointer: str) -> dict[str, Any]:
    """Return the object at a JSON pointer; an empty one where none is."""
    found: Any = document
    for part in pointer.split("/")[1:]:
        found = as_object(found).get(part.replace("~1", "/").replace("~0", "~"))
    return as_object(found)
