"""What is wrong with an overlay beside its document: rules that match nothing, unions that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..names import HELD_NAMES, KEYWORDS, snake
from ..problem import Problem
from ..read.cursor import escape
from .idempotency import precondition_fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..ir import Message
    from ..read.discovery import Document, Schema
    from ..read.overlay import MessageRule, Overlay


def overlay_problems(document: Document, overlay: Overlay) -> Iterator[Problem]:
    """Every rule that names something which the document lacks."""
    if overlay.document is not None and overlay.document != document.id:
        yield _problem(
            "/document", f"the overlay is for {overlay.document!r}, the document is {document.id!r}"
        )
    for name, rule in overlay.messages.items():
        schema = document.schemas.get(name)
        if schema is None:
            yield _nothing(rule.pointer, f"no schema {name!r}")
        else:
            yield from _message_problems(document, rule, schema)
    for name, method in overlay.methods.items():
        if name not in document.methods:
            yield _nothing(method.pointer, f"no method {name!r}")
        else:
            yield from _method_problems(document, overlay, name)
    yield from _held_problems(document, overlay)
    yield from _scope_problems(document, overlay)
    used = {field.enum for message in overlay.messages.values() for field in message.fields.values()}
    for name, enum in overlay.enums.items():
        if name not in used:
            yield _nothing(enum.pointer, f"no field says enum = {name!r}")


def variant_clashes(messages: Sequence[Message]) -> Iterator[Problem]:
    """Every variant of a family whose class would be that of another family, or of its variants."""
    families = [message for message in messages if message.family]
    used = {f"_{message.name}Variants": message.name for message in families}
    for message in families:
        for variant in (each for union in message.unions for each in union.variants):
            place = f"{message.name}.{variant.class_name}"
            holder = used.setdefault(f"_{message.name}{variant.class_name}", place)
            if holder != place:
                words = f"its variant {variant.class_name} has the class of {holder}"
                yield Problem("document", message.pointer, words, "say family = false in the overlay")


def unused_names(overlay: Overlay, published: Mapping[str, str]) -> Iterator[Problem]:
    """Every line of `[names]` that names nothing which is published."""
    for key in overlay.names.keys() - published.keys():
        yield _nothing(f"/names/{escape(key)}", f"nothing is published as {key[:80]!r}")


def _problem(pointer: str, message: str, hint: str = "") -> Problem:
    return Problem("overlay", pointer, message, hint)


def _nothing(pointer: str, what: str) -> Problem:
    return _problem(pointer, f"the rule matches nothing: {what}", "take it out, or correct the name")


def _message_problems(document: Document, rule: MessageRule, schema: Schema) -> Iterator[Problem]:
    known = schema.properties.keys() | rule.extensions.keys()
    for wire, field in rule.fields.items():
        if wire not in schema.properties:
            yield _nothing(field.pointer, f"no field {wire!r}")
        if field.multiple_of is not None and field.multiple_of not in known:
            yield _nothing(f"{field.pointer}/multiple_of", f"no field {field.multiple_of!r}")
    for wire in rule.order:
        if wire not in known:
            yield _nothing(f"{rule.pointer}/order", f"no field {wire!r}")
    for wire, extension in rule.extensions.items():
        if wire in schema.properties:
            yield _problem(
                extension.rule.pointer, f"the document has {wire!r} by now", "make it a field rule"
            )
        if extension.after is not None and extension.after not in known:
            yield _nothing(f"{extension.rule.pointer}/after", f"no field {extension.after!r}")
    for wire, pairs in rule.packed.items():
        if wire not in schema.properties:
            yield _nothing(f"{rule.pointer}/packed/{escape(wire)}", f"no field {wire!r}")
        for url, target in pairs:
            if target not in document.schemas:
                yield _nothing(f"{rule.pointer}/packed/{escape(wire)}/{escape(url)}", f"no schema {target!r}")
    if rule.family and len(rule.unions) != 1:
        yield _problem(f"{rule.pointer}/family", "a family has one union")
    yield from _union_problems(rule, known)


def _union_problems(rule: MessageRule, known: set[str]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for group, union in rule.unions.items():
        if not union.members:
            yield _problem(union.pointer, "a union without members")
        for wire in union.members:
            if wire not in known:
                yield _nothing(f"{union.pointer}/members", f"no field {wire!r}")
            if owners.setdefault(wire, group) != group:
                yield _problem(union.pointer, f"{wire!r} is in union {owners[wire]!r} already")


def _method_problems(document: Document, overlay: Overlay, name: str) -> Iterator[Problem]:
    method, rule = document.methods[name], overlay.methods[name]
    for wire, parameter in rule.parameters.items():
        if wire not in method.parameters:
            yield _nothing(parameter.pointer, f"no parameter {wire!r}")
    target = rule.operation_metadata
    if target is not None and target not in document.schemas:
        yield _nothing(f"{rule.pointer}/operation_metadata", f"no schema {target!r}")
    for precondition in rule.idempotent if isinstance(rule.idempotent, tuple) else ():
        fault = precondition_fault(document, overlay, method, precondition)
        if fault:
            yield _problem(
                f"{rule.pointer}/idempotent/when",
                f"{precondition[:80]!r} cannot be a precondition: {fault}",
                "name a parameter as it is on the wire, or a field of the body as body.FIELD",
            )


def _held_problems(document: Document, overlay: Overlay) -> Iterator[Problem]:
    for name, held in overlay.held.items():
        if not name or name != snake(name) or name in KEYWORDS | HELD_NAMES:
            yield _problem(held.pointer, f"{name!r} is no name for an argument")
        for pair in held.fills:
            method, _, wire = pair.rpartition(":")
            found = document.methods.get(method)
            if found is None or wire not in found.parameters:
                yield _nothing(f"{held.pointer}/fills", f"no parameter {pair!r}")


def _scope_problems(document: Document, overlay: Overlay) -> Iterator[Problem]:
    for rule in overlay.extra_scopes:
        schema, _, wire = rule.field.rpartition(".")
        found = document.schemas.get(schema)
        if found is None or wire not in found.properties:
            yield _nothing(rule.pointer, f"no field {rule.field!r}")
