"""Refusals and warnings that need the whole API: rules that match nothing or do not fit, and name clashes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ..ir import Api, EnumRef, Field, Kind, ListOf, MapOf, Message, MessageRef, Scalar, leaf
from ..problem import Problem, escape
from ..read.overlay import FieldRule, MessageRule, Overlay
from ..read.overlay.rules import COUNTS
from ..read.safe_regex import is_linear
from .idempotency import precondition_fault
from .masks import mask_fault
from .naming import snake
from .operations import operation_problems
from .reach import Reach
from .reserved import HELD_NAMES, KEYWORDS

WHOLE: Final = frozenset(
    {Kind.INT32, Kind.INT64, Kind.UINT32, Kind.UINT64, Kind.INTEGER, Kind.LONG, Kind.ULONG}
)
NUMBERS: Final = WHOLE | {Kind.DOUBLE, Kind.FLOAT, Kind.NUMBER}
TEXT: Final = ("a text", frozenset({Kind.STRING}))
NUMBER: Final = ("a number", NUMBERS)
SCALAR_RULES: Final = {
    **dict.fromkeys(("minimum", "maximum", "exclusive_minimum"), NUMBER),
    **dict.fromkeys(("min_length", "max_length", "pattern", "request_id"), TEXT),
}
FREE: Final = (Scalar(Kind.ANY), Scalar(Kind.STRUCT))
"""Types of which an object may be a value: it could not be told from a wrapper."""


def overlay_problems(draft: Api, overlay: Overlay) -> Iterator[Problem]:
    """Yield every rule that names something which the document lacks."""
    if overlay.document is not None and overlay.document != draft.id:
        yield _problem("/document", f"the overlay is for {overlay.document!r}, the document is {draft.id!r}")
    for name, rule in overlay.messages.items():
        if name not in draft.messages and not has_schema(draft, name):
            yield _nothing(rule.pointer, f"no schema {name!r}")
        else:
            yield from _message_problems(draft, rule, draft.messages.get(name), overlay)
    for name, method in overlay.methods.items():
        if name not in draft.methods:
            yield _nothing(method.pointer, f"no method {name!r}")
        else:
            yield from _method_problems(draft, overlay, name)
    yield from _held_problems(draft, overlay)
    for scope in overlay.scopes.extra:
        schema, _, wire = scope.field.rpartition(".")
        if wire not in _wires(draft.messages.get(schema)):
            yield _nothing(scope.pointer, f"no field {scope.field!r}")
    used = {field.enum for message in overlay.messages.values() for field in message.fields.values()}
    for name, enum in overlay.enums.items():
        if name not in used:
            yield _nothing(enum.pointer, f"no field says enum = {name!r}")


def has_schema(draft: Api, name: str) -> bool:
    """Return True if the document names a schema so."""
    return not name.startswith("/") and any(
        name in each for each in (draft.messages, draft.aliases, draft.enums)
    )


def unused_names(overlay: Overlay, published: Mapping[str, str]) -> Iterator[Problem]:
    """Yield every line of `[names]` that names nothing which is published."""
    for key in overlay.names.keys() - published.keys():
        yield _nothing(f"/names/{escape(key)}", f"nothing is published as {key[:80]!r}")


def _problem(pointer: str, message: str, hint: str = "") -> Problem:
    return Problem("overlay", pointer, message, hint)


def _nothing(pointer: str, what: str) -> Problem:
    return _problem(pointer, f"the rule matches nothing: {what}", "take it out, or correct the name")


def _wires(message: Message | None) -> set[str]:
    return set() if message is None else {field.wire for field in message.wire_fields}


def _message_problems(
    draft: Api, rule: MessageRule, message: Message | None, overlay: Overlay
) -> Iterator[Problem]:
    own = _wires(message)
    known = own | rule.extensions.keys()
    for wire, field in rule.fields.items():
        if wire not in own:
            yield _nothing(field.pointer, f"no field {wire!r}")
        if field.multiple_of is not None and field.multiple_of not in known:
            yield _nothing(f"{field.pointer}/multiple_of", f"no field {field.multiple_of!r}")
    for wire in rule.order:
        if wire not in known:
            yield _nothing(f"{rule.pointer}/order", f"no field {wire!r}")
    for wire, extension in rule.extensions.items():
        # An OpenAPI document that was written from the Discovery one has the overlay's extensions.
        if wire in own and not overlay.openapi.service:
            yield _problem(extension.pointer, f"the document has {wire!r} by now", "make it a field rule")
        if extension.after is not None and extension.after not in known:
            yield _nothing(f"{extension.pointer}/after", f"no field {extension.after!r}")
    for wire, types in rule.packed.items():
        place = f"{rule.pointer}/packed/{escape(wire)}"
        if wire not in own:
            yield _nothing(place, f"no field {wire!r}")
        for url, target in types.items():
            if not has_schema(draft, target):
                yield _nothing(f"{place}/{escape(url)}", f"no schema {target!r}")
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


def _method_problems(draft: Api, overlay: Overlay, name: str) -> Iterator[Problem]:
    method, rule = draft.methods[name], overlay.methods[name]
    own = {parameter.wire for parameter in method.parameters}
    for wire, parameter in rule.parameters.items():
        if wire not in own:
            yield _nothing(parameter.pointer, f"no parameter {wire!r}")
    target = rule.operation_metadata
    if target is not None and not has_schema(draft, target):
        yield _nothing(f"{rule.pointer}/operation_metadata", f"no schema {target!r}")
    yield from operation_problems(draft, method, rule)
    fault = "" if rule.mask is None else mask_fault(draft, method, rule.mask)
    if rule.mask is not None and fault:
        hint = "name a parameter as it is on the wire, or a field of the body as body.FIELD"
        yield _problem(rule.mask.pointer, f"it cannot be the update mask: {fault}", hint)
    for precondition in rule.idempotent if isinstance(rule.idempotent, tuple) else ():
        fault = precondition_fault(draft, overlay, method, precondition)
        if fault:
            yield _problem(
                f"{rule.pointer}/idempotent/when",
                f"{precondition[:80]!r} cannot be a precondition: {fault}",
                "name a parameter as it is on the wire, or a field of the body as body.FIELD",
            )


def _held_problems(draft: Api, overlay: Overlay) -> Iterator[Problem]:
    for name, held in overlay.client.items():
        if not name or name != snake(name) or name in KEYWORDS | HELD_NAMES:
            yield _problem(held.pointer, f"{name!r} is no name for an argument")
        for pair in held.fills:
            id_, _, wire = pair.rpartition(":")
            method = draft.methods.get(id_)
            if method is None or all(each.wire != wire for each in method.parameters):
                yield _nothing(f"{held.pointer}/fills", f"no parameter {pair!r}")


def misfits(reached: Reach) -> Iterator[Problem]:
    """Yield rules that do not fit the type of their field: a bound of numbers on a text, members of no union."""
    for key, message in reached.messages.items():
        rule = reached.overlay.messages.get(key)
        if rule is None:
            continue
        fields = {field.wire: field for field in message.wire_fields}
        for wire, said in rule.field_rules.items():
            if wire in fields:
                for name, words in _faults(fields[wire], said, fields, reached.messages):
                    yield _problem(f"{said.pointer}/{name}", words)


def _faults(
    field: Field, rule: FieldRule, siblings: Mapping[str, Field], messages: Mapping[str, Message]
) -> Iterator[tuple[str, str]]:
    type_ = field.type
    stated = {
        **rule.bounds,
        **({} if rule.pattern is None else {"pattern": rule.pattern}),
        **({"request_id": True} if rule.request_id else {}),
    }
    for key in stated:
        what, kinds = SCALAR_RULES.get(key, ("", frozenset[Kind]()))
        if what and not (isinstance(type_, Scalar) and type_.kind in kinds):
            yield key, f"the field is not {what}"
    if "max_items" in stated and not isinstance(type_, (ListOf, MapOf)):
        yield "max_items", "the field is neither a list nor a map"
    for key in COUNTS:
        count = rule.bounds.get(key, 0)
        if count < 0 or count != int(count):
            yield key, f"{count} is not a count"
    if rule.pattern is not None and not is_linear(rule.pattern):
        hint = "use anchors, literals, classes and repeats that do not overlap"
        yield "pattern", f"{rule.pattern[:80]!r} cannot be run in linear time: {hint}"
    if rule.wrapper and (not isinstance(type_, (EnumRef, Scalar)) or type_ in FREE):
        yield "wrapper", "the field is neither a scalar nor an enum"
    if rule.enum is not None and not isinstance(leaf(type_), EnumRef):
        yield "enum", "the field is no enum"
    if rule.members:
        yield from _member_faults(field, rule, messages)
    if rule.multiple_of is not None:
        sibling = siblings.get(rule.multiple_of)
        whole = sibling is not None and isinstance(sibling.type, Scalar) and sibling.type.kind in WHOLE
        if not whole or not isinstance(type_, MessageRef):
            yield "multiple_of", "the field is no message, or the other one no whole number"


def _member_faults(
    field: Field, rule: FieldRule, messages: Mapping[str, Message]
) -> Iterator[tuple[str, str]]:
    target = messages.get(field.type.name) if isinstance(field.type, MessageRef) else None
    groups = () if target is None else target.groups
    known = {variant.field.wire for group in groups for variant in group.variants}
    if not known:
        yield "members", "the field holds no union"
        return
    for wire in rule.members:
        if wire not in known:
            yield "members", f"the rule matches nothing: the union has no member {wire!r}"


def shared_places(reached: Reach) -> Iterator[Problem]:
    """Yield types that stand at one place: names of the lock are by place."""
    for types in (reached.messages, reached.enums, reached.aliases):
        first: dict[str, str] = {}
        for key, each in types.items():
            other = first.setdefault(each.place, key)
            if other != key:
                yield Problem("document", each.pointer, f"its place {each.place!r} is that of {other} too")


def variant_clashes(messages: Iterable[Message]) -> Iterator[Problem]:
    """Yield every variant of a family whose class would be that of another family, or of its variants."""
    families = [message for message in messages if message.family]
    used = {f"_{message.name}Variants": message.name for message in families}
    for message in families:
        for variant in (each for group in message.groups for each in group.variants):
            place = f"{message.name}.{variant.class_name}"
            holder = used.setdefault(f"_{message.name}{variant.class_name}", place)
            if holder != place:
                words = f"its variant {variant.class_name} has the class of {holder}"
                yield Problem("document", message.pointer, words, "say family = false in the overlay")
