"""Update masks that an overlay states: where they are in a call, and what they are about."""

from __future__ import annotations

from typing import Final

from ..ir import Api, Field, InBody, InParameter, Kind, Location, MapOf, Mask, MessageRef, Method, Scalar
from ..read.overlay.masks import MaskRule

BODY: Final = "body."
TEXTS: Final = (Scalar(Kind.STRING), Scalar(Kind.FIELD_MASK))


def stated_mask(method: Method, rule: MaskRule) -> Mask:
    """Return the update mask of a method."""
    of = (rule.of.removeprefix(BODY),) if rule.of else ()
    if _is_parameter(method, rule.parameter):
        return Mask(place=InParameter(rule.parameter), of=of)
    return Mask(place=InBody((rule.parameter.removeprefix(BODY),)), of=of)


def mask_fault(draft: Api, method: Method, rule: MaskRule) -> str:
    """Return why a rule cannot be the update mask of a method, "" when it can."""
    fields = body_fields(draft, method)
    if method.verb != "PATCH" or not fields:
        return "the method is no PATCH of a message"
    if _is_parameter(method, rule.parameter):
        found = next(each for each in method.parameters if each.wire == rule.parameter)
        if found.location is not Location.QUERY or found.scalar not in TEXTS:
            return f"{rule.parameter[:80]!r} is no text of the query"
    else:
        field = fields.get(rule.parameter.removeprefix(BODY)) if rule.parameter.startswith(BODY) else None
        if field is None or field.type not in TEXTS:
            return f"the method has no text {rule.parameter[:80]!r}"
    about = fields.get(rule.of.removeprefix(BODY)) if rule.of.startswith(BODY) else None
    if rule.of and (about is None or not is_subject(about)):
        return f"{rule.of[:80]!r} is neither a message nor a map of the body"
    return ""


def body_fields(draft: Api, method: Method) -> dict[str, Field]:
    """Return the fields of the message that a method sends, by wire name."""
    type_ = None if method.body is None else method.body.contents[0].type
    message = draft.messages.get(type_.name) if isinstance(type_, MessageRef) else None
    return {} if message is None else {each.wire: each for each in message.wire_fields}


def is_subject(field: Field) -> bool:
    """Return True for a field that a mask may be about."""
    return isinstance(field.type, (MessageRef, MapOf))


def _is_parameter(method: Method, name: str) -> bool:
    return any(each.wire == name for each in method.parameters)
