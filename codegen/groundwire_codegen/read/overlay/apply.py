"""Apply an overlay's rules to the messages, enums and methods of a draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve

from ...ir import (
    Api,
    Enum,
    Field,
    Group,
    Message,
    Method,
    Parameter,
    SchemeRequirement,
    Variant,
)
from ..safe_regex import is_linear
from .rules import NO_FIELD, NO_METHOD, NO_PARAMETER, EnumRule, FieldRule, MessageRule, Overlay, ParameterRule


def with_extensions(draft: Api, overlay: Overlay) -> Api:
    """Return the draft with the types that stand inline in the schemas of extensions."""
    types = [each.types for rule in overlay.messages.values() for each in rule.extensions.values()]
    messages = {key: each for found in types for key, each in found.messages.items()}
    enums = {key: each for found in types for key, each in found.enums.items()}
    if not messages and not enums:
        return draft
    return evolve(draft, messages={**draft.messages, **messages}, enums={**draft.enums, **enums})


def without_named_groups(message: Message, rule: MessageRule) -> Message:
    """Return a message without the groups that the overlay makes of the same fields, which it names."""
    named = {wire for union in rule.unions.values() for wire in union.members}
    members: list[Field | Group] = []
    for member in message.members:
        if isinstance(member, Group) and any(each.field.wire in named for each in member.variants):
            members += (each.field for each in member.variants)
        else:
            members.append(member)
    return evolve(message, members=tuple(members)) if named else message


def applied_message(message: Message, fields: Mapping[str, Field], rule: MessageRule) -> Message:
    """Return the message with these fields, in the overlay's order, in groups, and with what it says of each."""
    groups = {wire: group for group, union in rule.unions.items() for wire in union.members}
    order = list(_order(fields, rule))
    ready = {wire: _field(fields[wire], wire, rule) for wire in order}
    members: dict[str, Field | Group] = {}
    for wire in order:
        group = groups.get(wire)
        if group is None:
            members[wire] = ready[wire]
        elif f"|{group}" not in members:
            union = rule.unions[group]
            members[f"|{group}"] = Group(
                wire=group,
                variants=tuple(Variant(field=ready[each]) for each in order if each in union.members),
                required=union.required,
                doc=union.doc,
            )
    return evolve(message, members=tuple(members.values()), doc=rule.doc or message.doc)


def _order(fields: Mapping[str, Field], rule: MessageRule) -> Iterator[str]:
    """Yield wire names in the overlay's order; those it leaves out after them, sorted; extensions where told."""
    extensions = rule.extensions
    order = [wire for wire in rule.order if wire in fields]
    listed = set(order)
    order += [wire for wire in sorted(fields) if wire not in listed and wire not in extensions]
    for wire, extension in sorted(extensions.items()):
        if wire not in order and wire in fields:
            after = extension.after
            order.insert(order.index(after) + 1 if after in order else len(order), wire)
    return iter(order)


def _field(field: Field, wire: str, message: MessageRule) -> Field:
    rule = message.fields.get(wire)
    extends = rule is None and wire in message.extensions
    said: FieldRule = rule or message.extensions.get(wire) or NO_FIELD
    if said is NO_FIELD:
        return field
    return evolve(
        field,
        doc=said.doc or field.doc,
        required=said.required,
        rules=said.rules,
        default=said.default if said.default is not None else field.default,
        wrapped=said.wrapper,
        request_id=said.request_id,
        deprecated=said.deprecated or field.deprecated,
        evidence=said.evidence if extends else "",
    )


def applied_enum(enum: Enum, place: str, rule: FieldRule, shared: EnumRule | None) -> Enum:
    """Return the enum at its place, with the docs that a field has for its values, and those of its own rule."""
    docs = {wire: value.doc for wire, value in rule.values.items()} | dict(shared.values if shared else {})
    values = tuple(evolve(value, doc=docs.get(value.wire, value.doc)) for value in enum.values)
    return evolve(enum, place=place, values=values, doc=shared.doc if shared else enum.doc)


def applied_methods(wanted: Sequence[Method], overlay: Overlay) -> list[Method]:
    """Return methods with the overlay's docs, scopes and parameters, and with what the client may hold."""
    held = {
        pair: (name, rule.prefix)
        for name, rule in overlay.client.items()
        for pair in dict.fromkeys(rule.fills)
    }
    return [_method(method, overlay, held) for method in wanted]


def _method(method: Method, overlay: Overlay, held: Mapping[str, tuple[str, str | None]]) -> Method:
    rule = overlay.methods.get(method.id, NO_METHOD)
    scopes = rule.scopes or overlay.scopes.default
    if rule is NO_METHOD and not scopes and not held:
        return method
    scheme = SchemeRequirement(scheme="google", scopes=scopes)
    return evolve(
        method,
        doc=rule.doc or method.doc,
        security=((scheme,),) if scopes else method.security,
        parameters=tuple(
            _parameter(
                each,
                rule.parameters.get(each.wire, NO_PARAMETER),
                held.get(f"{method.id}:{each.wire}", (None, None)),
            )
            for each in method.parameters
        ),
    )


def _parameter(parameter: Parameter, rule: ParameterRule, held: tuple[str | None, str | None]) -> Parameter:
    if rule is NO_PARAMETER and held[0] is None:
        return parameter
    rules = parameter.rules
    pattern = rule.pattern or rules.pattern
    return evolve(
        parameter,
        doc=rule.doc or parameter.doc,
        rules=evolve(
            rules,
            minimum=rules.minimum if rule.minimum is None else rule.minimum,
            maximum=rules.maximum if rule.maximum is None else rule.maximum,
            pattern=pattern,
            pattern_is_linear=pattern is None or is_linear(pattern),
        ),
        held=held[0],
        prefix=held[1],
    )
