"""The schemas of the response and the metadata of operations, which the overlay states by method."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import evolve

from ..ir import Api, Kind, Message, MessageRef, Method, Packed, Scalar
from ..problem import Problem
from ..read.overlay import MessageRule, MethodRule, Overlay

ANY_PACKAGE: Final = "type.googleapis.com/"
"""Before the name of a schema: the URL of its type in any package, whose name a document does not have."""


def operation_of(draft: Api, method: Method) -> tuple[str, Message] | None:
    """Return the message that a method returns as its operation: one with an object for response and metadata."""
    types = (content.type for each in method.responses if each.success for content in each.contents)
    names = (type_.name for type_ in types if isinstance(type_, MessageRef))
    for name in names:
        message = draft.messages.get(name)
        fields = {} if message is None else {each.wire: each.type for each in message.wire_fields}
        if message is not None and all(_is_object(fields.get(wire)) for wire in ("metadata", "response")):
            return name, message
    return None


def _is_object(type_: object) -> bool:
    return isinstance(type_, Packed) or type_ == Scalar(Kind.STRUCT)


def with_operations(overlay: Overlay, draft: Api, wanted: Sequence[Method]) -> Overlay:
    """Return the overlay with the types of what the operations of the wanted methods hold."""
    messages = dict(overlay.messages)
    for method in wanted:
        rule = overlay.methods.get(method.id)
        stated = None if rule is None else rule.operation
        found = None if stated is None else operation_of(draft, method)
        if stated is None or found is None:
            continue
        before = messages.get(found[0], MessageRule(pointer=stated.pointer))
        packed = {wire: dict(types) for wire, types in before.packed.items()}
        for wire, name in (("response", stated.response), ("metadata", stated.metadata)):
            if name and name not in packed.get(wire, {}).values():
                packed.setdefault(wire, {})[f"{ANY_PACKAGE}{name}"] = name
        messages[found[0]] = evolve(before, packed=packed)
    return evolve(overlay, messages=messages)


def operation_problems(draft: Api, method: Method, rule: MethodRule) -> Iterator[Problem]:
    """Yield what is wrong with the rule of a method's operation."""
    stated = rule.operation
    if stated is None:
        return
    if operation_of(draft, method) is None:
        yield Problem("overlay", stated.pointer, f"{method.id} returns no operation", "take it out")
    for key, name in (("response", stated.response), ("metadata", stated.metadata)):
        if name and name not in draft.messages:
            words = f"the rule matches nothing: no message {name!r}"
            yield Problem("overlay", f"{stated.pointer}/{key}", words, "take it out, or correct the name")
