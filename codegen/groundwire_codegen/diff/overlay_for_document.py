"""Drop overlay rules that apply only to the other document of a diff."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, TypeVar

from attrs import evolve, frozen

from ..ir import Api, EnumRef, ListOf, MapOf, MessageRef, Packed, Scalar, TypeRef, leaf
from ..lower.checks import FREE, SCALAR_RULES, has_schema
from ..lower.idempotency import precondition_fault
from ..lower.listing import fits
from ..lower.masks import mask_fault
from ..lower.operations import operation_of
from ..read.overlay import EnumRule, Extension, FieldRule, MessageRule, MethodRule, Overlay
from ..read.overlay.masks import MaskRule
from ..read.overlay.rules import BOUNDS, OperationRule, PagingRule, WaitingRule
from .references import References, arguments, inside

Rule = TypeVar("Rule", bound=FieldRule)


def overlay_for_document(overlay: Overlay, document: Api, other: Api) -> Overlay:
    """Return the overlay without the rules that match nothing in `document` but something in `other`.

    A rule that matches nothing in either stays, and is reported as in any run.
    """
    here, there = References.of(overlay, document), References.of(overlay, other)
    cut = _Cut(here, there, here.enums(), there.enums())
    messages = {
        name: cut.message(name, rule)
        for name, rule in overlay.messages.items()
        if not cut.is_foreign_schema(name)
    }
    own, others = _paths(document), _paths(other)
    return evolve(
        overlay,
        document=document.id if overlay.document == other.id else overlay.document,
        generate=tuple(
            name for name in overlay.generate if not _foreign(name, document.methods, other.methods)
        ),
        listed=None
        if overlay.listed is None
        else tuple(name for name in overlay.listed if not cut.is_foreign_schema(name)),
        scopes=evolve(
            overlay.scopes,
            extra=tuple(rule for rule in overlay.scopes.extra if not _foreign(rule.field, own, others)),
        ),
        client={
            name: evolve(rule, fills=tuple(pair for pair in rule.fills if not _foreign(pair, own, others)))
            for name, rule in overlay.client.items()
        },
        methods={
            name: cut.method(name, rule)
            for name, rule in overlay.methods.items()
            if not _foreign(name, document.methods, other.methods)
        },
        messages=messages,
        enums=cut.enums(messages),
    )


def _foreign(name: str, here: Container[str], there: Container[str]) -> bool:
    return name not in here and name in there


def _paths(draft: Api) -> set[str]:
    """Return every `Schema.field` and `METHOD_ID:parameter` of a document."""
    fields = {f"{name}.{field.wire}" for name, each in draft.messages.items() for field in each.wire_fields}
    return fields | {f"{name}:{wire}" for name, each in draft.methods.items() for wire in arguments(each)}


@frozen
class _Cut:
    """Both documents beside the overlay: the one that it is cut to is `here`."""

    here: References
    there: References
    own_enums: Mapping[str, tuple[tuple[str, ...], ...]]
    """The names of each shared enum here, once for each field that has it."""
    other_enums: Mapping[str, tuple[tuple[str, ...], ...]]

    def method(self, name: str, rule: MethodRule) -> MethodRule:
        here, there = (arguments(each.draft.methods.get(name)) for each in (self.here, self.there))
        target = rule.operation_metadata
        gone = target is not None and self.is_foreign_schema(target)
        return evolve(
            rule,
            parameters={
                wire: said for wire, said in rule.parameters.items() if not _foreign(wire, here, there)
            },
            operation_metadata=None if gone else target,
            operation=self._operation(name, rule.operation),
            idempotent=self._idempotent(rule.idempotent, name),
            mask=rule.mask if self._masks(name, rule.mask) else None,
            paging=rule.paging if self._fits(name, rule.paging) else None,
            waiting=rule.waiting if self._fits(name, rule.waiting) else None,
        )

    def _operation(self, method: str, rule: OperationRule | None) -> OperationRule | None:
        """Return the schemas of an operation without those that only the other document has."""
        found = [each.draft.methods.get(method) for each in (self.here, self.there)]
        own, other = (
            each is not None and operation_of(side.draft, each) is not None
            for side, each in zip((self.here, self.there), found, strict=True)
        )
        if rule is None or (other and not own):
            return None
        names = {key: getattr(rule, key) for key in ("response", "metadata")}
        kept = {key: "" if name and self.is_foreign_schema(name) else name for key, name in names.items()}
        return evolve(rule, **kept)

    def _fits(self, method: str, rule: PagingRule | WaitingRule | None) -> bool:
        """Return True for a rule that this document fits, or that neither does."""
        found = [each.draft.methods.get(method) for each in (self.here, self.there)]
        drafts = (self.here.draft, self.there.draft)
        own, other = (
            rule is not None and each is not None and fits(draft, each, rule)
            for each, draft in zip(found, drafts, strict=True)
        )
        return own or not other

    def _masks(self, method: str, rule: MaskRule | None) -> bool:
        """Return True for a rule of a mask that this document fits, or that neither does."""
        own, other = (
            rule is not None
            and (found := side.draft.methods.get(method)) is not None
            and not mask_fault(side.draft, found, rule)
            for side in (self.here, self.there)
        )
        return own or not other

    def _idempotent(
        self, stated: bool | tuple[str, ...] | None, method: str
    ) -> bool | tuple[str, ...] | None:
        """Return the preconditions without those that only the other document has."""

        def holds(there: References, name: str) -> bool:
            found = there.draft.methods.get(method)
            fault = precondition_fault(there.draft, there.overlay, found, name) if found else "no method"
            return not fault

        if not isinstance(stated, tuple):
            return stated
        return tuple(name for name in stated if holds(self.here, name) or not holds(self.there, name)) or None

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
                wire: {url: target for url, target in types.items() if not self.is_foreign_schema(target)}
                for wire, types in rule.packed.items()
                if kept(wire)
            },
        )

    def is_foreign_schema(self, name: str) -> bool:
        """Return True for a schema that only the other document has."""
        return not has_schema(self.here.draft, name) and has_schema(self.there.draft, name)

    def _extends(self, message: str, wire: str, extension: Extension) -> bool:
        """Return True if it is still an extension: no field here by now, and of a type that exists here."""
        own, others = (inside(each.draft, message) for each in (self.here, self.there))
        is_field = wire in own and wire not in others and not self.here.overlay.openapi.service
        field = extension.schema
        exists = field is None or self.here.has_types_of(field) or not self.there.has_types_of(field)
        return not is_field and exists

    def _extension(self, message: str, wire: str, extension: Extension) -> Extension:
        after, known = extension.after, self.here.fields(message)
        gone = after is not None and _foreign(after, known, self.there.fields(message))
        return evolve(self._field(message, wire, extension), after=None if gone else after)

    def _field(self, message: str, wire: str, rule: Rule) -> Rule:
        """The rule without references and bounds that fit only the field of the other document."""
        field, twin = (each.fields(message).get(wire) for each in (self.here, self.there))
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
        if field is None or twin is None or self.here.shape_of(field.type) == self.there.shape_of(twin.type):
            return fit
        if _fits(rule, self.here.type_of(field.type)):
            return fit
        no_bounds: dict[str, Any] = dict.fromkeys(BOUNDS)
        return evolve(
            fit,
            **no_bounds,
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
        """Return True if fields share an enum in the other document alone, and this one is not as the first."""
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


def _fits(rule: FieldRule, type_: TypeRef) -> bool:
    """Return True if the scalar that the rule speaks of may be this one."""
    kind = type_.kind if isinstance(type_, Scalar) else None
    stated = {
        *rule.bounds,
        *(["pattern"] if rule.pattern else []),
        *(["request_id"] if rule.request_id else []),
    }
    return (
        all(kind in SCALAR_RULES[name][1] for name in stated & SCALAR_RULES.keys())
        and (not rule.wrapper or (isinstance(type_, (EnumRef, Scalar)) and type_ not in FREE))
        and (rule.enum is None or isinstance(leaf(type_), EnumRef))
        and (rule.multiple_of is None or isinstance(type_, MessageRef))
        and ("max_items" not in rule.bounds or isinstance(type_, (ListOf, MapOf, Packed)))
    )
