"""Idempotency: when a call may be repeated, by the overlay, a request id, or the verb."""

from __future__ import annotations

from typing import Final

from ..ir import (
    Alias,
    Api,
    Idempotency,
    InBody,
    InParameter,
    Kind,
    ListOf,
    Location,
    MapOf,
    Message,
    MessageRef,
    Method,
    Packed,
    Scalar,
    TypeRef,
    ValueLocation,
)
from ..read.overlay import NO_MESSAGE, MethodRule, Overlay
from .reach import MAX_NESTING

BODY: Final = "body."
"""Prefix of a precondition that travels in the body."""
REQUEST_ID: Final = "requestId"
IDEMPOTENCY_KEY: Final = "idempotency-key"
"""A header that makes a resend recognisable (draft-ietf-httpapi-idempotency-key-header)."""


def idempotency(method: Method, rule: MethodRule, body: Message | None) -> Idempotency:
    """Return the facts of a method that sends `body`."""
    stated = rule.idempotent
    names = dict.fromkeys(stated) if isinstance(stated, tuple) else ()
    return Idempotency(
        always=stated if isinstance(stated, bool) else None,
        when_set=tuple(_location(method, name) for name in names),
        request_id=_request_id(method, body),
    )


def precondition_fault(draft: Api, overlay: Overlay, method: Method, name: str) -> str:
    """Return why `name` cannot be a precondition of the method, "" when it can."""
    location = _location(method, name)
    if isinstance(location, InBody):
        type_ = None if method.body is None else method.body.contents[0].type
        return _body_fault(draft, overlay, type_, location.path)
    parameter = next((each for each in method.parameters if each.wire == location.wire), None)
    if parameter is None:
        return "the method has no such parameter"
    return "the parameter is a list" if parameter.repeated else ""


def _location(method: Method, name: str) -> ValueLocation:
    # A parameter may be called `body.x` too.
    if not name.startswith(BODY) or any(each.wire == name for each in method.parameters):
        return InParameter(name)
    return InBody(tuple(name.removeprefix(BODY).split(".")))


def _request_id(method: Method, body: Message | None) -> ValueLocation | None:
    """Return the field that the overlay marks, else the header that is an idempotency key, or the parameter of AIP-155."""
    marked = next((field.wire for field in body.fields if field.request_id), None) if body else None
    if marked is not None:
        return InBody((marked,))
    texts = [each for each in method.parameters if each.type == Scalar(Kind.STRING)]
    key = next((each for each in texts if each.wire.lower() == IDEMPOTENCY_KEY), None)
    if key is not None and key.location is Location.HEADER:
        return InParameter(key.wire)
    found = next((each for each in texts if each.wire == REQUEST_ID), None)
    return InParameter(REQUEST_ID) if found is not None and found.location is Location.QUERY else None


def _body_fault(draft: Api, overlay: Overlay, body: TypeRef | None, path: tuple[str, ...]) -> str:
    if body is None:
        return "the method takes no body"
    type_ = resolved(draft, body)
    for wire in path:
        key = type_.name if isinstance(type_, MessageRef) else ""
        message, rule = draft.messages.get(key), overlay.messages.get(key, NO_MESSAGE)
        if any(wire in union.members for union in rule.unions.values()):
            return f"the field {wire!r} is a member of a union"
        fields = {} if message is None else {each.wire: each for each in message.fields}
        extension = rule.extensions.get(wire)
        field = fields.get(wire) or (None if extension is None else extension.schema)
        if field is None:
            return f"{'the body' if key[:1] in ('', '/') else key} has no field {wire!r}"
        type_ = resolved(draft, field.type)
    several = isinstance(type_, (ListOf, MapOf, Packed)) or type_ == Scalar(Kind.STRUCT)
    return "the field is a list or a map" if several else ""


def resolved(draft: Api, type_: TypeRef) -> TypeRef:
    """Follow references through aliases; one to a message is left as it is, and one that leads nowhere too."""
    for _ in range(MAX_NESTING):
        alias: Alias | None = draft.aliases.get(type_.name) if isinstance(type_, MessageRef) else None
        if alias is None or alias.type is None:
            break
        type_ = alias.type
    return type_
