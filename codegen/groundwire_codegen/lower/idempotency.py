"""Idempotency: when a call may be made again, by the overlay, by a request id or by the verb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..ir import Idempotency, InBody, InParameter, ValueLocation
from .shapes import MAX_NESTING, NO_MESSAGE

if TYPE_CHECKING:
    from ..ir import Message
    from ..read.discovery import Document, Method, Schema
    from ..read.overlay import MethodRule, Overlay

BODY: Final = "body."
"""Prefix of a precondition that travels in the body."""
REQUEST_ID: Final = "requestId"


def idempotency(method: Method, rule: MethodRule, body: Message | None) -> Idempotency:
    """Return the facts of a method that sends `body`."""
    stated = rule.idempotent
    names = dict.fromkeys(stated) if isinstance(stated, tuple) else ()
    return Idempotency(
        always=stated if isinstance(stated, bool) else None,
        when_set=tuple(_location(method, name) for name in names),
        request_id=_request_id(method, body),
    )


def precondition_fault(document: Document, overlay: Overlay, method: Method, name: str) -> str:
    """Return why `name` cannot be a precondition of the method, "" when it can."""
    location = _location(method, name)
    if isinstance(location, InBody):
        return _body_fault(document, overlay, method.request, location.path)
    parameter = method.parameters.get(location.wire)
    if parameter is None:
        return "the method has no such parameter"
    return "the parameter is a list" if parameter.repeated else ""


def _location(method: Method, name: str) -> ValueLocation:
    # A parameter may be called `body.x` too.
    if name in method.parameters or not name.startswith(BODY):
        return InParameter(name)
    return InBody(tuple(name.removeprefix(BODY).split(".")))


def _request_id(method: Method, body: Message | None) -> ValueLocation | None:
    """Return the field that the overlay marks, else the query parameter of AIP-155."""
    marked = next((field.wire for field in body.fields if field.request_id), None) if body else None
    if marked is not None:
        return InBody((marked,))
    found = method.parameters.get(REQUEST_ID)
    if found is None or found.location != "query" or found.type != "string" or found.format is not None:
        return None
    return InParameter(REQUEST_ID)


def _body_fault(document: Document, overlay: Overlay, body: Schema | None, path: tuple[str, ...]) -> str:
    if body is None:
        return "the method takes no body"
    name, schema = _target(document, body)
    for wire in path:
        rule = overlay.messages.get(name, NO_MESSAGE)
        if any(wire in union.members for union in rule.unions.values()):
            return f"the field {wire!r} is a member of a union"
        extension = rule.extensions.get(wire)
        field = schema.properties.get(wire) or (None if extension is None else extension.schema)
        if field is None:
            return f"{name or 'the body'} has no field {wire!r}"
        name, schema = _target(document, field)
    several = schema.items is not None or schema.additional_properties is not None
    return "the field is a list or a map" if several else ""


def _target(document: Document, schema: Schema) -> tuple[str, Schema]:
    """Follow references to a schema, and to its name; an inline schema has none."""
    name = ""
    for _ in range(MAX_NESTING):
        found = document.schemas.get(schema.ref or "")
        if found is None:
            break
        name, schema = schema.ref or "", found
    return name, schema
