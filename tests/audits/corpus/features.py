"""The constructs that each document uses, and a small set of documents that together use all: `python -m tests.audits.corpus.features`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import documents

COUNT = 40
COSTLY = 700_000
"""Bytes of a document above which it is not chosen for CI: it would take seconds."""
_VARIABLE = re.compile(r"\{(\+?)[^{}]*\}")
_WORDS = frozenset({"format", "location", "pattern", "readOnly", "deprecated", "default", "minimum"})
_PAGING = frozenset({"pageToken", "nextPageToken", "maxResults", "pageSize", "startIndex", "unreachable"})
_CALLS = frozenset(
    {"fields", "requestId", "updateMask", "etag", "ifMatch", "ifGenerationMatch", "validateOnly", "alt"}
)


def features(document: Mapping[str, Any]) -> frozenset[str]:
    """Return the constructs of a document, by name."""
    return frozenset(_of_document(document))


def _of_document(document: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"document {key}" for key in document if key not in ("etag", "revision"))
    yield from (f"feature {each}" for each in document.get("features", ()))
    yield f"service path {bool(document.get('servicePath'))}"
    for schema in document.get("schemas", {}).values():
        yield from _of_schema(schema, "schema")
    yield from _of_resource(document, 0)


def _of_resource(resource: Mapping[str, Any], depth: int) -> Iterator[str]:
    yield f"resource at {min(depth, 5)}"
    for method in resource.get("methods", {}).values():
        yield from _of_method(method)
    for below in resource.get("resources", {}).values():
        yield from _of_resource(below, depth + 1)


def _of_method(method: Mapping[str, Any]) -> Iterator[str]:
    verb, path = method.get("httpMethod"), method.get("path", "")
    yield from (f"method {key}" for key in method)
    yield f"{verb} with body {'request' in method}, answer {'response' in method}"
    variables = [found[1] for found in _VARIABLE.finditer(path)]
    yield f"path with {min(len(variables), 4)} variables, reserved {'+' in variables}"
    yield f"path with verb {bool(re.search(r':[a-zA-Z]+$', path))}"
    answer = method.get("response", {}).get("$ref", "")
    yield from (f"answers {word}" for word in ("Operation", "HttpBody", "Empty") if answer.endswith(word))
    for name, parameter in method.get("parameters", {}).items():
        where = f"{parameter.get('location')} parameter"
        kind = f"{parameter.get('type')}/{parameter.get('format')}"
        yield f"{where} {kind}, repeated {bool(parameter.get('repeated'))}, enum {'enum' in parameter}"
        yield from (f"{where} with {word}" for word in _WORDS & parameter.keys())
        yield from (f"parameter {name}" for name in {name} & (_PAGING | _CALLS))
        if "." in name:
            yield f"{where} with a dot"
    for protocol in method.get("mediaUpload", {}).get("protocols", {}):
        yield f"upload {protocol}"


def _of_schema(schema: Mapping[str, Any], where: str) -> Iterator[str]:
    reference = "$ref" if "$ref" in schema else f"{schema.get('type')}/{schema.get('format')}"
    yield f"{where} {reference}{', enum' if 'enum' in schema else ''}"
    yield from (f"{reference} with {word}" for word in (_WORDS | {"enumDeprecated"}) & schema.keys())
    for name, below in schema.get("properties", {}).items():
        yield from _of_schema(below, "property")
        yield from (
            f"property {name}" for name in {name} & (_PAGING | {"etag", "requestId", "self", "class"})
        )
        if not name.isidentifier():
            yield "property that is no identifier"
    if "items" in schema:
        yield from _of_schema(schema["items"], f"item of {where.rpartition(' of ')[2]}")
    if "additionalProperties" in schema:
        yield from _of_schema(schema["additionalProperties"], "value")


def choose(known: Mapping[str, tuple[int, frozenset[str]]], count: int) -> tuple[str, ...]:
    """Return the names of documents that together have most features; greedily, by new features a byte."""
    chosen: list[str] = []
    covered: set[str] = set()
    while len(chosen) < count:
        gains = {
            name: (len(found - covered) / (size + 200_000), name)
            for name, (size, found) in known.items()
            if name not in chosen
        }
        best = max(gains, key=gains.__getitem__)
        covered |= known[best][1]
        chosen.append(best)
    return tuple(sorted(chosen))


def main() -> None:
    """Print a choice, and what it leaves out."""
    known: dict[str, tuple[int, frozenset[str]]] = {}
    for name in documents.names():
        data = documents.read(name)
        known[name] = len(data), features(json.loads(data))
    small = {name: each for name, each in known.items() if each[0] <= COSTLY}
    chosen = choose(small, COUNT)
    every = frozenset[str]().union(*(found for _, found in known.values()))
    covered = frozenset[str]().union(*(known[name][1] for name in chosen))
    print("\n".join(f'    "{name}",' for name in chosen))
    print(f"{len(covered)} of {len(every)} features, {sum(known[name][0] for name in chosen) // 1000} kB")
    print("\n".join(sorted(every - covered)))


if __name__ == "__main__":
    main()
