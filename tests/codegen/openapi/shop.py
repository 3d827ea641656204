"""Small OpenAPI documents to change, and what is read of them."""

from __future__ import annotations

import json
from typing import Any

from groundwire_codegen.ir import Field, Parameter, TypeRef
from groundwire_codegen.read.draft import Draft
from groundwire_codegen.read.openapi import read_document


def document(
    schemas: dict[str, Any] | None = None,
    paths: dict[str, Any] | None = None,
    version: str = "3.1.0",
    **more: Any,
) -> dict[str, Any]:
    """Return a document of these schemas and paths; `more` are other keys of its top."""
    components = {**more.pop("components", {}), "schemas": schemas or {}}
    return {
        "openapi": version,
        "info": {"title": "Book Shop", "version": "1"},
        "paths": paths or {},
        "components": components,
        **more,
    }


def encoded(value: Any) -> bytes:
    # JSON's own way to write what a float cannot hold.
    return json.dumps(value).replace("Infinity", "1e999").encode()


def read(value: Any, **options: Any) -> Draft:
    """Read a document as JSON. Anything that is refused fails the test."""
    draft = tried(value, **options)
    assert draft.problems == ()
    assert draft.faults == {}
    return draft


def tried(value: Any, **options: Any) -> Draft:
    return read_document(value if isinstance(value, bytes) else encoded(value), **options)


def field(schema: Any, version: str = "3.1.0", **schemas: Any) -> Field:
    """Return what is read of a property `x` with this schema, of a message `Box`."""
    box = {"type": "object", "properties": {"x": schema}}
    return read(document({"Box": box, **schemas}, version=version)).api.messages["Box"].fields[0]


def type_of(schema: Any, version: str = "3.1.0", **schemas: Any) -> TypeRef:
    return field(schema, version, **schemas).type


def operation(path: str = "/books", verb: str = "get", **operation: Any) -> dict[str, Any]:
    """Return paths of one operation, `op`."""
    return {path: {verb: {"operationId": "op", "responses": {"200": {"description": ""}}, **operation}}}


def parameter(stated: dict[str, Any], path: str = "/books", **schemas: Any) -> Parameter:
    """Return what is read of the only parameter of an operation."""
    return read(document(schemas, operation(path, parameters=[stated]))).api.methods["op"].parameters[0]


def refusals(draft: Draft) -> list[tuple[str, str]]:
    """Return the places and words of all that is refused."""
    faults = [problem for problems in draft.faults.values() for problem in problems]
    return [(problem.pointer, problem.message) for problem in (*draft.problems, *faults)]


def warnings(draft: Draft) -> list[str]:
    return [problem.message for problem in draft.warnings]


def referred(schema: Any, version: str = "3.1.0", **schemas: Any) -> Draft:
    """Read a document whose one operation answers with a schema, so that its faults are the operation's."""
    content = {"application/json": {"schema": schema}}
    paths = operation(responses={"200": {"description": "", "content": content}})
    return tried(document(schemas, paths, version))
