"""An overlay cut to one of two documents: a rule for what only the other one has says nothing here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import evolve

from ..discovery import Document, Method, Schema
from ..lower.idempotency import precondition_fault
from ..overlay import FieldRule, MessageRule, MethodRule, Overlay


def fitted(overlay: Overlay, document: Document, other: Document) -> Overlay:
    """The overlay without the rules that match nothing in `document` but something in `other`.

    A rule that matches nothing in either stays, and is reported as in any run.
    """

    def foreign(name: str, here: Mapping[str, object], there: Mapping[str, object]) -> bool:
        return name not in here and name in there

    own, others = _paths(document), _paths(other)
    messages = {
        name: _message(rule, document.schemas.get(name), other.schemas.get(name), document, other)
        for name, rule in overlay.messages.items()
        if not foreign(name, document.schemas, other.schemas)
    }
    used = {rule.enum for message in messages.values() for rule in message.fields.values()}
    cut = {rule.enum for message in overlay.messages.values() for rule in message.fields.values()} - used
    known = _enums(overlay, document)
    return evolve(
        overlay,
        document=document.id if overlay.document == other.id else overlay.document,
        generate=tuple(
            name for name in overlay.generate if not foreign(name, document.methods, other.methods)
        ),
        extra_scopes=tuple(rule for rule in overlay.extra_scopes if not foreign(rule.field, own, others)),
        held={
            name: evolve(rule, fills=tuple(pair for pair in rule.fills if not foreign(pair, own, others)))
            for name, rule in overlay.held.items()
        },
        methods={
            name: _method(rule, name, document, other, overlay)
            for name, rule in overlay.methods.items()
            if not foreign(name, document.methods, other.methods)
        },
        messages=messages,
        enums={
            name: evolve(
                rule,
                values={value: doc for value, doc in rule.values.items() if value in known.get(name, ())},
            )
            for name, rule in overlay.enums.items()
            if name not in cut
        },
    )


def _paths(document: Document) -> dict[str, None]:
    """Every `Schema.field` and `METHOD_ID:parameter` of a document."""
    fields = {
        f"{name}.{wire}": None for name, schema in document.schemas.items() for wire in schema.properties
    }
    return fields | {f"{name}:{wire}": None for name, m in document.methods.items() for wire in m.parameters}


def _enums(overlay: Overlay, document: Document) -> Mapping[str, frozenset[str]]:
    """The names of each enum that the overlay names, as the document has them."""
    found: dict[str, frozenset[str]] = {}
    for message, rule in overlay.messages.items():
        schema = document.schemas.get(message)
        for wire, said in rule.fields.items():
            if said.enum is not None and schema is not None and wire in schema.properties:
                found[said.enum] = found.get(said.enum, frozenset()) | {*names_of(schema.properties[wire])}
    return found


def _method(rule: MethodRule, name: str, document: Document, other: Document, overlay: Overlay) -> MethodRule:
    here, there = (_inside(each.methods.get(name)) for each in (document, other))
    target = rule.operation_metadata
    gone = target is not None and target not in document.schemas and target in other.schemas
    return evolve(
        rule,
        parameters={
            wire: said for wire, said in rule.parameters.items() if wire in here or wire not in there
        },
        operation_metadata=None if gone else target,
        idempotent=_idempotent(rule.idempotent, name, document, other, overlay),
    )


def _idempotent(
    stated: bool | tuple[str, ...] | None, method: str, document: Document, other: Document, overlay: Overlay
) -> bool | tuple[str, ...] | None:
    """The preconditions without those that only the other document has."""

    def holds(there: Document, name: str) -> bool:
        found = there.methods.get(method)
        return found is not None and not precondition_fault(there, overlay, found, name)

    if not isinstance(stated, tuple):
        return stated
    return tuple(name for name in stated if holds(document, name) or not holds(other, name)) or None


def _message(
    rule: MessageRule, schema: Schema | None, twin: Schema | None, document: Document, other: Document
) -> MessageRule:
    here, there = _inside(schema), _inside(twin)

    def kept(wire: str) -> bool:
        return wire in here or wire in rule.extensions or wire not in there

    unions = {
        group: evolve(union, members=tuple(filter(kept, union.members)))
        for group, union in rule.unions.items()
    }
    return evolve(
        rule,
        order=tuple(filter(kept, rule.order)),
        fields={
            wire: _field(said, here.get(wire), there.get(wire), document, kept)
            for wire, said in rule.fields.items()
            if kept(wire)
        },
        unions={group: union for group, union in unions.items() if union.members},
        # An extension that the other document lacks is a field here by now.
        extensions={
            wire: said for wire, said in rule.extensions.items() if wire not in here or wire in there
        },
        packed={
            wire: tuple(pair for pair in pairs if pair[1] in document.schemas or pair[1] not in other.schemas)
            for wire, pairs in rule.packed.items()
            if kept(wire)
        },
    )


def _field(
    rule: FieldRule,
    schema: Schema | None,
    twin: Schema | None,
    document: Document,
    kept: Callable[[str], bool],
) -> FieldRule:
    """The rule without what is said of a value, of a sibling, or of a type, that is only in the other document."""
    if schema is None or twin is None:
        return rule
    values, others = names_of(schema), names_of(twin)
    fit = evolve(
        rule,
        values={name: doc for name, doc in rule.values.items() if name in values or name not in others},
        multiple_of=rule.multiple_of if rule.multiple_of is None or kept(rule.multiple_of) else None,
        members=tuple(name for name in rule.members if name in _members(schema, document)),
    )
    if _type(schema) == _type(twin) or _fits(rule, schema):
        return fit
    return evolve(
        fit,
        bounds={},
        pattern=None,
        request_id=False,
        wrapper=False,
        enum=rule.enum if values else None,
        multiple_of=None,
    )


def names_of(schema: Schema) -> tuple[str, ...]:
    """The names of an enum, or of the items or values that a list or map has."""
    inner = schema.items or schema.additional_properties
    return schema.enum or (names_of(inner) if inner is not None else ())


def _inside(described: Schema | Method | None) -> Mapping[str, Schema]:
    """The properties of a schema, or the parameters of a method."""
    if described is None:
        return {}
    return described.parameters if isinstance(described, Method) else described.properties


def _members(schema: Schema, document: Document) -> Mapping[str, Schema]:
    return _inside(document.schemas.get(schema.ref or ""))


def _type(schema: Schema) -> tuple[object, ...]:
    return schema.type, schema.format, schema.ref, bool(schema.enum)


def _fits(rule: FieldRule, schema: Schema) -> bool:
    """Whether the scalar that the rule speaks of may be this one."""
    text = (
        bool({"min_length", "max_length"} & rule.bounds.keys()) or rule.request_id or rule.pattern is not None
    )
    number = bool({"minimum", "maximum", "exclusive_minimum"} & rule.bounds.keys())
    is_number = schema.type in ("integer", "number") or schema.format in ("int64", "uint64")
    is_text = schema.type == "string" and schema.format is None and not schema.enum
    scalar = schema.ref is None and schema.type not in ("array", "object")
    return (
        (not text or is_text)
        and (not number or is_number)
        and (not rule.wrapper or scalar)
        and (rule.enum is None or bool(names_of(schema)))
        and (rule.multiple_of is None or schema.ref is not None)
        and ("max_items" not in rule.bounds or schema.type in ("array", "object"))
    )
