"""An overlay cut to one of two documents: rules that apply only to the other one are dropped."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from ..lower.idempotency import precondition_fault
from ..read.discovery import Document, Schema
from ..read.overlay import EnumRule, Extension, FieldRule, MessageRule, MethodRule, Overlay
from .references import References, inside, names_of


def fitted(overlay: Overlay, document: Document, other: Document) -> Overlay:
    """Return the overlay without the rules that match nothing in `document` but something in `other`.

    A rule that matches nothing in either stays, and is reported as in any run.
    """
    here, there = References(overlay, document), References(overlay, other)
    cut = _Cut(here, there, here.enums(), there.enums())
    messages = {
        name: cut.message(name, rule)
        for name, rule in overlay.messages.items()
        if not _foreign(name, document.schemas, other.schemas)
    }
    own, others = _paths(document), _paths(other)
    return evolve(
        overlay,
        document=document.id if overlay.document == other.id else overlay.document,
        generate=tuple(
            name for name in overlay.generate if not _foreign(name, document.methods, other.methods)
        ),
        extra_scopes=tuple(rule for rule in overlay.extra_scopes if not _foreign(rule.field, own, others)),
        held={
            name: evolve(rule, fills=tuple(pair for pair in rule.fills if not _foreign(pair, own, others)))
            for name, rule in overlay.held.items()
        },
        methods={
            name: _method(rule, name, document, other, overlay)
            for name, rule in overlay.methods.items()
            if not _foreign(name, document.methods, other.methods)
        },
        messages=messages,
        enums=cut.enums(messages),
    )


def _foreign(name: str, here: Mapping[str, object], there: Mapping[str, object]) -> bool:
    return name not in here and name in there


def _paths(document: Document) -> dict[str, None]:
    """Every `Schema.field` and `METHOD_ID:parameter` of a document."""
    fields = {
        f"{name}.{wire}": None for name, schema in document.schemas.items() for wire in schema.properties
    }
    return fields | {f"{name}:{wire}": None for name, m in document.methods.items() for wire in m.parameters}


def _method(rule: MethodRule, name: str, document: Document, other: Document, overlay: Overlay) -> MethodRule:
    here, there = (inside(each.methods.get(name)) for each in (document, other))
    target = rule.operation_metadata
    gone = target is not None and _foreign(target, document.schemas, other.schemas)
    return evolve(
        rule,
        parameters={wire: said for wire, said in rule.parameters.items() if not _foreign(wire, here, there)},
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


@frozen
class _Cut:
    """What applies `here` and in the `other` document."""

    here: References
    there: References
    own_enums: Mapping[str, tuple[tuple[str, ...], ...]]
    """The names of each shared enum here, once for each field that has it."""
    other_enums: Mapping[str, tuple[tuple[str, ...], ...]]

    def message(self, name: str, rule: MessageRule) -> MessageRule:
        known, others = self.here.fields(name), self.there.fields(name)

        def kept(wire: str) -> bool:
            return not _foreign(wire, known, others)

        unions = {
            group: evolve(union, members=tuple(filter(kept, union.members)))
            for group, union in rule.unions.items()
        }
        left = {
            group: union for group, union in unions.items() if union.members or not rule.unions[group].members
        }
        return evolve(
            rule,
            order=tuple(filter(kept, rule.order)),
            fields={wire: self._field(name, wire, said) for wire, said in rule.fields.items() if kept(wire)},
            unions=left,
            family=None if rule.family and len(left) != len(rule.unions) else rule.family,
            extensions={
                wire: self._extension(name, wire, said)
                for wire, said in rule.extensions.items()
                if self._extends(name, wire, said)
            },
            packed={
                wire: tuple(pair for pair in pairs if not self._is_foreign_schema(pair[1]))
                for wire, pairs in rule.packed.items()
                if kept(wire)
            },
        )

    def _is_foreign_schema(self, name: str) -> bool:
        return _foreign(name, self.here.document.schemas, self.there.document.schemas)

    def _extends(self, message: str, wire: str, extension: Extension) -> bool:
        """Whether it is still an extension: not a field here by now, and of a type that exists here."""
        own, others = (inside(each.document.schemas.get(message)) for each in (self.here, self.there))
        is_field = wire in own and wire not in others
        schema = extension.schema
        return not is_field and (self.here.has_schemas_of(schema) or not self.there.has_schemas_of(schema))

    def _extension(self, message: str, wire: str, extension: Extension) -> Extension:
        after, known = extension.after, self.here.fields(message)
        gone = after is not None and _foreign(after, known, self.there.fields(message))
        return evolve(
            extension, rule=self._field(message, wire, extension.rule), after=None if gone else after
        )

    def _field(self, message: str, wire: str, rule: FieldRule) -> FieldRule:
        """The rule without references and bounds that fit only the field of the other document."""
        schema, twin = (each.fields(message).get(wire) for each in (self.here, self.there))
        names, others = (each.names(message, wire) for each in (self.here, self.there))
        members, more = (each.members(message, wire) for each in (self.here, self.there))
        fit = evolve(
            rule,
            values={name: doc for name, doc in rule.values.items() if name in names or name not in others},
            multiple_of=None
            if self._divides_elsewhere(message, wire, rule.multiple_of)
            else rule.multiple_of,
            members=tuple(name for name in rule.members if name in members or name not in more),
            enum=None if self._is_enum_apart(rule.enum, names) else rule.enum,
        )
        if schema is None or twin is None or self.here.shape_of(schema) == self.there.shape_of(twin):
            return fit
        if _fits(rule, self.here.type_of(schema)):
            return fit
        return evolve(
            fit,
            bounds={},
            pattern=None,
            request_id=False,
            wrapper=False,
            enum=fit.enum if names else None,
            multiple_of=None,
        )

    def _divides_elsewhere(self, message: str, wire: str, sibling: str | None) -> bool:
        return (
            sibling is not None
            and not self.here.divides(message, wire, sibling)
            and self.there.divides(message, wire, sibling)
        )

    def _is_enum_apart(self, enum: str | None, names: tuple[str, ...]) -> bool:
        """Whether fields share an enum in the other document alone, and this one is not as the first."""
        if enum is None:
            return False
        uses, others = (each.get(enum, ()) for each in (self.own_enums, self.other_enums))
        return len({*others}) == 1 and bool(uses) and names != uses[0]

    def enums(self, messages: Mapping[str, MessageRule]) -> dict[str, EnumRule]:
        """The rules of enums that a field here still has, or that no field has anywhere."""
        before = {
            rule.enum for message in self.here.overlay.messages.values() for rule in message.fields.values()
        }
        after = {rule.enum for message in messages.values() for rule in message.fields.values()}
        own, others = (
            {name: frozenset(uses[0]) for name, uses in each.items()}
            for each in (self.own_enums, self.other_enums)
        )
        return {
            name: evolve(
                rule,
                values={
                    value: doc
                    for value, doc in rule.values.items()
                    if value in own.get(name, ()) or value not in others.get(name, ())
                },
            )
            for name, rule in self.here.overlay.enums.items()
            if name not in before - after
        }


def _fits(rule: FieldRule, schema: Schema) -> bool:
    """Whether the scalar that the rule speaks of may be this one."""
    text = (
        bool({"min_length", "max_length"} & rule.bounds.keys()) or rule.request_id or rule.pattern is not None
    )
    number = bool({"minimum", "maximum", "exclusive_minimum"} & rule.bounds.keys())
    is_number = schema.type in ("integer", "number") or schema.format in ("int64", "uint64")
    is_text = schema.type == "string" and schema.format is None and not schema.enum
    scalar = schema.ref is None and schema.type not in ("array", "object", "any")
    return (
        (not text or is_text)
        and (not number or is_number)
        and (not rule.wrapper or scalar)
        and (rule.enum is None or bool(names_of(schema)))
        and (rule.multiple_of is None or schema.ref is not None)
        and ("max_items" not in rule.bounds or schema.type in ("array", "object"))
    )
