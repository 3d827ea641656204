"""Messages under their published names: attributes, the classes of oneof members, and families."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, frozen

from ..ir import (
    Alias,
    Enum,
    ErrorShape,
    Field,
    Group,
    Message,
    MessageRef,
    Method,
    Nullable,
    Scalar,
    TypeRef,
    Variant,
    closure,
    references,
    renamed,
)
from ..read.overlay import NO_FIELD, NO_MESSAGE, MessageRule, Overlay
from .naming import Naming, camel, constant, snake
from .reach import Reach
from .reserved import CLASS_NAMES, FIELD_NAMES, REST_CLASS_NAMES, REST_FIELD_NAMES


@frozen(eq=False)
class Classes:
    """The published names of messages, enums and aliases, by the keys of the draft."""

    messages: Mapping[str, str]
    enums: Mapping[str, str]
    aliases: Mapping[str, str]

    def type(self, type_: TypeRef) -> TypeRef:
        """Return the type with published names."""
        if isinstance(type_, Scalar):
            return type_
        return renamed(type_, self.messages.__getitem__, self.enums.__getitem__, self.aliases.__getitem__)


def classes(reached: Reach, naming: Naming) -> Classes:
    """Name the class of every message and enum that was reached, and every alias."""
    reserved = REST_CLASS_NAMES if reached.draft.errors is ErrorShape.BY_STATUS else CLASS_NAMES
    naming.name_classes(reached.messages, reached.enums, reached.aliases, reserved)
    return Classes(
        {key: naming.published[f"message:{each.place}"] for key, each in reached.messages.items()},
        {key: naming.published[f"enum:{each.place}"] for key, each in reached.enums.items()},
        {key: naming.published[f"alias:{each.place}"] for key, each in reached.aliases.items()},
    )


def named_aliases(reached: Reach, known: Classes) -> dict[str, Alias]:
    """Return every alias by its published name, sorted. One of null and a type is that type: null is said where it is used."""
    found: dict[str, Alias] = {}
    for key, alias in reached.aliases.items():
        type_ = alias.type.type if isinstance(alias.type, Nullable) else alias.type
        if type_ is not None:
            found[known.aliases[key]] = evolve(alias, name=known.aliases[key], type=known.type(type_))
    return dict(sorted(found.items()))


def named_enums(reached: Reach, known: Classes, naming: Naming) -> dict[str, Enum]:
    """Return every enum by its published name, sorted."""
    found: dict[str, Enum] = {}
    for key, enum in reached.enums.items():
        keys = {value.wire: f"value:{enum.place}.{value.wire}" for value in enum.values}
        names = naming.allocate(
            {each: constant(wire) for wire, each in keys.items()}, reserved=frozenset({"MRO"})
        )
        values = tuple(evolve(value, name=names[keys[value.wire]]) for value in enum.values)
        found[known.enums[key]] = evolve(enum, name=known.enums[key], values=values)
    return dict(sorted(found.items()))


def named_messages(reached: Reach, overlay: Overlay, known: Classes, naming: Naming) -> dict[str, Message]:
    """Return every message by its published name, sorted."""
    rules = {key: overlay.messages.get(key, NO_MESSAGE) for key in reached.messages}
    families = {
        key
        for key, message in sorted(reached.messages.items())
        if _is_family(message, rules[key].family, naming)
    }
    sent = closure(reached.messages, reached.aliases, _sent(reached.methods))
    received = closure(reached.messages, reached.aliases, _received(reached.methods, overlay))
    by_status = reached.draft.errors is ErrorShape.BY_STATUS
    # What no method reaches may travel in either direction: an event comes, and a test sends it.
    found = {
        known.messages[key]: _named(
            message,
            key,
            rules[key],
            families,
            known,
            naming,
            _Way(
                sent=key in sent or key not in received,
                received=key in received or key not in sent,
                by_status=by_status,
            ),
        )
        for key, message in reached.messages.items()
    }
    return dict(sorted(found.items()))


@frozen
class _Way:
    """The ways that a message travels. `by_status`: by an API whose class needs what the document requires."""

    sent: bool
    received: bool
    by_status: bool

    def needs(self, field: Field, type_: TypeRef) -> dict[str, Any]:
        """Return what a class says of a field of a type: required ones are needed, but for those that do not travel one way."""
        if not self.by_status:
            return {"type": type_}
        absent = (field.read_only and self.sent) or (field.write_only and self.received)
        needed = field.required and not absent
        # Of a field that may be absent, None says so; null on purpose is in `null_fields`.
        nullable = isinstance(type_, Nullable) and not needed
        own = type_.type if isinstance(type_, Nullable) and nullable else type_
        return {"type": own, "needed": needed, "required": needed, "nullable": nullable}


def _sent(methods: Sequence[Method]) -> Iterator[str]:
    for method in methods:
        for content in () if method.body is None else method.body.contents:
            yield from references(content.type)
        for parameter in method.parameters:
            yield from references(parameter.type)


def _received(methods: Sequence[Method], overlay: Overlay) -> Iterator[str]:
    for method in methods:
        for response in method.responses:
            for content in response.contents:
                yield from references(content.type)
        rule = overlay.methods.get(method.id)
        if rule is not None and rule.operation_metadata is not None:
            yield rule.operation_metadata


def _is_family(message: Message, stated: bool | None, naming: Naming) -> bool:
    """Return True for a message that is nothing but one group; once published, it stays what it was."""
    if not message.groups:
        return False
    single = len(message.groups) == 1
    decided = single and not message.fields if stated is None else stated
    return naming.settled(f"family:{message.place}", "yes" if decided else "no") == "yes" and single


def _named(
    message: Message,
    key: str,
    rule: MessageRule,
    families: set[str],
    known: Classes,
    naming: Naming,
    way: _Way,
) -> Message:
    family = key in families
    wanted = {
        each.wire: rule.fields.get(each.wire, rule.extensions.get(each.wire, NO_FIELD)).name or each.wire
        for each in message.fields
    }
    if not family:
        wanted |= {f"|{each.wire}": each.wire for each in message.groups}
    extra = f"field:{message.place}.{EXTRA}"
    if message.extra is not None:
        wanted[EXTRA] = "additional_properties"
    keys = {wire: f"field:{message.place}.{wire}" for wire in wanted}
    names = naming.allocate(
        {keys[wire]: snake(preferred) for wire, preferred in wanted.items()},
        reserved=REST_FIELD_NAMES if way.by_status else FIELD_NAMES,
    )

    def field(stated: Field) -> Field:
        name = names[keys[stated.wire]] if stated.wire in keys else ""
        return evolve(stated, name=name, type=known.type(stated.type))

    members: list[Field | Group] = []
    for member in message.members:
        if isinstance(member, Field):
            facts = way.needs(member, known.type(member.type))
            members.append(evolve(member, name=names[keys[member.wire]], **facts))
            continue
        name = "" if family else names[keys[f"|{member.wire}"]]
        variants = _variants(message.place, member, family, families, naming)
        members.append(
            evolve(
                member, name=name, variants=tuple(evolve(each, field=field(each.field)) for each in variants)
            )
        )
    return evolve(
        message,
        name=known.messages[key],
        members=tuple(members),
        extra=None if message.extra is None else known.type(message.extra),
        extra_name=names.get(extra, ""),
        family=family,
        sent=way.sent,
        received=way.received,
    )


EXTRA: Final = "*"
"""The name, among a message's keys, of the attribute that has all other keys."""


def _variants(
    place: str, group: Group, family: bool, families: set[str], naming: Naming
) -> tuple[Variant, ...]:
    """Return the members of a oneof group. One that is not a message of its own gets a class name from its wire name."""
    targets = [variant.field.type for variant in group.variants]
    alone = _stands_alone(targets, families)
    wires = [each.field.wire for each in group.variants if family or not alone(each.field.type)]
    names = naming.allocate(
        {f"variant:{place}.{wire}": camel(wire) for wire in wires},
        reserved=frozenset(),
        avoided=frozenset() if family else naming.classes,
    )
    return tuple(
        evolve(each, class_name=names.get(f"variant:{place}.{each.field.wire}")) for each in group.variants
    )


def _stands_alone(targets: list[TypeRef], families: set[str]) -> Callable[[TypeRef], bool]:
    """Return what tells a message that is the only member of its class from any other member."""

    def alone(target: TypeRef) -> bool:
        return isinstance(target, MessageRef) and targets.count(target) == 1 and target.name not in families

    return alone
