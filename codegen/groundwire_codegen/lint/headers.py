"""Headers of answers, which the IR does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from ..ir import Method

_REFERENCES: Final = 8
"""References that are followed in a row."""


def answer_headers(document: Mapping[str, Any], method: Method, status: str = "2") -> frozenset[str]:
    """Return the names, in lower case, of the headers of the answers whose status starts so."""
    operation = _at(document, method.pointer)
    responses = operation.get("responses")
    return frozenset(
        name.lower()
        for key, response in (
            cast("dict[str, Any]", responses) if isinstance(responses, dict) else {}
        ).items()
        if str(key).startswith(status)
        for name in _headers(document, response)
    )


def _headers(document: Mapping[str, Any], response: Any) -> Iterator[str]:
    for _ in range(_REFERENCES):
        reference = response.get("$ref") if isinstance(response, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        response = _at(document, reference[1:])
    headers = response.get("headers") if isinstance(response, dict) else None
    yield from cast("dict[str, Any]", headers) if isinstance(headers, dict) else ()


def _at(document: Mapping[str, Any], pointer: str) -> Mapping[str, Any]:
    """Return the object at a JSON pointer; an empty one where none is."""
    found: Any = document
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        found = found.get(key) if isinstance(found, dict) else None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
